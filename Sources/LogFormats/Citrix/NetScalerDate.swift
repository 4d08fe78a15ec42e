import LogEvents

/// NetScaler's dates: `03/02/2026:04:05:06`, with month or day first as the appliance is set.
///
/// A number over 12 proves an order, as does a day that follows the one before; else the reading
/// that lies nearer to the carrier's stamp, or to the last proven date, holds, and without either the
/// month comes first. Source: NetScaler documentation, audit
/// logging, `dateFormat`.
struct NetScalerDate {
  private enum Order { case monthFirst, dayFirst }

  private struct Host {
    var name: NameID
    var order: Order?
    /// Whether both orders were proven: then no line tells of another.
    var isMixed = false
    var first = 0
    var second = 0
  }

  /// A syslog server hears a few appliances; further ones share nothing.
  private static let mostHosts = 64

  /// Milliseconds that a relay may hold a record back, zones included.
  private static let carrierDelay: Int64 = 3 * 86_400_000

  private var hosts: [Host] = []
  private var lastProven = Timestamp.unknown

  /// Where a date stands first in the record, or `nil`.
  static func position(_ record: Span<UInt8>) -> Int? {
    var at = 0
    // Carriers' remains stand before, never text.
    let stop = min(record.count - 19, 100)
    while at <= stop {
      if isDate(record, at), at == 0 || record.byte(at - 1) == .space { return at }
      at += 1
    }
    return nil
  }

  private static func isDate(_ record: Span<UInt8>, _ at: Int) -> Bool {
    guard record.byte(at + 2) == .slash, record.byte(at + 5) == .slash,
      record.byte(at + 10) == .colon, record.byte(at + 13) == .colon,
      record.byte(at + 16) == .colon
    else { return false }
    return number(record, at, 2) != nil && number(record, at + 3, 2) != nil
      && number(record, at + 6, 4) != nil && number(record, at + 11, 2) != nil
      && number(record, at + 14, 2) != nil && number(record, at + 17, 2) != nil
  }

  private static func number(_ record: Span<UInt8>, _ at: Int, _ count: Int) -> Int? {
    guard record.byte(at).isDigit else { return nil }
    return record.integer(ByteRange(at, at + count))
  }

  /// The moment of the date at `at`.
  mutating func time(
    _ record: Span<UInt8>, at: Int, isGreenwich: Bool, host: NameID, carrier: Timestamp,
    _ clock: inout LocalClock
  ) -> Timestamp {
    let first = Self.number(record, at, 2) ?? 0
    let second = Self.number(record, at + 3, 2) ?? 0
    var civil = CivilTime()
    civil.year = Self.number(record, at + 6, 4) ?? 0
    civil.hour = Self.number(record, at + 11, 2) ?? 0
    civil.minute = Self.number(record, at + 14, 2) ?? 0
    civil.second = Self.number(record, at + 17, 2) ?? 0
    if isGreenwich { civil.offsetSeconds = 0 }
    let proof = learn(host, first, second)
    (civil.month, civil.day) = (first, second)
    let monthFirst = clock.timestamp(civil)
    (civil.month, civil.day) = (second, first)
    let dayFirst = clock.timestamp(civil)
    if let proof {
      lastProven = proof == .monthFirst ? monthFirst : dayFirst
      return lastProven
    }
    guard monthFirst.isKnown, dayFirst.isKnown else {
      return monthFirst.isKnown ? monthFirst : dayFirst
    }
    // A carrier's stamp is of the same day or two, or it is of a later reading and tells nothing.
    for (near, limit) in [(carrier, Self.carrierDelay), (lastProven, Int64.max)]
    where near.isKnown {
      let asMonth = abs(monthFirst.milliseconds &- near.milliseconds)
      let asDay = abs(dayFirst.milliseconds &- near.milliseconds)
      if min(asMonth, asDay) <= limit { return asDay < asMonth ? dayFirst : monthFirst }
    }
    return monthFirst
  }

  /// The order that this date, or those before it, prove.
  private mutating func learn(_ name: NameID, _ first: Int, _ second: Int) -> Order? {
    var index = hosts.firstIndex { $0.name == name }
    if index == nil, hosts.count < Self.mostHosts {
      index = hosts.count
      hosts.append(Host(name: name))
    }
    var order: Order?
    if first > 12 { order = .dayFirst }
    if second > 12 { order = .monthFirst }
    guard let index else { return order }
    let last = hosts[index]
    if order == nil, last.order == nil, last.first > 0, first != second {
      if first == last.first + 1, second == last.second { order = .dayFirst }
      if second == last.second + 1, first == last.first { order = .monthFirst }
    }
    (hosts[index].first, hosts[index].second) = (first, second)
    if let order {
      if let known = last.order, known != order { hosts[index].isMixed = true }
      hosts[index].order = order
    }
    return order ?? (hosts[index].isMixed ? nil : hosts[index].order)
  }
}

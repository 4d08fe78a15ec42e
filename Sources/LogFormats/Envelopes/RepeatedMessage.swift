import LogEvents

/// What a logger writes instead of the same record again.
///
///     Nov 20 23:57:51 lb1 last message repeated 3 times                               BSD, syslog-ng
///     Nov 20 23:57:51 lb1 --- last message repeated 3 times ---                         macOS
///     Nov 20 23:57:51 lb1 haproxy[30495]: message repeated 3 times: [ the record]     rsyslog
///
/// Source: rsyslog, "RepeatedMsgReduction"; FreeBSD syslogd(8), -c.
struct RepeatedMessage: BitwiseCopyable {
  var count: UInt32
  /// The record itself, where it stands there.
  var record: ByteRange?

  /// `nil` for any other record, found out at its end.
  init?(_ body: Span<UInt8>) {
    let last = body.byte(body.count - 1)
    if last == .closeBracket {
      guard body.has("message repeated ", at: 0),
        let mark = body.find(" times: [", in: ByteRange(0, min(48, body.count))),
        let count = Self.count(body, ByteRange(17, mark))
      else { return nil }
      self.count = count
      let start = mark + 9
      record = ByteRange(
        body.byte(start) == .space ? start + 1 : start, max(start, body.count - 1))
      return
    }
    guard last == UInt8(ascii: "s") || last == UInt8(ascii: "e") || last == .dash else {
      return nil
    }
    var end = body.count
    if body.has(" ---", at: end - 4) { end -= 4 }
    guard body.has(" times", at: end - 6) || body.has(" time", at: end - 5) else { return nil }
    end -= body.byte(end - 1) == UInt8(ascii: "s") ? 6 : 5
    // A host may stand before it, where it could not be told from the record.
    guard end < 128, let mark = body.find("message repeated ", in: ByteRange(0, end)),
      let count = Self.count(body, ByteRange(mark + 17, end))
    else { return nil }
    self.count = count
  }

  private static func count(_ body: Span<UInt8>, _ range: ByteRange) -> UInt32? {
    guard range.start < range.end, let count = body.integer(range), count > 0 else { return nil }
    return UInt32(clamping: count)
  }
}

/// The last record of each of some hosts, whose logs a collector mixes.
struct LastRecords: Sendable {
  struct Place: BitwiseCopyable, Sendable {
    var host: NameID
    var line: UInt32
    var time: Timestamp
  }

  /// Hosts that are remembered; the one that was silent longest goes.
  private static let limit = 32

  private var last: Place?
  private var others: [Place] = []

  /// Notes a record, and with which of its host's it stands next to.
  mutating func note(_ context: RecordContext) {
    if let last, last.host.index != context.host.index { remember(last) }
    last = Place(host: context.host, line: context.line, time: context.time)
  }

  /// The record of the host before this one.
  ///
  /// `nil` also where lines are read again: what was noted since stands behind them.
  func before(_ context: RecordContext) -> Place? {
    guard let last else { return nil }
    let isOfAll = context.host.isNone || last.host.isNone
    let place =
      isOfAll || last.host.index == context.host.index
      ? last : others.last { $0.host == context.host }
    return place.flatMap { $0.line < context.line ? $0 : nil }
  }

  private mutating func remember(_ place: Place) {
    others.removeAll { $0.host == place.host }
    if others.count >= Self.limit { others.removeFirst() }
    others.append(place)
  }
}

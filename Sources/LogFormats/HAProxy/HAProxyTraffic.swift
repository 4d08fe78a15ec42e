import LogEvents

/// HAProxy's traffic lines and frontend error lines (manual §8.2).
///
///     http  client [accept] fe be/srv TR/Tw/Tc/Tr/Ta status bytes cookies TSC4 conns queues {captures} "request"
///     tcp   client [accept] fe be/srv Tw/Tc/Tt bytes TS2 conns queues
///     error client [accept] fe/bind: text
enum HAProxyTraffic {
  /// Names that most records share with the one before.
  struct LastNames {
    var frontend = NameID.none
    var state = NameID.none
  }

  static func read(
    _ record: Span<UInt8>, client address: ByteRange, from start: Int, _ context: RecordContext,
    _ clock: inout LocalClock, _ last: inout LastNames, into batch: inout EventBatch
  ) throws(RecordFault) {
    guard let colon = record.findLast(.colon, in: address) else { throw .notThisDialect }
    var scan = ByteScanner(record, from: start)
    let moment: (time: Timestamp, hasMilliseconds: Bool)
    do throws(RecordFault) {
      moment = try clock.clfMoment(&scan)
      try scan.skip("] ")
    } catch {
      throw .notThisDialect
    }
    var event = Event(time: moment.time, line: context.line, outcome: .ok)
    guard event.time.isKnown else { throw .badTime }
    event.hasMilliseconds = moment.hasMilliseconds
    event.severity = context.severity
    event.gateway = context.host
    let frontend = try scan.word()
    if record.byte(frontend.end - 1) == .colon {
      try error(record, frontend, scan.rest, address, &event, into: &batch)
      return
    }
    event.journal = .access
    event.client = client(record, address, colon, &batch)
    let target = try scan.word()
    guard let slash = record.find(.slash, target.start, target.end) else { throw .badShape }
    let member = ByteRange(slash + 1, target.end)
    let pool = ByteRange(target.start, slash)
    var service = frontend
    if record.byte(service.end - 1) == UInt8(ascii: "~") { service.end -= 1 }
    event.service = batch.names.id(record, service.start, service.end, last: &last.frontend)

    // Anchored on shapes, not on the number of words: some formats put one more before the timers.
    var timers = try scan.word()
    if slashes(record, timers) < 2 { timers = try scan.word() }
    let isHTTP: Bool
    switch slashes(record, timers) {
    case 2: isHTTP = false
    case 4: isHTTP = true
    default: throw .badShape
    }
    if isHTTP {
      let status = try scan.word()
      event.status = UInt16(clamping: record.integer(status) ?? 0)
    }
    _ = try scan.word()
    var state = try scan.word()
    for _ in 0..<2 where isHTTP || !HAProxyTermination.isState(record, state) {
      state = try scan.word()
    }
    guard state.count == (isHTTP ? 4 : 2), HAProxyTermination.isState(record, state) else {
      throw .badShape
    }
    if let last = record.findLast(.slash, in: timers) {
      var from = last + 1
      if record.byte(from) == UInt8(ascii: "+") { from += 1 }
      let total = record.integer(ByteRange(from, timers.end)) ?? -1
      event.durationMilliseconds = Int32(clamping: total)
    }
    let hasServer = record.byte(member.start) != UInt8(ascii: "<")
    if hasServer { event.backend = batch.names.id(record, member) }
    if hasServer || !record.equals(pool, service) { event.pool = batch.names.id(record, pool) }
    event.code = batch.names.id(record, state.start, state.end, last: &last.state)
    event.outcome = HAProxyTermination.outcome(
      record.byte(state.start), record.byte(state.start + 1), status: event.status,
      isHTTP: isHTTP, hasServer: hasServer)
    if isHTTP { event.uri = uri(record, scan.at, &batch) }
    if event.outcome != .ok, event.outcome != .info {
      event.message = batch.keep(record, ByteRange(0, min(record.count, 512)))
    }
    batch.append(event)
  }

  /// `203.0.113.7`; nothing for unix sockets and anonymised addresses.
  static func client(
    _ record: Span<UInt8>, _ address: ByteRange, _ colon: Int, _ batch: inout EventBatch
  ) -> TextRange {
    let ip = ByteRange(address.start, colon)
    if record.equals(ip, "unix") || record.equals(ip, "-") { return .empty }
    return batch.keep(record, ip)
  }

  private static func slashes(_ record: Span<UInt8>, _ word: ByteRange) -> Int {
    var count = 0
    for at in word.start..<word.end {
      let byte = record[at]
      if byte == .slash {
        count += 1
      } else if !byte.isDigit, byte != .dash, byte != UInt8(ascii: "+") {
        return 0
      }
    }
    return count
  }

  /// The target of `"GET /x HTTP/1.1"`, behind captures in braces.
  private static func uri(
    _ record: Span<UInt8>, _ start: Int, _ batch: inout EventBatch
  ) -> TextRange {
    guard let quote = record.find(.quote, start, record.count),
      let space = record.find(.space, quote, record.count)
    else { return .empty }
    var end = record.find(.space, space + 1, record.count) ?? record.count
    if let close = record.find(.quote, space + 1, end) { end = close }
    return batch.keep(record, space + 1, end)
  }

  // MARK: Frontend errors

  private static func error(
    _ record: Span<UInt8>, _ frontend: ByteRange, _ text: ByteRange, _ address: ByteRange,
    _ event: inout Event, into batch: inout EventBatch
  ) throws(RecordFault) {
    guard let slash = record.findLast(.slash, in: frontend),
      let colon = record.findLast(.colon, in: address)
    else { throw .badShape }
    event.service = batch.names.id(record, frontend.start, slash)
    event.client = client(record, address, colon, &batch)
    event.journal = .error
    event.outcome = outcome(ofError: record, text)
    event.message = batch.keep(record, text)
    batch.append(event)
  }

  /// Source: HAProxy src/connection.c `conn_err_code_str`, src/session.c.
  private static let errorTexts: [(text: String, outcome: Outcome)] = [
    ("PROXY protocol", .clientAbort),
    ("SSL", .tlsFailure),
    ("SOCKS4", .other),
    ("Too many", .overload),
    ("Out of memory", .overload),
    ("Reached configured maxconn", .overload),
  ]

  private static func outcome(ofError record: Span<UInt8>, _ text: ByteRange) -> Outcome {
    if record.find("PROXY protocol", in: text) != nil {
      let isMalformed =
        record.has("Received", at: text.start) || record.has("Truncated", at: text.start)
      return isMalformed ? .configError : .clientAbort
    }
    if record.has("Too many SSL", at: text.start) { return .overload }
    for entry in errorTexts where record.find(entry.text, in: text) != nil { return entry.outcome }
    return record.has("Success", at: text.start) ? .info : .other
  }
}

extension Span<UInt8> {
  /// Whether two ranges hold the same bytes.
  func equals(_ a: ByteRange, _ b: ByteRange) -> Bool {
    guard a.count == b.count, a.start >= 0, b.start >= 0, a.end <= count, b.end <= count else {
      return false
    }
    for offset in 0..<a.count where self[a.start + offset] != self[b.start + offset] {
      return false
    }
    return true
  }
}

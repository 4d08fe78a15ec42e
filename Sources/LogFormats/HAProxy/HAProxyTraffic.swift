import LogEvents

/// HAProxy's traffic lines in http, https and tcp mode (manual, "Log formats").
///
///     http  client [accept] fe be/srv TR/Tw/Tc/Tr/Ta status bytes cookies TSC4 conns queues {captures} "request"
///     https http fc_err/ssl_err/... sni/version/cipher
///     tcp   client [accept] fe be/srv Tw/Tc/Tt bytes TS2 conns queues
///
/// Parts are found by their shapes, not by their number: near-standard formats put words between.
enum HAProxyTraffic {
  /// Reads from `start`, where the frontend stands, behind the client with its port and the time.
  static func read(
    _ record: Span<UInt8>, client address: ByteRange, _ moment: LocalClock.Moment, from start: Int,
    _ context: RecordContext, _ last: inout HAProxyExchange.LastNames, _ twin: inout HAProxyTwin,
    into batch: inout EventBatch
  ) throws(RecordFault) {
    guard let colon = record.findLast(.colon, in: address) else { throw .notThisDialect }
    var scan = ByteScanner(record, from: start)
    var event = Event(time: moment.time, line: context.line, outcome: .ok)
    event.hasMilliseconds = moment.hasMilliseconds
    event.severity = context.severity
    event.gateway = context.host
    var exchange = HAProxyExchange()
    exchange.frontend = try word(&scan)
    if record.byte(exchange.frontend.end - 1) == .colon,
      record.find(.slash, exchange.frontend.start, exchange.frontend.end) != nil
    {
      guard event.time.isKnown else { throw .badTime }
      let bind = ByteRange(exchange.frontend.start, exchange.frontend.end - 1)
      try HAProxyFrontendError.read(record, bind, scan.rest, address, &event, into: &batch)
      return
    }
    let target = try word(&scan)
    guard let slash = record.find(.slash, target.start, target.end) else { throw .notThisDialect }
    exchange.pool = ByteRange(target.start, slash)
    exchange.server = ByteRange(slash + 1, target.end)

    var timers = try word(&scan)
    var extra = 0
    while slashes(record, timers) < 2 {
      guard extra < 3 else { throw .notThisDialect }
      timers = try word(&scan)
      extra += 1
    }
    exchange.isHTTP = slashes(record, timers) >= 4
    guard event.time.isKnown else { throw .badTime }

    // The state stands right before the five counts of connections.
    exchange.status = exchange.isHTTP ? try scan.word() : .empty
    exchange.state = try scan.word()
    var next = try scan.word()
    var passed = 0
    while slashes(record, next) != 4 {
      guard passed < 6 else { throw .badShape }
      exchange.state = next
      next = try scan.word()
      passed += 1
    }
    exchange.state = record.unquoted(exchange.state)
    guard HAProxyTermination.isState(record, exchange.state) else { throw .badShape }
    if exchange.isHTTP {
      guard let status = record.integer(exchange.status) else { throw .badNumber }
      guard status < 1000 else { throw .badNumber }
    }
    event.durationMilliseconds = duration(record, timers)
    if twin.repeats(record, address, event) {
      batch.witness(event.time)
      return
    }
    event.client = HAProxyExchange.client(record, address, colon, &batch)
    if let quote = record.find(.quote, scan.at, record.count) {
      let close = record.find(.quote, quote + 1, record.count) ?? record.count
      if exchange.isHTTP {
        let request = ByteRange(quote + 1, close)
        event.uri = batch.keep(record, HAProxyExchange.target(record, request))
      }
      exchange.error = ByteRange(min(close + 1, record.count), record.count)
    } else if !exchange.isHTTP {
      exchange.error = scan.rest
    }
    exchange.judge(record, &event, &last, &batch)
    batch.append(event)
  }

  /// A line that ends before its shape is clear is not known to be HAProxy's.
  private static func word(_ scan: inout ByteScanner) throws(RecordFault) -> ByteRange {
    do throws(RecordFault) { return try scan.word() } catch { throw .notThisDialect }
  }

  /// The last timer, which counts all; `+` before it means that it was taken early.
  private static func duration(_ record: Span<UInt8>, _ timers: ByteRange) -> Int32 {
    guard let last = record.findLast(.slash, in: timers) else { return -1 }
    return Int32(clamping: record.integer(ByteRange(last + 1, timers.end)) ?? -1)
  }

  /// How many slashes divide the numbers of `0/0/-1/+3`; 0 for other words.
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

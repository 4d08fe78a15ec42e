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
    var event = Event(time: moment.time, line: context.line, outcome: .ok)
    event.hasMilliseconds = moment.hasMilliseconds
    event.severity = context.severity
    event.gateway = context.host
    let exchange: HAProxyExchange
    let rest: Int
    if let line = HAProxyStandardLine(record, from: start), event.time.isKnown {
      exchange = line.exchange
      event.durationMilliseconds = Int32(clamping: line.duration)
      rest = line.rest
    } else {
      let words = Words(record, from: start)
      if let bind = bind(record, words) {
        guard event.time.isKnown else { throw .badTime }
        let reason = ByteRange(words.start(1, orEnd: record.count), record.count)
        try HAProxyFrontendError.read(record, bind, reason, address, &event, into: &batch)
        return
      }
      (exchange, rest) = try parts(record, words, &event)
    }
    if twin.repeats(record, address, event) {
      batch.witness(event.time)
      return
    }
    event.client = HAProxyExchange.client(record, address, colon, &batch)
    try append(record, exchange, rest, &event, &last, into: &batch)
  }

  /// Reads the request and what stands behind it, from `rest` on, and appends the event.
  private static func append(
    _ record: Span<UInt8>, _ parts: HAProxyExchange, _ rest: Int, _ event: inout Event,
    _ last: inout HAProxyExchange.LastNames, into batch: inout EventBatch
  ) throws(RecordFault) {
    var exchange = parts
    if let quote = record.find(.quote, rest, record.count) {
      let close = record.find(.quote, quote + 1, record.count) ?? record.count
      if exchange.isHTTP {
        let request = ByteRange(quote + 1, close)
        event.uri = batch.keep(record, HAProxyExchange.target(record, request))
      }
      exchange.error = ByteRange(min(close + 1, record.count), record.count)
    } else if !exchange.isHTTP {
      exchange.error = ByteRange(rest, record.count)
    }
    exchange.judge(record, &event, &last, &batch)
    batch.append(event)
  }

  /// The bind of an error, `frontend/bind:`, where the first word is one.
  private static func bind(_ record: Span<UInt8>, _ words: Words) -> ByteRange? {
    guard let word = words[0], record.byte(word.end - 1) == .colon,
      record.find(.slash, word.start, word.end) != nil
    else { return nil }
    return ByteRange(word.start, word.end - 1)
  }

  /// The parts of a line, by their shapes, and where its counts of connections end.
  private static func parts(
    _ record: Span<UInt8>, _ words: Words, _ event: inout Event
  ) throws(RecordFault) -> (HAProxyExchange, rest: Int) {
    // A line that ends before its shape is clear is not known to be HAProxy's.
    guard let frontend = words[0], let target = words[1],
      let slash = record.find(.slash, target.start, target.end)
    else { throw .notThisDialect }
    var exchange = HAProxyExchange()
    exchange.frontend = frontend
    exchange.pool = ByteRange(target.start, slash)
    exchange.server = ByteRange(slash + 1, target.end)

    var place = 2
    while place < 5, let word = words[place], slashes(record, word) < 2 { place += 1 }
    guard let timers = words[place] else { throw .notThisDialect }
    let timerSlashes = slashes(record, timers)
    guard timerSlashes >= 2 else { throw .notThisDialect }
    guard event.time.isKnown else { throw .badTime }
    event.durationMilliseconds = duration(record, timers)

    exchange.isHTTP = timerSlashes >= 4
    if exchange.isHTTP {
      place += 1
      exchange.status = words[place] ?? .empty
    }
    // The state stands right before the five counts of connections.
    var counts = place + 2
    while counts < place + 8, let word = words[counts], slashes(record, word) != 4 { counts += 1 }
    guard let word = words[counts], slashes(record, word) == 4, let state = words[counts - 1] else {
      throw .badShape
    }
    exchange.state = record.unquoted(state)
    guard HAProxyTermination.isState(record, exchange.state) else { throw .badShape }
    if exchange.isHTTP {
      guard let status = record.integer(exchange.status), status < 1000 else { throw .badNumber }
    }
    return (exchange, words.start(counts + 1, orEnd: record.count))
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

import LogEvents

/// httpd's access log in the CLF family: common, combined, vhost_combined, with `%D`, worker and
/// unique id behind.
///
///     www.example.com:443 203.0.113.7 - - [21/Nov/2026:00:04:56 +0000] "GET /a HTTP/1.1" 503 339 "-" "agent" 728 http://app1.example.com:8080 id
///
/// Source: httpd manual, mod_log_config; Debian apache2.conf.
struct ApacheAccess: LogFormat {
  static let card = FormatCard(
    name: "apache-access", product: "apache-mod-proxy",
    title: "Apache httpd access log: common, combined, vhost_combined, with %D and worker",
    vantage: .proxy,
    sample:
      "203.0.113.7 - - [21/Nov/2026:00:04:56 +0000] \"GET /a HTTP/1.1\" 503 339 \"-\" \"agent\" 728 "
      + "http://app1.example.com:8080 awDgKFoSEc6pbkD4X6ojZwAAAAA")

  static let writesCommonShapes = true

  private var clock: LocalClock
  private var usual = ApacheAccessRun()

  init(_ settings: FormatSettings) { clock = LocalClock(settings) }

  func stands(_ line: Span<UInt8>, apartFrom before: Span<UInt8>) -> Bool { true }

  static var readsRuns: Bool { true }

  mutating func readRun(_ block: Span<UInt8>, _ run: inout LineRun, into batch: inout EventBatch) {
    while let line = run.next(block, &batch),
      let time = usual.read(block, line, &run, &clock, into: &batch)
    {
      run.pass(time)
    }
  }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    guard let bracket = Self.timeBracket(record) else { throw .notThisDialect }
    var exchange = ApacheExchange()
    guard (try? Self.readHead(record, ByteRange(0, bracket), &exchange)) != nil else {
      throw .notThisDialect
    }
    var scan = ByteScanner(record, from: bracket + 1)
    let moment: LocalClock.Moment
    do throws(RecordFault) {
      if record.byte(bracket + 3) == .slash {
        moment = try clock.clfMoment(&scan)
      } else {
        let civil = try scan.isoTime()
        moment = LocalClock.Moment(
          time: clock.timestamp(civil), hasMilliseconds: civil.hasMilliseconds)
      }
      try scan.skip("] \"")
    } catch {
      throw .notThisDialect
    }
    let request = try Self.quoted(&scan)
    scan.skipSpaces()
    exchange.uri = NginxAccess.target(record, request)
    exchange.status = try scan.word()
    guard record.integer(exchange.status) != nil else { throw .notThisDialect }
    let size = try scan.word()
    guard record.byte(size.start).isDigit || record.equals(size, "-") else { throw .notThisDialect }
    guard !Self.isForeign(record, scan.at) else { throw .notThisDialect }
    try Self.readTail(&scan, &exchange)
    guard moment.time.isKnown else { throw .badTime }
    try exchange.append(
      record, at: moment.time, hasMilliseconds: moment.hasMilliseconds, context, into: &batch)
  }

  /// The bracket that opens the time: the first one behind a space.
  private static func timeBracket(_ record: Span<UInt8>) -> Int? {
    let end = min(record.count, 400)
    var at = 1
    while let bracket = record.find(.openBracket, at, end) {
      if record.byte(bracket - 1) == .space { return bracket }
      at = bracket + 1
    }
    return nil
  }

  /// `[vhost[:port]] host ident user `.
  private static func readHead(
    _ record: Span<UInt8>, _ head: ByteRange, _ exchange: inout ApacheExchange
  ) throws(RecordFault) {
    var scan = ByteScanner(record.extracting(0..<head.end))
    let first = try scan.word()
    let second = try scan.word()
    let third = try scan.word()
    // In four columns the third is the ident, which nobody has.
    guard !scan.isAtEnd, record.equals(third, "-"), !record.equals(second, "-") else {
      exchange.client = first
      return
    }
    exchange.client = second
    var name = first
    if let colon = record.findLast(.colon, in: first), record.byte(colon + 1).isDigit,
      record.byte(colon - 1) == .closeBracket || record.find(.colon, first.start, colon) == nil
    {
      name.end = colon
    }
    exchange.service = name
  }

  /// Whether what stands behind the size is another server's: HAProxy leaves the quotes of referer and
  /// agent empty, Traefik ends with a duration, nginx names its upstreams or brackets them.
  private static func isForeign(_ record: Span<UInt8>, _ tail: Int) -> Bool {
    if record.has("\"\" \"\" ", at: tail), record.byte(tail + 6).isDigit { return true }
    let end = record.count
    guard record.byte(tail) == .quote, end > tail + 4 else { return false }
    if record.has("ms", at: end - 2), record.byte(end - 3).isDigit,
      record.find("\" \"", tail, end) != nil
    {
      var space = end - 3
      while record.byte(space).isDigit { space -= 1 }
      return record.byte(space) == .space && record.byte(space - 1) == .quote
    }
    return false
  }

  /// The text up to the next quote without a backslash before it; the quote is passed.
  static func quoted(_ scan: inout ByteScanner) throws(RecordFault) -> ByteRange {
    let start = scan.at
    var from = scan.at
    while let hit = scan.bytes.find(.quote, from, scan.end) {
      var backslashes = 0
      while hit - backslashes > start,
        scan.bytes.byte(hit - backslashes - 1) == UInt8(ascii: "\\")
      {
        backslashes += 1
      }
      if backslashes % 2 == 0 {
        scan.move(to: hit + 1)
        return ByteRange(start, hit)
      }
      from = hit + 1
    }
    throw .badShape
  }

  /// Referer and agent, then what stands behind them, told apart by shape.
  private static func readTail(
    _ scan: inout ByteScanner, _ exchange: inout ApacheExchange
  ) throws(RecordFault) {
    var numbers = 0
    var quotes = 0
    while !scan.isAtEnd {
      if scan.next == .quote {
        scan.move(to: scan.at + 1)
        let value = try quoted(&scan)
        scan.skipSpaces()
        quotes += 1
        // The first two are the client's.
        if quotes > 2 { try take(value, of: scan.bytes, &exchange) }
        continue
      }
      let word = try scan.word()
      // ingress-nginx puts the upstream's name in brackets.
      if quotes == 2, scan.bytes.byte(word.start) == .openBracket { throw .notThisDialect }
      if let number = scan.bytes.integer(word) {
        numbers += 1
        // One number is `%D`; two are `%I %O`, a third is `%D` again.
        exchange.microseconds = numbers % 2 == 1 ? number : -1
      } else {
        try take(word, of: scan.bytes, &exchange)
      }
    }
  }

  /// A URL, an id, `name=value` or `%T/%D`.
  static func take(
    _ word: ByteRange, of bytes: Span<UInt8>, _ exchange: inout ApacheExchange
  ) throws(RecordFault) {
    if let scheme = bytes.find("://", in: word) {
      var value = word
      if let equals = bytes.find(UInt8(ascii: "="), word.start, scheme) {
        value.start = equals + 1
      }
      if bytes.has("proxy:", at: value.start) {
        exchange.file = value
      } else if bytes.has("balancer:", at: value.start) {
        exchange.balancer = value
      } else {
        exchange.worker = value
      }
    } else if isUniqueID(bytes, word) {
      exchange.transaction = word
    } else if bytes.equals(word, "X") {
      exchange.isAborted = true
    } else if let equals = bytes.find(UInt8(ascii: "="), word.start, word.end) {
      if isUpstreamKey(bytes, ByteRange(word.start, equals)) { throw .notThisDialect }
      let value = bytes.unquoted(ByteRange(equals + 1, word.end))
      if isUniqueID(bytes, value) {
        exchange.transaction = value
      } else if bytes.equals(ByteRange(word.start, equals), "D") {
        exchange.microseconds = bytes.integer(value) ?? -1
      }
    } else if let slash = bytes.find(.slash, word.start, word.end) {
      var whole = word
      if bytes.has("**", at: word.start) { whole = ByteRange(word.start + 2, word.end - 2) }
      if bytes.integer(ByteRange(whole.start, slash)) != nil,
        let number = bytes.integer(ByteRange(slash + 1, whole.end))
      {
        exchange.microseconds = number
      }
    }
  }

  /// The abbreviations that nginx layouts use for their `$upstream_*` variables.
  private static func isUpstreamKey(_ bytes: Span<UInt8>, _ key: ByteRange) -> Bool {
    guard bytes.byte(key.start) == UInt8(ascii: "u") else { return false }
    return bytes.has("upstream", at: key.start)
      || ["uct", "uht", "urt", "ua", "us"].contains { bytes.equals(key, $0) }
  }

  /// mod_unique_id: 24 characters, 27 in late 2.4.
  static func isUniqueID(_ bytes: Span<UInt8>, _ word: ByteRange) -> Bool {
    guard word.count == 24 || word.count == 27 else { return false }
    for at in word.start..<word.end {
      let byte = bytes.byte(at)
      let isLetter = lowercased(byte) &- 97 < 26
      guard
        isLetter || byte.isDigit || byte == UInt8(ascii: "@") || byte == .dash
          || byte == UInt8(ascii: "_")
      else { return false }
    }
    return true
  }
}

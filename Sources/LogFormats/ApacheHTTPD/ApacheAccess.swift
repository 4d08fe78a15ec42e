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

  private var clock: LocalClock

  init(_ settings: FormatSettings) { clock = LocalClock(settings) }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    guard let bracket = record.find(.openBracket, 0, min(record.count, 400)) else {
      throw .notThisDialect
    }
    var exchange = ApacheExchange()
    try Self.readHead(record, ByteRange(0, bracket), &exchange)
    var scan = ByteScanner(record, from: bracket + 1)
    let moment: (time: Timestamp, hasMilliseconds: Bool)
    do throws(RecordFault) {
      if record.byte(bracket + 3) == .slash {
        moment = try clock.clfMoment(&scan)
      } else {
        let civil = try scan.isoTime()
        moment = (clock.timestamp(civil), civil.hasMilliseconds)
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
    try Self.readTail(&scan, &exchange)
    guard moment.time.isKnown else { throw .badTime }
    try exchange.append(
      record, at: moment.time, hasMilliseconds: moment.hasMilliseconds, context, into: &batch)
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
    if let colon = record.findLast(.colon, in: first), record.byte(colon + 1).isDigit {
      name.end = colon
    }
    exchange.service = name
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
    while !scan.isAtEnd {
      if scan.next == .quote {
        scan.move(to: scan.at + 1)
        _ = try quoted(&scan)
        scan.skipSpaces()
        continue
      }
      let word = try scan.word()
      if let number = scan.bytes.integer(word) {
        numbers += 1
        // One number is `%D`; two are `%I %O`.
        exchange.microseconds = numbers == 1 ? number : -1
      } else if scan.bytes.find("://", in: word) != nil {
        if scan.bytes.has("proxy:", at: word.start) {
          exchange.file = word
        } else {
          exchange.worker = word
        }
      } else if isUniqueID(scan.bytes, word) {
        exchange.transaction = word
      }
    }
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

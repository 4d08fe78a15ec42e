import LogEvents

/// Envoy's text access log: the built-in layout, the mesh layout of Istio, and near relations.
///
///     [2026-02-27T06:41:13.504Z] "GET /a HTTP/1.1" 503 UF 0 91 2 - "203.0.113.7" "agent" "id" "shop.example.com" "192.0.2.11:8080"
///     [...] "GET /a HTTP/1.1" 503 UF details - "reason" 0 91 2 - "..." "..." "..." "..." "192.0.2.11:8080" outbound|80||shop local downstream remote sni route
///
/// Quoted values are not escaped, so the quotes are counted from both ends. Source: Envoy
/// documentation, "Access logging", default format string; Istio documentation, "Getting Envoy's
/// Access Logs"; Envoy source for the process log, whose records are chatter here.
struct EnvoyAccess: LogFormat {
  static let card = FormatCard(
    name: "envoy", product: "envoy", title: "Envoy and Istio access log, text",
    vantage: .loadBalancer,
    sample:
      "[2026-02-27T06:41:13.504Z] \"GET /a HTTP/1.1\" 503 UF 0 91 2 - \"203.0.113.7\" "
      + "\"agent\" \"9ad0e1c5-0c1f-4a0e-9d43-bb5d0b1d0f6c\" \"shop.example.com\" \"192.0.2.11:8080\""
  )

  static var codes: [CodeTable] { [EnvoyGuide.table] }

  private var clock: LocalClock
  private var hops = EnvoyHops()

  init(_ settings: FormatSettings) { clock = LocalClock(settings) }

  func tellOpen(to state: inout OpenState) -> Bool {
    hops.tellOpen(to: &state)
    return true
  }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    var scan = ByteScanner(record)
    // Some ingress products put a word before.
    if scan.next != .openBracket, let word = try? scan.word(), word.count > 16 {
      throw .notThisDialect
    }
    guard scan.next == .openBracket else { throw .notThisDialect }
    scan.move(to: scan.at + 1)
    let civil: CivilTime
    do throws(RecordFault) {
      civil = try scan.isoTime()
      try scan.skip(.closeBracket)
    } catch {
      throw .notThisDialect
    }
    let time = clock.timestamp(civil)
    if scan.next == .openBracket, isProcessRecord(scan) {
      batch.witness(time)
      return
    }
    scan.skipSpaces()
    var exchange = EnvoyExchange()
    try readStart(&scan, &exchange)
    guard time.isKnown else { throw .badTime }
    guard readTail(&scan, &exchange) else { throw .badShape }
    exchange.append(
      record, time: LocalClock.Moment(time: time, hasMilliseconds: civil.hasMilliseconds), context,
      &hops, into: &batch)
  }

  /// `[15][warning][config]` stands behind the stamp.
  private func isProcessRecord(_ scan: ByteScanner) -> Bool {
    let bytes = scan.bytes
    guard let close = bytes.find("][", scan.at + 1, scan.at + 12),
      bytes.integer(ByteRange(scan.at + 1, close)) != nil
    else { return false }
    return [
      "trace]", "debug]", "info]", "warning]", "warn]", "error]", "critical]", "off]",
    ].contains { bytes.has($0, at: close + 2) }
  }

  /// `"METHOD PATH PROTOCOL" CODE FLAGS`.
  private func readStart(
    _ scan: inout ByteScanner, _ exchange: inout EnvoyExchange
  ) throws(RecordFault) {
    let record = scan.bytes
    guard scan.next == .quote else { throw .notThisDialect }
    let start = scan.at + 1
    var search = start
    while let quote = record.find("\" ", search, record.count) {
      search = quote + 1
      var tail = ByteScanner(record, from: quote + 2)
      guard let status = try? tail.word(), status.count <= 3,
        record.integer(status) ?? -1 >= 0, let flags = try? tail.word(),
        EnvoyFlags.isFlags(record, flags)
      else { continue }
      exchange.request = ByteRange(start, quote)
      exchange.status = status
      exchange.flags = flags
      scan = tail
      return
    }
    throw .notThisDialect
  }

  /// Details of the mesh layouts, four numbers, five quoted values, and what the mesh adds.
  private func readTail(_ scan: inout ByteScanner, _ exchange: inout EnvoyExchange) -> Bool {
    let record = scan.bytes
    // Details may be a dash, as numbers may: two words before the reason are the mesh's, four are numbers.
    if scan.next != .quote, Self.wordsBeforeQuote(scan) == 2 {
      guard let details = try? scan.word(), (try? scan.word()) != nil else { return false }
      exchange.details = details
    }
    if scan.next == .quote {
      // The reason is free text; a number stands behind it.
      let start = scan.at + 1
      var search = start
      while let quote = record.find("\" ", search, record.count),
        !record.byte(quote + 2).isDigit, record.byte(quote + 2) != .dash
      {
        search = quote + 1
      }
      guard let quote = record.find("\" ", search, record.count) else { return false }
      exchange.reason = ByteRange(start, quote)
      scan.move(to: quote + 2)
    }
    var numbers = 0
    while !scan.isAtEnd, scan.next != .quote {
      guard numbers < 8, let number = try? scan.word() else { return false }
      if numbers == 2 { exchange.duration = number }
      numbers += 1
    }
    guard numbers >= 3 else { return false }
    return readQuoted(scan, &exchange)
  }

  private static func wordsBeforeQuote(_ start: ByteScanner) -> Int {
    var scan = ByteScanner(start.bytes, from: start.at)
    var words = 0
    while scan.next != .quote, words < 9, (try? scan.word()) != nil { words += 1 }
    return words
  }

  private func readQuoted(_ scan: ByteScanner, _ exchange: inout EnvoyExchange) -> Bool {
    let record = scan.bytes
    guard let end = record.findLast(.quote, in: ByteRange(scan.at, record.count)),
      let first = record.find("\" \"", scan.at, end + 1)
    else { return false }
    exchange.forwardedFor = ByteRange(scan.at + 1, first)
    var stop = end
    var values: [3 of ByteRange] = [.empty, .empty, .empty]
    for place in 0..<3 {
      guard let start = lastDivider(record, first, stop) else { return false }
      values[place] = ByteRange(start + 3, stop)
      stop = start
    }
    (exchange.host, exchange.authority, exchange.requestID) = (values[0], values[1], values[2])
    var words = ByteScanner(record, from: end + 1)
    words.skipSpaces()
    guard let cluster = try? words.word() else { return true }
    exchange.cluster = cluster
    guard (try? words.word()) != nil, (try? words.word()) != nil,
      let remote = try? words.word()
    else { return true }
    exchange.downstream = remote
    guard (try? words.word()) != nil, let route = try? words.word() else { return true }
    exchange.route = route
    return true
  }

  /// The last `" "` of [start, end).
  private func lastDivider(_ record: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
    var at = end - 3
    while at >= start {
      if record.has("\" \"", at: at) { return at }
      at -= 1
    }
    return nil
  }
}

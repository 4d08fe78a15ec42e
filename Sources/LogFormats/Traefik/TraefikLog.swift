import LogEvents

/// Traefik's logs: access in the common format or JSON, and the process log that has the causes.
///
///     203.0.113.76 - - [09/Jan/2026:14:02:05 +0000] "GET /a HTTP/1.1" 502 11 "-" "agent" 100 "shop@docker" "http://192.0.2.61:8080" 12ms
///     {"ClientHost":"203.0.113.76","DownstreamStatus":502,"RouterName":"shop@docker","ServiceAddr":"192.0.2.61:8080","StartUTC":"..."}
///     2026-01-09T14:03:00Z DBG .../proxy.go:121 > 502 Bad Gateway error="dial tcp 192.0.2.61:8080: connect: connection refused"
///
/// Source: Traefik documentation, "Access logs" and "Logs".
struct TraefikLog: LogFormat {
  static let card = FormatCard(
    name: "traefik", product: "traefik", title: "Traefik access log (CLF, JSON) and process log",
    vantage: .loadBalancer,
    sample:
      "203.0.113.76 - - [09/Jan/2026:14:02:05 +0000] \"GET /a HTTP/1.1\" 200 210 \"-\" \"agent\" "
      + "100 \"shop@docker\" \"http://192.0.2.61:8080\" 12ms")

  static var codes: [CodeTable] { [TraefikGuide.table] }

  private var clock: LocalClock
  private var process = TraefikProcess()

  init(_ settings: FormatSettings) { clock = LocalClock(settings) }

  func tellOpen(to state: inout OpenState) -> Bool {
    state.add(process.isKnown)
    return true
  }

  /// Records have a `msg` of their own.
  var readsJSON: Bool { true }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    if record.byte(0) == UInt8(ascii: "{") {
      try readObject(record, context, &batch)
    } else if record.has("ms", at: record.count - 2), record.byte(record.count - 3).isDigit,
      record.find(" [", 0, 200) != nil
    {
      try readCommon(record, context, &batch)
    } else {
      try process.readText(record, context, &clock, into: &batch)
    }
  }

  // MARK: Common format

  private mutating func readCommon(
    _ record: Span<UInt8>, _ context: RecordContext, _ batch: inout EventBatch
  ) throws(RecordFault) {
    var exchange = TraefikExchange()
    let moment: LocalClock.Moment
    do throws(RecordFault) {
      var scan = ByteScanner(record)
      exchange.client = try scan.word()
      try scan.skip("- ")
      try scan.skip(through: " [")
      moment = try clock.clfMoment(&scan)
      try scan.skip("] \"")
      let start = scan.at
      try readEnd(record, from: start, &exchange)
      // The request is not escaped: what stands behind it tells its end.
      var search = start
      while exchange.status.isEmpty, let quote = record.find("\" ", search, record.count) {
        search = quote + 1
        var tail = ByteScanner(record, from: quote + 2)
        let status = try tail.word()
        guard status.count == 3 || record.equals(status, "0"), record.integer(status) != nil else {
          continue
        }
        exchange.uri = NginxAccess.target(record, ByteRange(start, quote))
        exchange.status = status
        exchange.size = try tail.word()
      }
    } catch {
      throw .notThisDialect
    }
    guard !exchange.status.isEmpty else { throw .notThisDialect }
    guard moment.time.isKnown else { throw .badTime }
    exchange.append(record, moment, context.severity, context, into: &batch)
  }

  /// ` count "router" "url" 12ms`, from the end.
  private func readEnd(
    _ record: Span<UInt8>, from start: Int, _ exchange: inout TraefikExchange
  ) throws(RecordFault) {
    guard let space = record.findLast(.space, in: ByteRange(start, record.count)),
      let time = record.integer(ByteRange(space + 1, record.count - 2)),
      record.byte(space - 1) == .quote,
      let server = record.findLast(.quote, in: ByteRange(start, space - 1)),
      record.has("\" \"", at: server - 2),
      let router = record.findLast(.quote, in: ByteRange(start, server - 2)),
      record.byte(router - 1) == .space, record.byte(router - 2).isDigit
    else { throw .badShape }
    exchange.milliseconds = time
    exchange.server = ByteRange(server + 1, space - 1)
    exchange.router = ByteRange(router + 1, server - 2)
  }

  // MARK: JSON

  private mutating func readObject(
    _ record: Span<UInt8>, _ context: RecordContext, _ batch: inout EventBatch
  ) throws(RecordFault) {
    var fields = TraefikFields()
    guard fields.take(record) else { throw .notThisDialect }
    if fields.isAccess {
      guard let moment = moment(record, fields.start.isEmpty ? fields.time : fields.start) else {
        throw .badTime
      }
      let severity = TraefikProcess.severity(record, fields.level) ?? context.severity
      fields.exchange.append(record, moment, severity, context, into: &batch)
    } else {
      try process.readObject(record, fields, moment(record, fields.time), context, into: &batch)
    }
  }

  private mutating func moment(
    _ record: Span<UInt8>, _ stamp: ByteRange
  ) -> LocalClock.Moment? {
    var scan = ByteScanner(record, from: stamp.start)
    guard !stamp.isEmpty, let civil = try? scan.isoTime() else { return nil }
    let time = clock.timestamp(civil)
    return time.isKnown
      ? LocalClock.Moment(time: time, hasMilliseconds: civil.hasMilliseconds) : nil
  }
}

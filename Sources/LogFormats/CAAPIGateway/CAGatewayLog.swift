import LogEvents

/// The CA (Layer7) API Gateway's log: file sink and syslog sink, with audit bursts and traces, and
/// the traffic log inside.
///
/// Source: formats/ca-api-gateway.md §1.1 to §1.5; Broadcom KB 215364; techdocs 9.1.
struct CAGatewayLog: JoiningFormat {
  static let card = FormatCard(
    name: "ca-gateway", product: "ca-api-gateway",
    title: "CA API Gateway ssg log: file, syslog, traffic", vantage: .gateway,
    sample:
      "2024-03-05T14:02:11.342-0500 WARNING 412 com.l7tech.server.policy.assertion."
      + "ServerHttpRoutingAssertion: 4042: Problem routing to https://orders.example.com:8443/api. "
      + "Error msg: Unable to obtain HTTP response from https://orders.example.com:8443/api: "
      + "Connection reset")

  static var codes: [CodeTable] { CAGuide.tables }

  var joiner: CAJoiner

  init(_ settings: FormatSettings) { joiner = CAJoiner(settings) }

  let isMultiline = true

  func startsRecord(_ line: Span<UInt8>) -> Bool {
    var scan = ByteScanner(line)
    if scan.next.isDigit, line.byte(4) == .dash {
      // Without a level it is a damaged record, or another's, but no line of a trace.
      return joiner.beginsWithKnownDay(line) || (try? scan.isoTime()) != nil
    } else if scan.next == .openBracket, let close = line.find("] ", 0, 80) {
      scan.move(to: close + 2)
    }
    if let word = try? scan.word(), CARecord.severity(line, word) != nil { return true }
    // RAW syslog: a detail's number, or the words of header and footer.
    var digits = 0
    while line.byte(digits).isDigit { digits += 1 }
    return digits > 0 && line.has(": ", at: digits)
      || line.has("Processing request", at: 0) || line.has("Message processed", at: 0)
      || line.has("Message was not", at: 0)
      || line.has("Problem routing to", at: 0) || line.has("I/O exception (", at: 0)
  }

  static var knowsBareLines: Bool { true }

  /// Time and level, as in the record before, where a header has a time and a host.
  @inline(__always)
  func standsBare(_ line: Span<UInt8>) -> Bool {
    line.byte(10) == UInt8(ascii: "T") && SyslogEnvelope.isLevelNext(line, 0)
      && joiner.beginsWithKnownDay(line)
  }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    try joiner.take(text: record, context, into: &batch)
  }
}

/// The gateway's console in a container: one JSON object a record, each possibly twice.
///
/// Source: formats/ca-api-gateway.md §1.4; Layer7-Community/Utilities; CAAPIM/apim-charts.
struct CAGatewayConsole: JoiningFormat {
  static let card = FormatCard(
    name: "ca-gateway-json", product: "ca-api-gateway",
    title: "CA API Gateway console in a container, JSON", vantage: .gateway,
    sample:
      "{\"package\":\"com.l7tech.server.policy.assertion.ServerHttpRoutingAssertion\",\"level\":"
      + "\"WARNING\",\"log\":{\"detail-id\":4042.0,\"service\":\"Orders\",\"message\":\"Problem routing "
      + "to ...\"},\"time\":\"2026-05-26T11:20:10.210+0000\"}")

  var joiner: CAJoiner

  init(_ settings: FormatSettings) { joiner = CAJoiner(settings) }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    let parsed = try CARecord.object(record)
    guard !joiner.isDoubled(record) else { return }
    try joiner.take(parsed, record, context, into: &batch)
  }
}

/// Audit records as the audit viewer prints them: blocks of `Key : value`.
///
/// Source: formats/ca-api-gateway.md §1.6; freekb.net 1817.
struct CAAuditBlocks: LogFormat {
  static let card = FormatCard(
    name: "ca-gateway-audit", product: "ca-api-gateway",
    title: "CA API Gateway audit records as the viewer prints them", vantage: .gateway,
    sample:
      "Node           : gw1\\nTime           : 20190806 09:22:37.218\\nSeverity       : WARNING\\n"
      + "Request Id     : 000001691413a9e3-1a4\\nMessage        : Message was not processed: ... (601)"
  )

  private var clock: LocalClock

  let joins = true

  init(_ settings: FormatSettings) { clock = LocalClock(settings) }

  let isMultiline = true

  func startsRecord(_ line: Span<UInt8>) -> Bool {
    line.has("Node ", at: 0) && line.find(" : ", 0, line.count) != nil
  }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    guard startsRecord(record) else { throw .notThisDialect }
    let stamp = value(record, "Time")
    var scan = ByteScanner(record, from: stamp.start)
    // `20190806 09:22:37.218`: the basic date, then a clock.
    var civil = CivilTime()
    guard let date = record.integer(ByteRange(stamp.start, stamp.start + 8)) else { throw .badTime }
    civil.year = date / 10_000
    civil.month = date / 100 % 100
    civil.day = date % 100
    scan.move(to: stamp.start + 9)
    try scan.clock(into: &civil)
    let time = clock.timestamp(civil)
    guard time.isKnown else { throw .badTime }
    var event = Event(time: time, line: context.line, outcome: .info)
    event.hasMilliseconds = civil.hasMilliseconds
    event.severity = CARecord.severity(record, value(record, "Severity")) ?? .none
    event.gateway = batch.names.id(record, value(record, "Node"))
    let message = value(record, "Message")
    var service = value(record, "Service")
    service.end = record.find(" [", service.start, service.end) ?? service.end
    event.service = batch.names.id(record, service)
    event.transaction = batch.keep(record, value(record, "Request Id"))
    event.client = batch.keep(record, value(record, "Client IP"))
    if record.has("Message processed successfully", at: message.start) {
      event.outcome = .ok
      event.journal = .access
      event.status = UInt16(clamping: record.integer(value(record, "Resp Status")) ?? 0)
    } else if let open = record.findLast(.openParenthesis, in: message) {
      let status = ByteRange(open + 1, message.end - 1)
      event.code = batch.names.id(record, status)
      if record.equals(status, "601") {
        event.outcome = .other
        event.message = batch.keep(record, message)
      }
    }
    guard event.outcome != .info else {
      batch.witness(time)
      return
    }
    batch.append(event)
  }

  /// The value of a key that stands at the start of a line.
  private func value(_ record: Span<UInt8>, _ key: String) -> ByteRange {
    var at = 0
    while at < record.count {
      let end = record.find(.newline, at, record.count) ?? record.count
      if record.has(key, at: at), let colon = record.find(.colon, at, end),
        record.trimmed(ByteRange(at, colon)).count == key.utf8.count
      {
        return record.trimmed(ByteRange(colon + 1, end))
      }
      at = end + 1
    }
    return .empty
  }
}

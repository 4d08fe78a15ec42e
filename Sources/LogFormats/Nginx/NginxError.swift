import LogEvents

/// nginx's error log, of http and stream, file and syslog.
///
///     2026/11/20 23:58:41 [error] 398#398: *13 connect() failed (111: Connection refused) while connecting
///     to upstream, client: 203.0.113.58, server: shop.example.com, request: "GET / HTTP/1.1", upstream: "http://192.0.2.15:8080/"
///
/// One record an attempt: two members that refused are two records, and the access log has the
/// exchange. Source: nginx src/core/ngx_log.c, `ngx_log_error_core`.
struct NginxError: LogFormat {
  static let card = FormatCard(
    name: "nginx-error", product: "nginx", title: "nginx error log, http and stream",
    vantage: .loadBalancer,
    sample:
      "2026/11/20 23:58:41 [error] 398#398: *13 connect() failed (111: Connection refused) while "
      + "connecting to upstream, client: 203.0.113.58, server: shop.example.com, request: "
      + "\"GET /a HTTP/1.1\", upstream: \"http://192.0.2.15:8080/a\", host: \"shop.example.com\"")

  static var codes: [CodeTable] { [NginxGuide.table] }

  private static let levels: [(name: String, severity: Severity)] = [
    ("error", .error), ("warn", .warning), ("info", .info), ("crit", .critical),
    ("notice", .notice), ("alert", .alert), ("emerg", .emergency), ("debug", .debug),
  ]

  private var clock: LocalClock

  init(_ settings: FormatSettings) { clock = LocalClock(settings) }

  /// Nothing is left for later records.
  func tellOpen(to state: inout OpenState) -> Bool { true }

  /// What a FastCGI application prints comes as it is, over several lines.
  let isMultiline = true

  /// Records of an access log in the same stream start too: they continue nothing.
  func startsRecord(_ line: Span<UInt8>) -> Bool {
    if line.byte(4) == .slash, line.byte(7) == .slash, line.byte(10) == .space,
      line.byte(0).isDigit
    {
      return true
    }
    if line.byte(0) == UInt8(ascii: "{") { return true }
    guard let bracket = line.find(.openBracket, 0, min(line.count, 120)) else { return false }
    return line.byte(bracket + 3) == .slash && line.byte(bracket + 7) == .slash
      && line.byte(bracket + 12) == .colon
  }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    var scan = ByteScanner(record)
    let civil: CivilTime
    do throws(RecordFault) {
      civil = try scan.slashedTime()
      try scan.skip(" [")
    } catch {
      throw .notThisDialect
    }
    let level = try scan.field(until: .closeBracket)
    guard let severity = Self.levels.first(where: { record.equals(level, $0.name) })?.severity
    else { throw .notThisDialect }
    let time = clock.timestamp(civil)
    guard time.isKnown else { throw .badTime }
    try scan.skip(.space)
    _ = try scan.number()
    try scan.skip(UInt8(ascii: "#"))
    _ = try scan.number()
    try scan.skip(": ")
    if scan.next == UInt8(ascii: "*") { _ = try scan.word() }

    let client = record.find(", client: ", scan.at, record.count)
    let text = ByteRange(scan.at, client ?? record.count)
    let message = NginxMessage(record, text, severity)
    guard let outcome = message.outcome else {
      batch.witness(time)
      return
    }
    var event = Event(time: time, line: context.line, outcome: outcome)
    event.severity = severity
    event.gateway = context.host
    event.code = batch.names.id(record, message.code)
    if let client {
      let fields = NginxErrorFields(record, from: client)
      event.client = batch.keep(record, fields.client)
      event.service = batch.names.id(record, fields.server)
      event.uri = batch.keep(record, fields.uri)
      switch fields.peer(record) {
      case .none: break
      case .member(let name): event.backend = batch.names.id(record, name)
      case .group(let name): event.pool = batch.names.id(record, name)
      }
    }
    if outcome == .dnsFailure, event.backend.isNone {
      event.backend = batch.names.id(record, Self.unresolvedName(record, text))
    }
    if outcome == .serverDown { event.journal = .state }
    event.message = batch.keep(record, ByteRange(text.start, min(text.end, text.start + 512)))
    batch.append(event)
  }

  /// `NAME could not be resolved`, `host not found in upstream "NAME"`.
  private static func unresolvedName(_ record: Span<UInt8>, _ text: ByteRange) -> ByteRange {
    var name = ByteRange.empty
    if let hit = record.find(" could not be resolved", in: text) {
      name = ByteRange(text.start, hit)
    } else if let hit = record.find("in upstream \"", in: text) {
      let start = hit + "in upstream \"".utf8.count
      name = ByteRange(start, record.find(.quote, start, text.end) ?? text.end)
    } else if let hit = record.find("to resolve ", in: text) {
      name = ByteRange(hit + "to resolve ".utf8.count, text.end)
    }
    return name.count <= 255 ? name : .empty
  }
}

import LogEvents

/// nginx's error log, of http and stream, file and syslog.
///
///     2026/11/20 23:58:41 [error] 398#398: *13 connect() failed (111: Connection refused) while connecting
///     to upstream, client: 203.0.113.58, server: shop.example.com, request: "GET / HTTP/1.1", upstream: "http://192.0.2.15:8080/"
///
/// Fields are not escaped, so they are taken from the left: what a referrer imitates comes later.
/// Source: nginx src/core/ngx_log.c, src/http/ngx_http_upstream.c.
struct NginxError: LogFormat {
  static let card = FormatCard(
    name: "nginx-error", product: "nginx", title: "nginx error log, http and stream",
    vantage: .loadBalancer,
    sample:
      "2026/11/20 23:58:41 [error] 398#398: *13 connect() failed (111: Connection refused) while "
      + "connecting to upstream, client: 203.0.113.58, server: shop.example.com, request: "
      + "\"GET /a HTTP/1.1\", upstream: \"http://192.0.2.15:8080/a\", host: \"shop.example.com\"")

  private var clock: LocalClock

  init(_ settings: FormatSettings) { clock = LocalClock(settings) }

  /// What a FastCGI application prints comes as it is, over several lines.
  let isMultiline = true

  func startsRecord(_ line: Span<UInt8>) -> Bool {
    line.byte(4) == .slash && line.byte(7) == .slash && line.byte(10) == .space
      && line.byte(0).isDigit
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
    guard let severity = Self.severity(record, level) else { throw .notThisDialect }
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
    guard let message = Self.message(record, text) else {
      batch.witness(time)
      return
    }
    var event = Event(time: time, line: context.line, outcome: message.outcome)
    event.severity = severity
    event.gateway = context.host
    event.code = Self.code(record, text, &batch)
    var fields = Fields()
    if let client { fields.read(record, from: client) }
    event.client = batch.keep(record, fields.client)
    event.service = batch.names.id(record, fields.server)
    event.uri = batch.keep(record, fields.uri)
    Self.upstream(record, fields.upstream, &event, &batch)
    if message.outcome == .dnsFailure, event.backend.isNone, text.count < 300 {
      event.backend = batch.names.id(record, Self.unresolvedName(record, text))
    }
    switch message.outcome {
    case .serverDown: event.journal = .state
    case .info: break
    default:
      event.message = batch.keep(record, ByteRange(text.start, min(text.end, text.start + 400)))
    }
    batch.append(event)
  }

  private static func severity(_ record: Span<UInt8>, _ level: ByteRange) -> Severity? {
    let levels: [(name: String, severity: Severity)] = [
      ("error", .error), ("warn", .warning), ("info", .info), ("crit", .critical),
      ("notice", .notice), ("alert", .alert), ("emerg", .emergency), ("debug", .debug),
    ]
    return levels.first { record.equals(level, $0.name) }?.severity
  }

  // MARK: Fields

  /// The parts behind the text, in nginx's order.
  private struct Fields {
    var client = ByteRange.empty
    var server = ByteRange.empty
    var uri = ByteRange.empty
    var upstream = ByteRange.empty

    mutating func read(_ record: Span<UInt8>, from start: Int) {
      let end = record.count
      let from = start + ", client: ".utf8.count
      let stop = record.find(", ", from, end) ?? end
      client = ByteRange(from, stop)
      var at = stop
      if record.has(", server: ", at: at) {
        let from = at + ", server: ".utf8.count
        at = record.find(", ", from, end) ?? end
        server = ByteRange(from, at)
      }
      if record.has(", request: \"", at: at) {
        let from = at + ", request: \"".utf8.count
        if let space = record.find(.space, from, end) {
          var stop = record.find(.space, space + 1, end) ?? end
          if let quote = record.find(.quote, space + 1, stop) { stop = quote }
          uri = ByteRange(space + 1, stop)
        }
      }
      if let hit = record.find(", upstream: \"", at, end) {
        let from = hit + ", upstream: \"".utf8.count
        upstream = ByteRange(from, record.find(.quote, from, end) ?? end)
      }
    }
  }

  /// `http://192.0.2.5:8080/path`, `192.0.2.5:8080`, `http://unix:/run/app.sock:/path`, or a group.
  private static func upstream(
    _ record: Span<UInt8>, _ range: ByteRange, _ event: inout Event, _ batch: inout EventBatch
  ) {
    guard !range.isEmpty else { return }
    var start = range.start
    if let scheme = record.find("://", start, min(range.end, start + 16)) { start = scheme + 3 }
    if record.has("unix:", at: start) {
      let path = start + "unix:".utf8.count
      var end = record.find(.colon, path, range.end) ?? range.end
      if let sock = record.find(".sock/", path, end) { end = sock + ".sock".utf8.count }
      event.backend = batch.names.id(record, start, end)
      return
    }
    let end = record.find(.slash, start, range.end) ?? range.end
    if let colon = record.findLast(.colon, in: ByteRange(start, end)),
      record.byte(colon + 1).isDigit
    {
      event.backend = batch.names.id(record, start, end)
    } else {
      event.pool = batch.names.id(record, start, end)
    }
  }

  /// `NAME could not be resolved`, `host not found in upstream "NAME"`.
  private static func unresolvedName(_ record: Span<UInt8>, _ text: ByteRange) -> ByteRange {
    if let hit = record.find(" could not be resolved", in: text) {
      return ByteRange(text.start, hit)
    }
    if let hit = record.find("in upstream \"", in: text) {
      let start = hit + "in upstream \"".utf8.count
      return ByteRange(start, record.find(.quote, start, text.end) ?? text.end)
    }
    if let hit = record.find("to resolve ", in: text) {
      return ByteRange(hit + "to resolve ".utf8.count, text.end)
    }
    return .empty
  }

  /// The error number of `(111: Connection refused)`, or OpenSSL's of `error:0A00010B:`.
  private static func code(
    _ record: Span<UInt8>, _ text: ByteRange, _ batch: inout EventBatch
  ) -> NameID {
    if let hit = record.find("error:", in: text),
      let stop = record.find(.colon, hit + 6, min(text.end, hit + 16)),
      hexadecimal(record, hit + 6, stop) != nil
    {
      return batch.names.id(record, hit + 6, stop)
    }
    var at = text.start
    while let open = record.find(.openParenthesis, at, text.end) {
      var end = open + 1
      while record.byte(end).isDigit { end += 1 }
      if end > open + 1, record.has(": ", at: end) { return batch.names.id(record, open + 1, end) }
      at = open + 1
    }
    return .none
  }

  // MARK: Messages

  private struct Message {
    /// All of these stand in the text.
    var texts: [String]
    var outcome: Outcome

    init(_ outcome: Outcome, _ texts: String...) {
      self.texts = texts
      self.outcome = outcome
    }
  }

  /// First match wins.
  ///
  /// Source: the functions named in the texts, src/event/ngx_event_openssl.c,
  /// src/http/ngx_http_upstream.c, src/stream/ngx_stream_proxy_module.c, src/core/ngx_resolver.c.
  private static let messages: [Message] = [
    Message(.serverDown, "upstream server temporarily disabled"),
    Message(.poolExhausted, "no live upstreams"),
    Message(.clientAbort, "client prematurely closed connection"),
    Message(.clientAbort, "client timed out"),
    Message(.clientAbort, "proxying and reading from client"),
    Message(.clientAbort, "client closed connection"),
    Message(.other, "FastCGI sent in stderr"),
    Message(.tlsFailure, "SSL handshaking"),
    Message(.tlsFailure, "SSL certificate verify error"),
    Message(.tlsFailure, "SSL certificate does not match"),
    Message(.tlsFailure, "plain HTTP request was sent to HTTPS port"),
    Message(.tlsFailure, "client sent plain HTTP request"),
    Message(.tlsFailure, "client sent no required SSL certificate"),
    Message(.connectTimeout, "timed out", "while connecting to upstream"),
    Message(.responseTimeout, "timed out", "upstream"),
    Message(.responseTimeout, "connection timed out", "while proxying"),
    Message(.configError, "connect() ", "(13: "),
    Message(.overload, "(99: "),
    Message(.overload, "(24: "),
    Message(.connectRefused, "connect() ", "(111: "),
    Message(.connectRefused, "connect() ", "(2: "),
    Message(.connectUnreachable, "connect() ", "(113: "),
    Message(.connectUnreachable, "connect() ", "(101: "),
    Message(.connectTimeout, "connect() ", "(110: "),
    Message(.connectionReset, "connect() ", "(104: "),
    Message(.connectRefused, "connect() ", "failed"),
    Message(.connectRefused, "(111: ", "upstream"),
    Message(.connectUnreachable, "(113: ", "upstream"),
    Message(.dnsFailure, "could not be resolved"),
    Message(.dnsFailure, "no resolver defined"),
    Message(.dnsFailure, "host not found in upstream"),
    Message(.connectionReset, "(104: ", "upstream"),
    Message(.connectionReset, "(32: ", "upstream"),
    Message(.clientAbort, "(104: ", "client"),
    Message(.clientAbort, "(32: "),
    Message(.prematureClose, "upstream prematurely closed"),
    Message(.badGatewayResponse, "upstream sent "),
    Message(.overload, "limiting requests"),
    Message(.overload, "limiting connections"),
    Message(.overload, "delaying request"),
    Message(.overload, "worker_connections are not enough"),
    Message(.requestBodyFailed, "client intended to send too large body"),
    Message(.other, "auth request unexpected status"),
    Message(.other, "open() ", "failed"),
    Message(.other, "directory index of"),
  ]

  /// `nil` for notices, and for what says nothing of an exchange.
  private static func message(_ record: Span<UInt8>, _ text: ByteRange) -> Message? {
    messages.first { message in message.texts.allSatisfy { record.find($0, in: text) != nil } }
  }
}

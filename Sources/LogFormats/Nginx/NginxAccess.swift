import LogEvents

/// nginx access logs that tell of upstreams: combined with named fields behind it, the layout of the
/// Kubernetes ingress controller, stream sessions, JSON.
///
///     203.0.113.33 - - [20/Nov/2026:23:58:41 +0000] "GET / HTTP/1.1" 200 8 "-" "agent" rt=0.001 uct="0.000" uht="0.000" ua="192.0.2.11:8080" us="200"
///     203.0.113.33 - - [...] "GET / HTTP/1.1" 200 8 "-" "agent" 310 0.002 [pool] [] 192.0.2.11:8080 8 0.002 200 request-id
///     203.0.113.77 [20/Nov/2026:23:58:52 +0000] TCP 200 7 3 0.001 "192.0.2.31:5432" "3" "7" "0.000"
///     {"time":"2026-11-20T23:58:41+00:00","status":200,"upstream_addr":"192.0.2.11:8080","upstream_status":"200"}
///
/// A record without any upstream field is left to the access logs of other servers.
/// Source: nginx documentation, ngx_http_log_module, ngx_stream_log_module; ingress-nginx,
/// "Log format".
struct NginxAccess: LogFormat {
  static let card = FormatCard(
    name: "nginx-access", product: "nginx",
    title: "nginx access log with upstream fields, text or JSON, http and stream",
    vantage: .loadBalancer,
    sample:
      "203.0.113.33 - - [20/Nov/2026:23:58:41 +0000] \"GET /a HTTP/1.1\" 200 8 \"-\" \"agent\" "
      + "rt=0.001 uct=\"0.000\" uht=\"0.000\" urt=\"0.000\" ua=\"192.0.2.11:8080\" us=\"200\"")

  private var clock: LocalClock

  init(_ settings: FormatSettings) { clock = LocalClock(settings) }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    var event = Event(time: .unknown, line: context.line, outcome: .ok)
    event.gateway = context.host
    var exchange = NginxExchange()
    if record.byte(0) == UInt8(ascii: "{") {
      try readObject(record, &event, &exchange, &batch)
    } else {
      try readText(record, &event, &exchange, &batch)
    }
    exchange.judge(record, &event, &batch)
    if event.outcome != .ok {
      event.message = batch.keep(record, ByteRange(0, min(record.count, 512)))
    }
    batch.append(event)
  }

  // MARK: Text

  private mutating func readText(
    _ record: Span<UInt8>, _ event: inout Event, _ exchange: inout NginxExchange,
    _ batch: inout EventBatch
  ) throws(RecordFault) {
    guard let bracket = record.find(.openBracket, 0, min(record.count, 200)) else {
      throw .notThisDialect
    }
    let client = ByteRange(0, record.find(.space, 0, bracket) ?? bracket)
    var scan = ByteScanner(record, from: bracket + 1)
    let civil: CivilTime
    do throws(RecordFault) {
      civil = try scan.clfTime()
      try scan.skip("] ")
    } catch {
      throw .notThisDialect
    }
    event.time = clock.timestamp(civil)
    if record.has("TCP ", at: scan.at) || record.has("UDP ", at: scan.at) {
      try readStream(&scan, &exchange)
    } else {
      try readRequest(&scan, &event, &exchange, &batch)
    }
    guard event.time.isKnown else { throw .badTime }
    if !record.has("unix:", at: client.start) { event.client = batch.keep(record, client) }
  }

  private func readStream(
    _ scan: inout ByteScanner, _ exchange: inout NginxExchange
  ) throws(RecordFault) {
    exchange.isStream = true
    _ = try scan.word()
    exchange.status = try scan.word()
    guard scan.bytes.integer(exchange.status) != nil else { throw .notThisDialect }
    try scan.skip(through: "\"")
    exchange.addresses = try scan.field(until: .quote)
    // The last quoted list is that of the connect times.
    while (try? scan.skip(through: "\"")) != nil {
      exchange.connectTimes = try scan.field(until: .quote)
    }
  }

  private func readRequest(
    _ scan: inout ByteScanner, _ event: inout Event, _ exchange: inout NginxExchange,
    _ batch: inout EventBatch
  ) throws(RecordFault) {
    let record = scan.bytes
    guard scan.next == .quote else { throw .notThisDialect }
    scan.move(to: scan.at + 1)
    let request = try scan.field(until: .quote)
    try scan.skip(.space)
    exchange.status = try scan.word()
    guard record.integer(exchange.status) != nil else { throw .notThisDialect }
    event.uri = batch.keep(record, Self.target(record, request))
    _ = try scan.word()
    // Referrer and user agent.
    for _ in 0..<2 {
      guard scan.next == .quote else { throw .notThisDialect }
      scan.move(to: scan.at + 1)
      _ = try scan.field(until: .quote)
      scan.skipSpaces()
    }
    if scan.next == .quote {
      // `$http_x_forwarded_for`, as many layouts have it.
      scan.move(to: scan.at + 1)
      _ = try scan.field(until: .quote)
      scan.skipSpaces()
    }
    guard !scan.isAtEnd else { throw .notThisDialect }
    if record.find(UInt8(ascii: "="), scan.at, min(record.count, scan.at + 40)) != nil {
      try readNamed(&scan, &event, &exchange, &batch)
    } else {
      try readIngress(&scan, &event, &exchange, &batch)
    }
  }

  static func target(_ record: Span<UInt8>, _ request: ByteRange) -> ByteRange {
    guard let space = record.find(.space, request.start, request.end) else { return .empty }
    return ByteRange(space + 1, record.find(.space, space + 1, request.end) ?? request.end)
  }

  /// `name=value` and `name="value"`, in any order.
  private func readNamed(
    _ scan: inout ByteScanner, _ event: inout Event, _ exchange: inout NginxExchange,
    _ batch: inout EventBatch
  ) throws(RecordFault) {
    let record = scan.bytes
    var isKnown = false
    while !scan.isAtEnd {
      guard let equals = record.find(UInt8(ascii: "="), scan.at, record.count) else { break }
      let name = ByteRange(scan.at, equals)
      scan.move(to: equals + 1)
      let value: ByteRange
      if scan.next == .quote {
        scan.move(to: scan.at + 1)
        value = try scan.field(until: .quote)
      } else {
        let stop = record.find(.space, scan.at, record.count) ?? record.count
        value = ByteRange(scan.at, stop)
        scan.move(to: stop)
      }
      scan.skipSpaces()
      if take(record, name, value, &event, &exchange, &batch) { isKnown = true }
    }
    guard isKnown else { throw .notThisDialect }
  }

  /// `len time [pool] [alternative] addresses lengths times statuses id`: lists keep their blanks.
  private func readIngress(
    _ scan: inout ByteScanner, _ event: inout Event, _ exchange: inout NginxExchange,
    _ batch: inout EventBatch
  ) throws(RecordFault) {
    let record = scan.bytes
    _ = try scan.word()
    let seconds = try scan.word()
    guard scan.next == .openBracket else { throw .notThisDialect }
    scan.move(to: scan.at + 1)
    event.pool = batch.names.id(record, try scan.field(until: .closeBracket))
    scan.skipSpaces()
    guard scan.next == .openBracket else { throw .notThisDialect }
    scan.move(to: scan.at + 1)
    _ = try scan.field(until: .closeBracket)
    scan.skipSpaces()
    exchange.addresses = try Self.list(&scan)
    _ = try Self.list(&scan)
    _ = try Self.list(&scan)
    exchange.statuses = try Self.list(&scan)
    event.transaction = batch.keep(record, try scan.word())
    event.durationMilliseconds = Int32(clamping: record.milliseconds(ofSeconds: seconds) ?? -1)
  }

  /// Words that belong together: each but the last ends with a comma or stands beside a colon.
  private static func list(_ scan: inout ByteScanner) throws(RecordFault) -> ByteRange {
    var list = try scan.word()
    while scan.bytes.byte(list.end - 1) == .comma || scan.bytes.has(": ", at: scan.at)
      || scan.bytes.has(" : ", at: list.end - 2)
    {
      list.end = try scan.word().end
    }
    return list
  }

  // MARK: JSON

  private mutating func readObject(
    _ record: Span<UInt8>, _ event: inout Event, _ exchange: inout NginxExchange,
    _ batch: inout EventBatch
  ) throws(RecordFault) {
    guard var members = JSONMembers(record, record.whole) else { throw .notThisDialect }
    var isUpstream = false
    while let member = try Self.next(&members) {
      guard member.kind == .string || member.kind == .number else { continue }
      let (key, value) = (member.key, member.value)
      if record.has("upstream_", at: key.start) { isUpstream = true }
      if record.equals(key, "time") || record.equals(key, "time_iso8601")
        || record.equals(key, "@timestamp") || record.equals(key, "time_local")
        || record.equals(key, "timestamp") || record.equals(key, "msec")
      {
        readTime(record, value, &event)
      } else if record.equals(key, "remote_addr") || record.equals(key, "client") {
        event.client = batch.keep(record, value)
      } else if record.equals(key, "host") || record.equals(key, "server_name")
        || record.equals(key, "http_host") || record.equals(key, "vhost")
      {
        if event.service.isNone { event.service = batch.names.id(record, value) }
      } else if record.equals(key, "status") {
        exchange.status = value
      } else if record.equals(key, "uri") || record.equals(key, "request_uri") {
        event.uri = batch.keep(record, value)
      } else if record.equals(key, "request") {
        if event.uri.isEmpty { event.uri = batch.keep(record, Self.target(record, value)) }
      } else {
        _ = take(record, key, value, &event, &exchange, &batch)
      }
    }
    guard isUpstream, !exchange.status.isEmpty else { throw .notThisDialect }
    guard event.time.isKnown else { throw .badTime }
  }

  private static func next(
    _ members: inout JSONMembers
  ) throws(RecordFault) -> JSONMembers.Member? {
    do throws(RecordFault) { return try members.next() } catch { throw .notThisDialect }
  }

  private mutating func readTime(_ record: Span<UInt8>, _ value: ByteRange, _ event: inout Event) {
    var scan = ByteScanner(record, from: value.start)
    if let civil = try? scan.isoTime() {
      event.time = clock.timestamp(civil)
      event.hasMilliseconds = civil.hasMilliseconds
    } else if let civil = try? scan.clfTime() {
      event.time = clock.timestamp(civil)
    } else if value.count >= 10, let milliseconds = record.milliseconds(ofSeconds: value) {
      event.time = Timestamp(milliseconds: Int64(milliseconds))
      event.hasMilliseconds = true
    }
  }

  // MARK: Names

  private enum Field {
    case addresses, statuses, connectTimes, headerTimes, duration, id, host
  }

  /// The variables' own names and the abbreviations in use.
  private static let names: [(name: String, field: Field)] = [
    ("upstream_addr", .addresses), ("ua", .addresses), ("upstream", .addresses),
    ("uaddr", .addresses), ("upstream_status", .statuses), ("us", .statuses),
    ("ustatus", .statuses), ("upstream_connect_time", .connectTimes), ("uct", .connectTimes),
    ("upstream_header_time", .headerTimes), ("uht", .headerTimes), ("request_time", .duration),
    ("rt", .duration), ("request_id", .id), ("id", .id), ("req_id", .id), ("reqid", .id),
    ("host", .host), ("server", .host),
  ]

  /// Whether the field is one of an upstream.
  private func take(
    _ record: Span<UInt8>, _ name: ByteRange, _ value: ByteRange, _ event: inout Event,
    _ exchange: inout NginxExchange, _ batch: inout EventBatch
  ) -> Bool {
    guard let field = Self.names.first(where: { record.equals(name, $0.name) })?.field else {
      return false
    }
    switch field {
    case .addresses: exchange.addresses = value
    case .statuses: exchange.statuses = value
    case .connectTimes: exchange.connectTimes = value
    case .headerTimes: exchange.headerTimes = value
    case .duration:
      event.durationMilliseconds = Int32(clamping: record.milliseconds(ofSeconds: value) ?? -1)
      return false
    case .id:
      if !record.equals(value, "-") { event.transaction = batch.keep(record, value) }
      return false
    case .host:
      if event.service.isNone { event.service = batch.names.id(record, value) }
      return false
    }
    return true
  }
}

import LogEvents

/// nginx access logs that tell of upstreams: combined with fields behind it, named or not, the
/// layout of the Kubernetes ingress controller, stream sessions, JSON.
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

  static let learnsLayout = true

  private var clock: LocalClock
  private var tail = NginxAccessTail()

  init(_ settings: FormatSettings) { clock = LocalClock(settings) }

  func tellOpen(to state: inout OpenState) -> Bool {
    tail.tellOpen(to: &state)
    return true
  }

  func taught(_ settings: FormatSettings) -> Self {
    var copy = Self(settings)
    copy.tail = tail
    return copy
  }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    var event = Event(time: .unknown, line: context.line, outcome: .ok)
    event.gateway = context.host
    event.severity = context.severity
    var fields = NginxAccessFields()
    if record.byte(0) == UInt8(ascii: "{") {
      try readObject(record, &event, &fields, &batch)
    } else {
      try readText(record, &event, &fields, &batch)
    }
    fields.exchange.judge(record, &event, &batch)
    if event.outcome != .ok {
      event.message = batch.keep(record, ByteRange(0, min(record.count, 512)))
    }
    batch.append(event)
  }

  private mutating func readText(
    _ record: Span<UInt8>, _ event: inout Event, _ fields: inout NginxAccessFields,
    _ batch: inout EventBatch
  ) throws(RecordFault) {
    guard let bracket = record.find(.openBracket, 0, min(record.count, 300)) else {
      throw .notThisDialect
    }
    let client = ByteRange(0, record.find(.space, 0, bracket) ?? bracket)
    var scan = ByteScanner(record, from: bracket + 1)
    do throws(RecordFault) {
      let moment = try clock.clfMoment(&scan)
      event.time = moment.time
      event.hasMilliseconds = moment.hasMilliseconds
      try scan.skip("] ")
    } catch {
      throw .notThisDialect
    }
    if record.has("TCP ", at: scan.at) || record.has("UDP ", at: scan.at) {
      try readStream(&scan, &event, &fields, &batch)
    } else {
      try readRequest(&scan, &event, &fields, &batch)
    }
    guard event.time.isKnown else { throw .badTime }
    if !record.has("unix:", at: client.start), !record.equals(client, "-") {
      event.client = batch.keep(record, client)
    }
  }

  /// `TCP status sent received seconds "addresses" "sent" "received" "connect times"`, or names.
  private mutating func readStream(
    _ scan: inout ByteScanner, _ event: inout Event, _ fields: inout NginxAccessFields,
    _ batch: inout EventBatch
  ) throws(RecordFault) {
    let record = scan.bytes
    fields.exchange.isStream = true
    do throws(RecordFault) {
      _ = try scan.word()
      fields.exchange.status = try scan.word()
      guard record.integer(fields.exchange.status) != nil else { throw .notThisDialect }
      while scan.next != .quote {
        guard !NginxAccessTail.hasKey(record, scan.at) else {
          guard tail.read(&scan, &clock, &event, &fields, &batch) else { throw .notThisDialect }
          return
        }
        let number = try scan.word()
        if record.find(UInt8(ascii: "."), number.start, number.end) != nil {
          event.durationMilliseconds = Int32(
            clamping: record.milliseconds(ofSeconds: number) ?? -1)
        }
      }
      try scan.skip(.quote)
      fields.exchange.addresses = try scan.field(until: .quote)
    } catch {
      throw .notThisDialect
    }
    // The last quoted list is that of the connect times.
    while (try? scan.skip(through: "\"")) != nil {
      fields.exchange.connectTimes = try scan.field(until: .quote)
    }
  }

  private mutating func readRequest(
    _ scan: inout ByteScanner, _ event: inout Event, _ fields: inout NginxAccessFields,
    _ batch: inout EventBatch
  ) throws(RecordFault) {
    let record = scan.bytes
    do throws(RecordFault) {
      // Some layouts put the host before the request.
      if scan.next != .quote {
        event.service = batch.names.id(record, try scan.word())
      }
      try scan.skip(.quote)
      let request = try scan.field(until: .quote)
      scan.skipSpaces()
      fields.exchange.status = try scan.word()
      guard record.integer(fields.exchange.status) != nil, !scan.isAtEnd else {
        throw .notThisDialect
      }
      event.uri = batch.keep(record, Self.target(record, request))
    } catch {
      throw .notThisDialect
    }
    guard tail.read(&scan, &clock, &event, &fields, &batch) else { throw .notThisDialect }
  }

  /// The target of `GET /x HTTP/1.1`.
  static func target(_ record: Span<UInt8>, _ request: ByteRange) -> ByteRange {
    guard let space = record.find(.space, request.start, request.end) else { return .empty }
    return ByteRange(space + 1, record.find(.space, space + 1, request.end) ?? request.end)
  }

  private mutating func readObject(
    _ record: Span<UInt8>, _ event: inout Event, _ fields: inout NginxAccessFields,
    _ batch: inout EventBatch
  ) throws(RecordFault) {
    guard var members = LooseMembers(record) else { throw .notThisDialect }
    while let member = members.next() {
      guard !member.isCut else { break }
      fields.take(
        record, parent: member.parent, key: member.key, member.value, &clock, &event, &batch)
    }
    guard fields.isUpstream, !fields.exchange.status.isEmpty, event.time.isKnown else {
      throw .notThisDialect
    }
  }
}

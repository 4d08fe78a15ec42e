import LogEvents

/// BIG-IP's per-request records: request logging by key=value template, and telemetry JSON.
///
///     EVENT=HTTP_RESPONSE TIME="04/Mar/2025:07:58:12 +0000" CLIENT=203.0.113.84:43496 VIRTUAL=/Common/vs POOL=/Common/p SERVER=192.0.2.12:8080 STATUS=200
///     {"src_ip": "203.0.113.140", "node": "192.0.2.11", "node_port": "8080", "http_status": "503", ...}
///
/// Names are the site's; the usual ones are known. Source: formats/f5-bigip.md §6.
struct F5Requests: LogFormat {
  static let card = FormatCard(
    name: "f5-requests", product: "f5-bigip",
    title: "F5 BIG-IP request logging, key=value or telemetry JSON", vantage: .loadBalancer,
    sample:
      "EVENT=HTTP_RESPONSE TIME=\"04/Mar/2025:07:58:12 +0000\" BIGIP=bigip1 "
      + "CLIENT=203.0.113.84:43496 VIRTUAL=/Common/vs_orders VIP=192.0.2.80:443 "
      + "POOL=/Common/p_orders SERVER=192.0.2.12:8080 METHOD=GET URI=\"/a\" STATUS=200 RESP_MS=21")

  private enum Field {
    case event, time, client, virtual, address, pool, server, port, status, duration, id, uri, host
    case mark, other
  }

  private static let names: [(name: String, field: Field)] = [
    ("event", .event), ("time", .time), ("date", .time), ("res_start_time", .time),
    ("req_start_time", .time), ("client", .client), ("client_ip", .client), ("src_ip", .client),
    ("virtual", .virtual), ("virtual_name", .virtual), ("vip", .address), ("pool", .pool),
    ("pool_name", .pool), ("server", .server), ("node", .server), ("server_ip", .server),
    ("node_port", .port), ("server_port", .port), ("status", .status), ("http_status", .status),
    ("http_statcode", .status), ("resp_ms", .duration), ("response_msecs", .duration),
    ("req_elapsed_time", .duration), ("req_id", .id), ("request_id", .id), ("uri", .uri),
    ("http_uri", .uri), ("bigip", .host), ("hostname", .host), ("bigip_hostname", .host),
    ("event_type", .event), ("timestamp", .time), ("date_ncsa", .time), ("event_timestamp", .time),
    ("virtual_server", .virtual), ("virtual_pool_name", .pool), ("pool_member", .server),
    ("statcode", .status), ("http_status_code", .status), ("response_code", .status),
    ("resp_time", .duration), ("http_request_uri", .uri), ("http_path", .uri), ("path", .uri),
    ("f5_irule", .mark), ("telemetryeventcategory", .mark), ("virtual_ip", .address),
    ("client_port", .other), ("src_port", .other), ("method", .other), ("http_method", .other),
    ("http_host", .other), ("host", .other), ("http_version", .other), ("user_agent", .other),
    ("http_user_agent", .other), ("http_referer", .other), ("bytes_in", .other),
    ("bytes_out", .other), ("time_msecs", .other), ("virtual_port", .other),
  ]

  private static func field(_ record: Span<UInt8>, _ name: ByteRange) -> Field? {
    names.first { record.equalsIgnoringCase(name, $0.name) }?.field
  }

  /// What one record says, before it is judged.
  private struct Fields {
    var event = ByteRange.empty
    var time = ByteRange.empty
    var client = ByteRange.empty
    var virtual = ByteRange.empty
    var address = ByteRange.empty
    var pool = ByteRange.empty
    var server = ByteRange.empty
    var port = ByteRange.empty
    var status = ByteRange.empty
    var duration = ByteRange.empty
    var id = ByteRange.empty
    var uri = ByteRange.empty
    var host = ByteRange.empty
    /// Whether a name was among them that only BIG-IP's users give.
    var isBigIP = false

    mutating func take(_ record: Span<UInt8>, _ name: ByteRange, _ value: ByteRange) {
      guard !record.equals(value, "-"),
        let field = F5Requests.field(record, name)
      else { return }
      switch field {
      case .event: event = value
      case .time: if time.isEmpty { time = value }
      case .client: client = value
      case .virtual:
        // Telemetry has the pool's name and a weight here.
        virtual = value
        isBigIP = true
      case .address:
        address = value
        isBigIP = true
      case .pool: pool = value
      case .server: server = value
      case .port:
        port = value
        isBigIP = isBigIP || record.equalsIgnoringCase(name, "node_port")
      case .status: status = value
      case .duration: duration = value
      case .id: id = value
      case .uri: uri = value
      case .host: host = value
      case .mark: isBigIP = true
      case .other: break
      }
    }
  }

  private var clock: LocalClock

  init(_ settings: FormatSettings) { clock = LocalClock(settings) }

  /// Nothing is left for later records.
  func tellOpen(to state: inout OpenState) -> Bool { true }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    var fields = Fields()
    if record.byte(0) == UInt8(ascii: "{") {
      guard var members = JSONMembers(record, record.whole) else { throw .notThisDialect }
      while let member = try next(&members) { fields.take(record, member.key, member.value) }
      guard fields.isBigIP, !fields.status.isEmpty || !fields.event.isEmpty else {
        throw .notThisDialect
      }
    } else {
      try readPairs(record, &fields)
      guard fields.isBigIP || !fields.pool.isEmpty else { throw .notThisDialect }
    }
    let moment = try self.moment(record, fields.time, context)
    let time = moment.time
    guard time.isKnown else { throw .notThisDialect }
    // Requests are logged before they have an answer, too.
    if fields.status.isEmpty, !record.equals(fields.event, "LB_FAILED") {
      batch.witness(time)
      return
    }
    var event = Event(time: time, line: context.line, outcome: .ok)
    event.hasMilliseconds = moment.hasMilliseconds
    event.journal = .access
    event.severity = context.severity
    event.gateway = context.host.isNone ? batch.names.id(record, fields.host) : context.host
    event.client = batch.keep(F5Address.host(record, fields.client))
    event.pool = batch.names.id(record, fields.pool)
    event.service = batch.names.id(record, fields.virtual.isEmpty ? fields.address : fields.virtual)
    event.transaction = batch.keep(record, fields.id)
    event.uri = batch.keep(record, fields.uri)
    event.durationMilliseconds = Int32(clamping: record.integer(fields.duration) ?? -1)
    var backend = F5Address.member(record, fields.server)
    if !backend.isEmpty, !fields.port.isEmpty {
      backend.append(.colon)
      backend.append(record, fields.port.start, fields.port.end)
    }
    event.backend = batch.names.id(backend.span)
    try judge(record, fields, &event, &batch)
    if event.outcome != .ok {
      event.message = batch.keep(record, ByteRange(0, min(record.count, 512)))
    }
    batch.append(event)
  }

  private func judge(
    _ record: Span<UInt8>, _ fields: Fields, _ event: inout Event, _ batch: inout EventBatch
  ) throws(RecordFault) {
    if record.equals(fields.event, "LB_FAILED") {
      event.outcome = .poolExhausted
      event.code = batch.names.id(record, fields.event)
      return
    }
    guard let status = record.integer(fields.status) else { throw .badNumber }
    event.status = UInt16(clamping: status)
    event.code = batch.names.id(record, fields.status)
    if status >= 500 { event.outcome = .http5xx }
  }

  private func readPairs(_ record: Span<UInt8>, _ fields: inout Fields) throws(RecordFault) {
    var scan = ByteScanner(record)
    // iRules print a stamp, and perhaps the host, before the pairs.
    if record.byte(10) == UInt8(ascii: "T"), (try? scan.isoTime()) != nil {
      fields.time = ByteRange(0, scan.at)
    }
    var pairs = 0
    while !scan.isAtEnd, let equals = record.find(UInt8(ascii: "="), scan.at, record.count) {
      var start = equals
      while start > scan.at, record.byte(start - 1) > .space, record.byte(start - 1) != .comma {
        start -= 1
      }
      let name = ByteRange(start, equals)
      scan.move(to: equals + 1)
      let value: ByteRange
      if scan.next == .quote {
        scan.move(to: scan.at + 1)
        value = try scan.field(until: .quote)
      } else {
        let end = Self.endOfValue(record, scan.at)
        value = ByteRange(scan.at, end)
        scan.move(to: end)
      }
      fields.take(record, name, value)
      pairs += 1
    }
    guard pairs >= 4 else { throw .notThisDialect }
  }

  /// Where an unquoted value ends: at a space, or at a comma before the next known name, for URIs
  /// may hold commas and equals signs.
  private static func endOfValue(_ record: Span<UInt8>, _ start: Int) -> Int {
    var end = start
    while end < record.count, record.byte(end) != .space {
      if record.byte(end) == .comma {
        guard let equals = record.find(UInt8(ascii: "="), end, record.count) else { break }
        var name = ByteRange(end + 1, equals)
        while record.byte(name.start) == .space { name.start += 1 }
        if field(record, name) != nil { break }
        // Anything that can be no part of a URI's query ends the value as well.
        if record.byte(start) != .slash, record.find(.slash, start, end) == nil { break }
      }
      end += 1
    }
    return end
  }

  private func next(_ members: inout JSONMembers) throws(RecordFault) -> JSONMembers.Member? {
    do throws(RecordFault) { return try members.next() } catch { throw .notThisDialect }
  }

  private mutating func moment(
    _ record: Span<UInt8>, _ range: ByteRange, _ context: RecordContext
  ) throws(RecordFault) -> LocalClock.Moment {
    guard !range.isEmpty else {
      return LocalClock.Moment(time: context.time, hasMilliseconds: context.hasMilliseconds)
    }
    var scan = ByteScanner(record, from: range.start)
    let civil: CivilTime
    do throws(RecordFault) {
      if record.byte(range.start + 2) == .slash {
        civil = try scan.clfTime()
      } else if record.byte(range.start + 3) == .comma {
        civil = try scan.mailTime()
      } else if record.byte(range.start + 4) == .slash {
        civil = try scan.slashedTime()
      } else {
        civil = try scan.isoTime()
      }
    } catch {
      throw .notThisDialect
    }
    return LocalClock.Moment(
      time: clock.timestamp(civil), hasMilliseconds: civil.hasMilliseconds)
  }
}

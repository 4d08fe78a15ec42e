import LogEvents

/// What a record of Application Gateway says of one exchange.
struct AzureExchange {
  private enum Field {
    case time, kind, listener, rule, pool, resource, client, status, duration, id, server
    case serverStatus, host, error, uri, query
  }

  /// Names in any case; tables of Log Analytics put a type behind (`_s`, `_d`).
  ///
  /// Source: Azure documentation, "Access logs" of Application Gateway; "AGWAccessLogs" table.
  private static let names: [(name: String, field: Field)] = [
    ("time", .time), ("timestamp", .time), ("timegenerated", .time), ("category", .kind),
    ("operationname", .kind), ("type", .kind), ("listenername", .listener), ("rulename", .rule),
    ("backendpoolname", .pool), ("resourceid", .resource), ("_resourceid", .resource),
    ("clientip", .client), ("httpstatus", .status), ("timetaken", .duration),
    ("transactionid", .id), ("serverrouted", .server), ("serverstatus", .serverStatus),
    ("originalhost", .host), ("host", .host), ("error_info", .error), ("errorinfo", .error),
    ("requesturi", .uri), ("requestquery", .query),
  ]

  var time = ByteRange.empty
  private(set) var isAccess = false
  private(set) var isGateway = false
  private var listener = ByteRange.empty
  private var rule = ByteRange.empty
  private var pool = ByteRange.empty
  private var resource = ByteRange.empty
  private var client = ByteRange.empty
  private(set) var status = ByteRange.empty
  private var duration = ByteRange.empty
  private var id = ByteRange.empty
  private var server = ByteRange.empty
  private var serverStatus = ByteRange.empty
  private var host = ByteRange.empty
  private var error = ByteRange.empty
  private var uri = ByteRange.empty
  /// Version 1 has the member among the query's parts.
  private var isVersion1 = true

  /// Reads the object, `properties` within it too.
  mutating func take(_ record: Span<UInt8>, _ object: ByteRange) throws(RecordFault) {
    guard var members = JSONMembers(record, object) else { throw .notThisDialect }
    while let member = try members.next() {
      if member.kind == .object, record.equalsIgnoringCase(member.key, "properties") {
        try take(record, member.value)
      } else if member.kind == .string || member.kind == .number {
        take(record, key: Self.withoutType(record, member.key), member.value)
      }
    }
  }

  private mutating func take(_ record: Span<UInt8>, key: ByteRange, _ value: ByteRange) {
    guard
      let field = Self.names.first(where: { record.equalsIgnoringCase(key, $0.name) })?.field
    else { return }
    switch field {
    case .time: if time.isEmpty { time = value }
    case .kind:
      if record.has("ApplicationGatewayAccess", at: value.start) { isAccess = true }
      if record.equals(value, "AGWAccessLogs") { isAccess = true }
      if record.has("ApplicationGateway", at: value.start) { isGateway = true }
    case .listener: listener = value
    case .rule: rule = value
    case .pool: pool = value
    case .resource:
      resource = value
      if Self.isOfGateway(record, value) { isGateway = true }
    case .client: client = value
    case .status: status = value
    case .duration: duration = value
    case .id: id = value
    case .server:
      isVersion1 = false
      server = value
    case .serverStatus: serverStatus = value
    case .host: if host.isEmpty { host = value }
    case .error: error = value
    case .uri: uri = value
    case .query: takeQuery(record, value)
    }
  }

  /// `...&SERVER-ROUTED=ip&SERVER-STATUS=n&X-AzureApplicationGateway-LOG-ID=guid`.
  private mutating func takeQuery(_ record: Span<UInt8>, _ query: ByteRange) {
    func part(_ name: String) -> ByteRange? {
      guard let mark = record.find(name, in: query) else { return nil }
      let start = mark + name.utf8.count
      return ByteRange(start, record.find(UInt8(ascii: "&"), start, query.end) ?? query.end)
    }
    if let value = part("SERVER-ROUTED=") { server = value }
    if let value = part("SERVER-STATUS=") { serverStatus = value }
    if id.isEmpty, let value = part("X-AzureApplicationGateway-LOG-ID=") { id = value }
  }

  private static func withoutType(_ record: Span<UInt8>, _ key: ByteRange) -> ByteRange {
    guard key.count > 2, record.byte(key.end - 2) == UInt8(ascii: "_") else { return key }
    return ByteRange(key.start, key.end - 2)
  }

  private static func isOfGateway(_ record: Span<UInt8>, _ value: ByteRange) -> Bool {
    let kind = "/applicationgateways/"
    var at = value.start
    while let slash = record.find(.slash, at, value.end) {
      let end = slash + kind.utf8.count
      if end <= value.end, record.equalsIgnoringCase(ByteRange(slash, end), kind) { return true }
      at = slash + 1
    }
    return false
  }

  func append(
    _ record: Span<UInt8>, _ moment: LocalClock.Moment, _ context: RecordContext,
    into batch: inout EventBatch
  ) {
    var event = Event(time: moment.time, line: context.line, outcome: outcome(record))
    event.hasMilliseconds = moment.hasMilliseconds
    event.journal = .access
    event.severity = context.severity
    event.status = UInt16(clamping: record.integer(status) ?? 0)
    let isClean = record.isAbsent(error) || record.equals(error, "ERRORINFO_NO_ERROR")
    event.code = batch.names.id(record, isClean ? status : error)
    event.backend = batch.member(record, last(record, server))
    event.pool = batch.names.id(record, pool)
    let service = !listener.isEmpty ? listener : rule.isEmpty ? host : rule
    event.service = batch.names.id(record, service)
    if let slash = record.findLast(.slash, in: resource) {
      event.gateway = batch.names.id(record, ByteRange(slash + 1, resource.end))
    }
    event.client = batch.keep(record, record.host(of: client))
    event.transaction = batch.keep(record, id)
    event.uri = batch.keep(record, uri)
    event.durationMilliseconds = Int32(clamping: milliseconds(record))
    if event.outcome != .ok { event.message = batch.keepEvidence(record) }
    batch.append(event)
  }

  /// Version 2 writes seconds with a fraction, version 1 whole milliseconds.
  private func milliseconds(_ record: Span<UInt8>) -> Int {
    let hasFraction = record.find(UInt8(ascii: "."), duration.start, duration.end) != nil
    if !isVersion1 || hasFraction, hasFraction || record.integer(duration) ?? 0 == 0 {
      return record.milliseconds(ofSeconds: duration) ?? -1
    }
    return record.integer(duration) ?? -1
  }

  /// The last of several members that were tried.
  private func last(_ record: Span<UInt8>, _ list: ByteRange) -> ByteRange {
    NginxExchange.element(record, list, max(0, NginxExchange.count(record, list) - 1))
  }

  static let causes: [(name: String, outcome: Outcome)] = [
    ("ERRORINFO_UPSTREAM_NO_LIVE", .poolExhausted),
    ("ERRORINFO_UPSTREAM_TIMED_OUT", .responseTimeout),
    ("ERRORINFO_UPSTREAM_CLOSED_CONNECTION", .prematureClose),
    ("ERRORINFO_CLIENT_CLOSED_REQUEST", .clientAbort),
    ("ERRORINFO_CLIENT_TIMED_OUT", .clientAbort), ("ERRORINFO_HTTPS_NO_CERT", .tlsFailure),
    ("ERRORINFO_HTTP_TO_HTTPS_PORT", .info), ("ERRORINFO_REQUEST_URI_INVALID", .info),
  ]

  /// Source: Azure documentation, "Application Gateway access log", `error_info`.
  private func outcome(_ record: Span<UInt8>) -> Outcome {
    let value = record.integer(status) ?? 0
    if record.equals(error, "ERRORINFO_NO_ERROR") { return value >= 500 ? .http5xx : .ok }
    if !record.isAbsent(error) {
      if record.has("ERRORINFO_INVALID_", at: error.start) { return .info }
      return Self.causes.first { record.equals(error, $0.name) }?.outcome ?? .other
    }
    switch value {
    case 499, 408: return .clientAbort
    case ..<500: return .ok
    case 502 where record.isAbsent(server) && !isVersion1: return .poolExhausted
    case 502: return .badGatewayResponse
    case 504: return .responseTimeout
    default: return .http5xx
    }
  }
}

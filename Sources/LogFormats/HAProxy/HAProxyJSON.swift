import LogEvents

/// HAProxy formats that spell JSON: made by hand, or with `%{+json}o` since 3.0 (manual §8.2.6).
///
/// Names are the operator's, so the usual ones are mapped; a termination state and a server must be
/// there.
enum HAProxyJSON {
  private enum Field {
    case client, frontend, backend, server, address, state, status, accept, epoch, id, uri, duration
    case error
  }

  private static let names: [(name: String, field: Field)] = [
    ("client", .client), ("client_ip", .client), ("client_addr", .client), ("ci", .client),
    ("src", .client), ("fe", .frontend), ("frontend", .frontend), ("frontend_name", .frontend),
    ("ft", .frontend), ("f", .frontend), ("be", .backend), ("backend", .backend),
    ("backend_name", .backend), ("b", .backend), ("srv", .server), ("server", .server),
    ("server_name", .server), ("s", .server), ("srv_addr", .address), ("server_addr", .address),
    ("server_address", .address), ("term", .state), ("termination_state", .state),
    ("tsc", .state), ("ts_state", .state), ("state", .state), ("status", .status),
    ("status_code", .status), ("http_status", .status), ("st", .status), ("accept", .accept),
    ("accept_date", .accept), ("request_date", .accept), ("tr_date", .accept), ("ts", .epoch),
    ("timestamp", .epoch), ("time", .epoch), ("id", .id), ("unique_id", .id),
    ("request_id", .id), ("path", .uri), ("uri", .uri), ("request", .uri), ("ta", .duration),
    ("time_total", .duration), ("total_time", .duration), ("tt", .duration),
    ("bc_err_str", .error), ("bc_err_name", .error), ("bc_err", .error),
  ]

  static func read(
    _ record: Span<UInt8>, _ context: RecordContext, _ clock: inout LocalClock,
    into batch: inout EventBatch
  ) throws(RecordFault) {
    guard var members = JSONMembers(record, record.whole) else { throw .notThisDialect }
    var event = Event(time: context.time, line: context.line, outcome: .ok)
    event.hasMilliseconds = context.hasMilliseconds
    event.severity = context.severity
    event.gateway = context.host
    event.journal = .access
    var state = ByteRange.empty
    var server = ByteRange.empty
    var error = ByteRange.empty
    while let member = try next(&members) {
      guard member.kind == .string || member.kind == .number else { continue }
      let value = member.value
      guard let field = field(record, member.key) else { continue }
      switch field {
      case .client: event.client = batch.keep(record, value)
      case .frontend:
        var name = value
        if record.byte(name.end - 1) == UInt8(ascii: "~") { name.end -= 1 }
        event.service = batch.names.id(record, name)
      case .backend: event.pool = batch.names.id(record, value)
      case .server: server = value
      case .address:
        if record.byte(value.start) != .dash { event.address = batch.names.id(record, value) }
      case .state: state = value
      case .status: event.status = UInt16(clamping: record.integer(value) ?? 0)
      case .accept, .epoch: time(record, value, &clock, &event)
      case .id: event.transaction = batch.keep(record, value)
      case .uri: event.uri = batch.keep(record, value)
      case .duration: event.durationMilliseconds = Int32(clamping: record.integer(value) ?? -1)
      case .error: if error.isEmpty { error = value }
      }
    }
    guard HAProxyTermination.isState(record, state), !server.isEmpty else { throw .notThisDialect }
    let hasServer = record.byte(server.start) != UInt8(ascii: "<")
    if hasServer { event.backend = batch.names.id(record, server) }
    if !hasServer, event.pool == event.service { event.pool = .none }
    event.code = batch.names.id(record, state)
    event.outcome = HAProxyTermination.outcome(
      record.byte(state.start), record.byte(state.start + 1), status: event.status,
      isHTTP: state.count == 4, hasServer: hasServer)
    if event.outcome == .connectRefused {
      event.outcome = outcome(ofError: record, error) ?? .connectRefused
    }
    if event.outcome != .ok, event.outcome != .info {
      event.message = batch.keep(record, ByteRange(0, min(record.count, 512)))
    }
    batch.append(event)
  }

  /// A damaged object is not known to be of this dialect.
  private static func next(
    _ members: inout JSONMembers
  ) throws(RecordFault) -> JSONMembers.Member? {
    do throws(RecordFault) { return try members.next() } catch { throw .notThisDialect }
  }

  private static func field(_ record: Span<UInt8>, _ key: ByteRange) -> Field? {
    for entry in names where record.equalsIgnoringCase(key, entry.name) { return entry.field }
    return nil
  }

  private static func time(
    _ record: Span<UInt8>, _ value: ByteRange, _ clock: inout LocalClock, _ event: inout Event
  ) {
    var scan = ByteScanner(record, from: value.start)
    if let civil = try? scan.clfTime() {
      event.time = clock.timestamp(civil)
      event.hasMilliseconds = civil.hasMilliseconds
    } else if let civil = try? scan.isoTime() {
      event.time = clock.timestamp(civil)
      event.hasMilliseconds = civil.hasMilliseconds
    } else if value.count >= 10, let milliseconds = record.milliseconds(ofSeconds: value) {
      event.time = Timestamp(milliseconds: Int64(milliseconds))
      event.hasMilliseconds = record.find(UInt8(ascii: "."), value.start, value.end) != nil
    }
  }

  /// Why a connection to a server failed, where the format says so.
  ///
  /// Source: HAProxy src/connection.c `conn_err_code_str`, `conn_err_code_name`.
  private static let errorTexts: [(text: String, outcome: Outcome)] = [
    ("SSL", .tlsFailure), ("General socket error", .connectUnreachable),
    ("UNREACH", .connectUnreachable), ("ECONNREFUSED", .connectRefused),
    ("REFUSED", .connectRefused), ("ECONNRESET", .connectionReset), ("source port", .overload),
    ("FREE_PORTS", .overload), ("TIMEDOUT", .connectTimeout), ("TIMEOUT", .connectTimeout),
  ]

  private static func outcome(ofError record: Span<UInt8>, _ text: ByteRange) -> Outcome? {
    for entry in errorTexts where record.find(entry.text, in: text) != nil { return entry.outcome }
    return nil
  }
}

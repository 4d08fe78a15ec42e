import LogEvents

/// What a Traefik access record says of one exchange, whatever its shape.
///
/// A backend's own 502 and 504 look like Traefik's: only the length of Traefik's fixed texts tells
/// them apart. Source: Traefik source, `pkg/proxy/httputil/proxy.go` (`ErrorHandler` writes
/// `http.StatusText`), `pkg/middlewares/accesslog`.
struct TraefikExchange {
  var status = ByteRange.empty
  var size = ByteRange.empty
  var router = ByteRange.empty
  var service = ByteRange.empty
  /// URL or `host:port` of the member.
  var server = ByteRange.empty
  var client = ByteRange.empty
  var uri = ByteRange.empty
  var id = ByteRange.empty
  /// Whether the record says that a service answered.
  var hasOrigin = false
  var milliseconds = -1

  func append(
    _ record: Span<UInt8>, _ moment: LocalClock.Moment, _ severity: Severity,
    _ context: RecordContext, into batch: inout EventBatch
  ) {
    var event = Event(time: moment.time, line: context.line, outcome: outcome(record))
    event.hasMilliseconds = moment.hasMilliseconds
    event.journal = .access
    event.severity = severity
    event.gateway = context.host
    event.status = UInt16(clamping: record.integer(status) ?? 0)
    event.code = batch.names.id(record, status)
    if !record.isAbsent(server) {
      event.backend = batch.member(record, record.authority(ofURL: server))
    }
    if !record.isAbsent(router) { event.service = batch.names.id(record, router) }
    if !record.isAbsent(service) { event.pool = batch.names.id(record, service) }
    event.client = batch.keep(record, record.host(of: client))
    event.uri = batch.keep(record, uri)
    event.transaction = batch.keep(record, id)
    event.durationMilliseconds = Int32(clamping: milliseconds)
    if event.outcome != .ok { event.message = batch.keepEvidence(record) }
    batch.append(event)
  }

  private func outcome(_ record: Span<UInt8>) -> Outcome {
    let value = record.integer(status) ?? 0
    let hasServer = !record.isAbsent(server)
    switch value {
    case 499: return .clientAbort
    case 429: return hasServer || hasOrigin ? .ok : .overload
    case ..<500: return .ok
    case 502: return isOwnText(record, 11) ? .badGatewayResponse : .http5xx
    case 504: return isOwnText(record, 15) ? .responseTimeout : .http5xx
    case 503: return hasServer ? .http5xx : .poolExhausted
    case 500: return hasServer || !record.isAbsent(service) || hasOrigin ? .http5xx : .other
    default: return .http5xx
    }
  }

  /// Whether the body has the length of Traefik's own text; a record that does not tell may.
  private func isOwnText(_ record: Span<UInt8>, _ length: Int) -> Bool {
    guard let size = record.integer(size) else { return true }
    return size == length || size == 0
  }
}

import LogEvents

/// What an Envoy access record says of one exchange, whatever its shape.
struct EnvoyExchange {
  var request = ByteRange.empty
  var path = ByteRange.empty
  var status = ByteRange.empty
  var flags = ByteRange.empty
  var details = ByteRange.empty
  var reason = ByteRange.empty
  var duration = ByteRange.empty
  var forwardedFor = ByteRange.empty
  var downstream = ByteRange.empty
  var requestID = ByteRange.empty
  var authority = ByteRange.empty
  var host = ByteRange.empty
  var cluster = ByteRange.empty
  var route = ByteRange.empty

  /// Appends the event; the client is the first one that the proxies before name.
  func append(
    _ record: Span<UInt8>, time: LocalClock.Moment, _ context: RecordContext,
    _ hops: inout EnvoyHops, into batch: inout EventBatch
  ) {
    let target = path.isEmpty ? NginxAccess.target(record, request) : path
    let told = outcome(record)
    guard !hops.isRepeat(record, self, path: target, isFailure: told != .ok) else { return }
    var event = Event(time: time.time, line: context.line, outcome: told)
    event.hasMilliseconds = time.hasMilliseconds
    event.journal = .access
    event.severity = context.severity
    event.gateway = context.host
    event.status = UInt16(clamping: record.integer(status) ?? 0)
    event.code = batch.names.id(record, record.isAbsent(flags) ? status : flags)
    event.backend = member(record, &batch)
    if !record.isAbsent(cluster) { event.pool = batch.names.id(record, cluster) }
    let service = record.isAbsent(authority) ? route : authority
    if !record.isAbsent(service) { event.service = batch.names.id(record, service) }
    if !record.isAbsent(requestID) { event.transaction = batch.keep(record, requestID) }
    event.client = batch.keep(record, client(record))
    if !record.isAbsent(target) { event.uri = batch.keep(record, target) }
    event.durationMilliseconds = Int32(clamping: record.integer(duration) ?? -1)
    if event.outcome != .ok { event.message = batch.keepEvidence(record) }
    batch.append(event)
  }

  private func outcome(_ record: Span<UInt8>) -> Outcome {
    // Istio's names for traffic that the mesh knows no destination for, and refuses.
    if record.equals(cluster, "BlackHoleCluster") { return .configError }
    guard let told = EnvoyFlags.outcome(record, flags) else { return withoutFlags(record) }
    guard told == .connectRefused || EnvoyFlags.has(record, flags, "URX") && told == .other else {
      return told
    }
    if let refined = EnvoyFlags.refined(record, reason) ?? EnvoyFlags.refined(record, details) {
      return refined
    }
    // Retries of a TCP proxy are connects only.
    let isTCP = record.integer(status) ?? 0 == 0 && !record.isAbsent(host)
    return told == .other && isTCP ? .connectRefused : told
  }

  private func withoutFlags(_ record: Span<UInt8>) -> Outcome {
    guard record.integer(status) ?? 0 >= 500 else { return .ok }
    // The configuration asked for the answer.
    return record.equals(details, "direct_response") ? .info : .http5xx
  }

  private func client(_ record: Span<UInt8>) -> ByteRange {
    guard record.isAbsent(forwardedFor) else {
      let stop = record.find(.comma, forwardedFor.start, forwardedFor.end) ?? forwardedFor.end
      return record.host(of: record.trimmed(ByteRange(forwardedFor.start, stop)))
    }
    return record.isAbsent(downstream) ? .empty : record.host(of: downstream)
  }

  /// The member; pipes are written as URLs.
  private func member(_ record: Span<UInt8>, _ batch: inout EventBatch) -> NameID {
    guard record.has("unix://", at: host.start) else {
      let start = record.has("tcp://", at: host.start) ? host.start + 6 : host.start
      return batch.member(record, ByteRange(start, host.end))
    }
    var name = Array("unix:".utf8)
    name.append(record, host.start + 7, host.end)
    return batch.names.id(name.span)
  }
}

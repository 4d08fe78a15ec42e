import LogEvents

/// A change of a member's state, as Envoy's health check and outlier logs tell it.
struct EnvoyState {
  private var cluster = ByteRange.empty
  private var url = ByteRange.empty
  private var address = ByteRange.empty
  private var port = ByteRange.empty
  private var cause = ByteRange.empty
  private var outcome: Outcome?
  private var isOutlier = false
  private var hasChecker = false
  /// Outlier detection in detection mode only tells what it would do.
  private var isEnforced = true

  /// Whether the object was one of a state; other objects have some of the keys too.
  var isState: Bool {
    outcome != nil && (isOutlier && !url.isEmpty || hasChecker && !address.isEmpty)
  }

  mutating func take(_ record: Span<UInt8>, _ member: JSONMembers.Member) {
    let key = member.key
    switch member.kind {
    case .string:
      if record.equals(key, "cluster_name") { cluster = member.value }
      if record.equals(key, "upstream_url") { url = member.value }
      if record.equals(key, "type") { cause = member.value }
      if record.equals(key, "health_checker_type") { hasChecker = true }
      if record.equals(key, "action") {
        isOutlier = true
        if record.equals(member.value, "EJECT") { outcome = .serverDown }
        if record.equals(member.value, "UNEJECT") { outcome = .serverUp }
      }
    case .literal:
      if record.equals(key, "enforced") { isEnforced = record.equals(member.value, "true") }
    case .object:
      if record.equals(key, "host") { takeHost(record, member.value) }
      takeEvent(record, key, member.value)
    default: break
    }
  }

  private mutating func takeHost(_ record: Span<UInt8>, _ value: ByteRange) {
    guard var members = JSONMembers(record, value) else { return }
    while let member = (try? members.next()) ?? nil {
      if record.equals(member.key, "socket_address") { takeHost(record, member.value) }
      if record.equals(member.key, "pipe") { takeHost(record, member.value) }
      if record.equals(member.key, "address") || record.equals(member.key, "path") {
        address = member.value
      }
      if record.equals(member.key, "port_value") { port = member.value }
    }
  }

  private mutating func takeEvent(_ record: Span<UInt8>, _ key: ByteRange, _ value: ByteRange) {
    if record.equals(key, "add_healthy_event") { outcome = .serverUp }
    if record.equals(key, "degraded_healthy_host") || record.equals(key, "no_longer_degraded_host")
      || record.equals(key, "successful_health_check_event")
    {
      outcome = .info
    }
    let isFailure = record.equals(key, "health_check_failure_event")
    guard isFailure || record.equals(key, "eject_unhealthy_event"),
      var members = JSONMembers(record, value)
    else { return }
    while let member = (try? members.next()) ?? nil {
      if record.equals(member.key, "failure_type") { cause = member.value }
    }
    guard isFailure else {
      outcome = .serverDown
      return
    }
    if record.equals(cause, "NETWORK") {
      outcome = .connectRefused
    } else if record.equals(cause, "NETWORK_TIMEOUT") {
      outcome = .connectTimeout
    } else {
      outcome = record.equals(cause, "ACTIVE") ? .http5xx : .other
    }
  }

  func append(
    _ record: Span<UInt8>, time: LocalClock.Moment, _ context: RecordContext,
    into batch: inout EventBatch
  ) {
    let told = outcome ?? .info
    var event = Event(time: time.time, line: context.line, outcome: isEnforced ? told : .info)
    event.hasMilliseconds = time.hasMilliseconds
    event.journal = .state
    event.gateway = context.host
    event.pool = batch.names.id(record, cluster)
    event.code = batch.names.id(record, cause)
    if !url.isEmpty {
      event.backend = batch.member(record, record.authority(ofURL: url))
    } else if port.isEmpty {
      event.backend = batch.names.id(record, address)
    } else {
      var name: [UInt8] = []
      name.append(record, address.start, address.end)
      name.append(.colon)
      name.append(record, port.start, port.end)
      event.backend = batch.member(name.span, ByteRange(0, name.count))
    }
    if event.outcome != .info { event.message = batch.keepEvidence(record) }
    batch.append(event)
  }
}

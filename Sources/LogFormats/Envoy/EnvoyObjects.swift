import LogEvents

/// Envoy's JSON records: access logs with the usual keys, health checks and outlier detection.
///
///     {"start_time":"2026-02-27T06:41:13.565Z","response_code":503,"response_flags":"UF","upstream_host":"192.0.2.11:8080"}
///     {"health_checker_type":"HTTP","host":{"socket_address":{"address":"192.0.2.11","port_value":8080}},"cluster_name":"shop","eject_unhealthy_event":{"failure_type":"NETWORK"},"timestamp":"..."}
///     {"type":"CONSECUTIVE_5XX","cluster_name":"shop","upstream_url":"192.0.2.11:8080","action":"EJECT","timestamp":"..."}
///
/// Source: Envoy API, `data.core.v3.HealthCheckEvent`, `data.cluster.v3.OutlierDetectionEvent`;
/// Istio's JSON encoding for the keys.
struct EnvoyObjects: LogFormat {
  static let card = FormatCard(
    name: "envoy-json", product: "envoy",
    title: "Envoy and Istio JSON: access, health checks, outlier detection",
    vantage: .loadBalancer,
    sample:
      "{\"start_time\":\"2026-02-27T06:41:13.565Z\",\"method\":\"GET\",\"path\":\"/a\","
      + "\"response_code\":503,\"response_flags\":\"UF\",\"upstream_host\":\"192.0.2.11:8080\","
      + "\"upstream_cluster\":\"shop\",\"duration\":2}")

  private enum Field {
    case time, status, flags, details, reason, host, cluster, authority, path, duration, id
    case forwarded, downstream, route
  }

  private static let names: [(name: String, field: Field)] = [
    ("start_time", .time), ("timestamp", .time), ("@timestamp", .time), ("time", .time),
    ("response_code", .status), ("status", .status), ("response_flags", .flags),
    ("response_flags_long", .flags), ("response_code_details", .details),
    ("upstream_transport_failure_reason", .reason), ("upstream_host", .host),
    ("upstream_remote_address", .host), ("upstream_cluster", .cluster),
    ("authority", .authority), (":authority", .authority), ("path", .path), (":path", .path),
    ("x_envoy_original_path", .path), ("duration", .duration), ("request_id", .id),
    ("x_request_id", .id), ("x-request-id", .id), ("x_forwarded_for", .forwarded),
    ("x-forwarded-for", .forwarded), ("downstream_remote_address", .downstream),
    ("downstream_direct_remote_address", .downstream), ("route_name", .route),
  ]

  private var clock: LocalClock
  private var hops = EnvoyHops()

  init(_ settings: FormatSettings) { clock = LocalClock(settings) }

  func tellOpen(to state: inout OpenState) -> Bool {
    hops.tellOpen(to: &state)
    return true
  }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    guard var members = JSONMembers(record, record.whole) else { throw .notThisDialect }
    var exchange = EnvoyExchange()
    var state = EnvoyState()
    var stamp = ByteRange.empty
    while let member = try next(&members) {
      if member.kind == .literal, record.equals(member.value, "null") { continue }
      state.take(record, member)
      guard
        let field = Self.names.first(where: { record.equalsIgnoringCase(member.key, $0.name) })?
          .field
      else { continue }
      switch field {
      case .time: if stamp.isEmpty { stamp = member.value }
      case .status: exchange.status = member.value
      case .flags: exchange.flags = member.value
      case .details: exchange.details = member.value
      case .reason: exchange.reason = member.value
      case .host: if exchange.host.isEmpty { exchange.host = member.value }
      case .cluster: exchange.cluster = member.value
      case .authority: exchange.authority = member.value
      case .path: if exchange.path.isEmpty { exchange.path = member.value }
      case .duration: exchange.duration = member.value
      case .id: exchange.requestID = member.value
      case .forwarded: exchange.forwardedFor = member.value
      case .downstream: if exchange.downstream.isEmpty { exchange.downstream = member.value }
      case .route: exchange.route = member.value
      }
    }
    let isAccess =
      !exchange.status.isEmpty
      && !(exchange.flags.isEmpty && exchange.details.isEmpty && exchange.cluster.isEmpty)
    guard isAccess || state.isState else { throw .notThisDialect }
    let moment = try self.moment(record, stamp, context)
    if isAccess {
      exchange.append(record, time: moment, context, &hops, into: &batch)
    } else {
      state.append(record, time: moment, context, into: &batch)
    }
  }

  private mutating func moment(
    _ record: Span<UInt8>, _ stamp: ByteRange, _ context: RecordContext
  ) throws(RecordFault) -> LocalClock.Moment {
    var scan = ByteScanner(record, from: stamp.start)
    guard !stamp.isEmpty, let civil = try? scan.isoTime() else {
      guard context.time.isKnown, stamp.isEmpty else { throw .badTime }
      return LocalClock.Moment(time: context.time, hasMilliseconds: context.hasMilliseconds)
    }
    let time = clock.timestamp(civil)
    guard time.isKnown else { throw .badTime }
    return LocalClock.Moment(time: time, hasMilliseconds: civil.hasMilliseconds)
  }

  private func next(_ members: inout JSONMembers) throws(RecordFault) -> JSONMembers.Member? {
    do throws(RecordFault) { return try members.next() } catch { throw .notThisDialect }
  }
}

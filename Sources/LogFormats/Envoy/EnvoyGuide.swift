import LogEvents

/// Envoy's response flags and details, and the events of its health checks.
enum EnvoyGuide {
  static let table = CodeTable(
    product: "Envoy",
    source: "Envoy documentation, Access logging (RESPONSE_FLAGS); Response code details",
    entries: EnvoyFlags.table.flatMap { flag in
      let says = words[flag.short] ?? flag.long
      return [
        CodeTable.Entry(flag.short, says, flag.outcome, caveat: caveats[flag.short] ?? ""),
        CodeTable.Entry(flag.long, says, flag.outcome, caveat: caveats[flag.short] ?? ""),
      ]
    }
      + EnvoyFlags.phrases.filter { $0.phrase.count >= 8 }.map {
        .init($0.phrase, "in the details: the reason of a failed connection", $0.outcome)
      } + beside)

  private static let words = [
    "UF": "no connection to the upstream could be made", "UH": "no healthy host in the cluster",
    "UO": "the circuit breaker is open: a limit of the cluster",
    "UT": "the upstream did not answer in time",
    "UC": "the upstream ended the connection", "UR": "the upstream reset the stream",
    "LR": "reset by Envoy itself",
    "UPE": "the upstream broke the protocol", "DF": "the upstream's name could not be resolved",
    "UMSDR": "the stream lasted longer than allowed",
    "DT": "the request or connection lasted longer than allowed",
    "SI": "the stream was idle too long", "DC": "the client left",
    "DR": "the client reset the stream",
    "DPE": "the client broke the protocol", "NR": "no route", "NC": "no such cluster",
    "RL": "rate limited",
    "RLSE": "the rate limit service failed", "UAEX": "denied by the authorization service",
    "FI": "a fault was injected on purpose", "DI": "a delay was injected on purpose",
    "LH": "the local service failed its check",
    "OM": "the overload manager ended it", "DO": "dropped by overload",
    "IH": "a header had an invalid value",
    "NFCF": "the filter's configuration is missing", "RFCF": "answered from the cache",
    "URX": "the limit of retries or connects was reached",
  ]

  private static let caveats = [
    "UF": "Alone it says nothing of the reason: the details or the transport failure reason do.",
    "UC":
      "FIN and RST alike; after idle time on many members at once it is a keep-alive mismatch. May stand next to 200.",
    "URX": "With another flag that one tells more.", "SI": "May be the client's fault.",
    "LR": "Envoy's own side.", "FI": "Artificial.", "DI": "Artificial.",
    "RL": "The proxy's own limit.",
  ]

  private static let beside: [CodeTable.Entry] = [
    .init("via_upstream", "details: the answer came from the upstream itself", .ok, .http5xx),
    .init("no_healthy_upstream", "details: no healthy host", .poolExhausted),
    .init("route_not_found", "details: no route", .configError),
    .init("direct_response", "details: Envoy answered by itself", .info),
    .init("ext_authz_denied", "details: denied by authorization", .info),
    .init(
      "remote_connection_failure", "details: the connection failed, its reason stands behind",
      .connectRefused, .connectTimeout, .connectUnreachable),
    .init("eject_unhealthy_event", "a check took a host out", .serverDown),
    .init("add_healthy_event", "a check brought a host back", .serverUp),
    .init(
      "health_check_failure_event", "a check failed for the first time", .connectRefused,
      .responseTimeout, .http5xx),
    .init(
      "CONSECUTIVE_5XX", "outlier detection: a host is ejected after errors in a row", .serverDown),
  ]
}

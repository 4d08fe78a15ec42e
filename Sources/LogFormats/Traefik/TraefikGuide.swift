import LogEvents

/// Traefik's answers and the errors of Go's network code.
enum TraefikGuide {
  static let table = CodeTable(
    product: "Traefik",
    source: "Traefik source, pkg/proxy/httputil, pkg/healthcheck; Go source, net, net/http",
    entries: TraefikCause.errors.filter { $0.text.count >= 5 }.map {
      .init(
        $0.text.trimmingBlanks, "Go: \($0.text.trimmingBlanks)", $0.outcome,
        caveat: "Written at debug level only.")
    }
      + TraefikCause.answers.map {
        .init(
          $0.text, "Traefik's own answer, or the backend's", $0.outcome,
          caveat: "The status alone does not tell: the error behind it does, at debug level.")
      } + TraefikCause.others.map { .init($0.text, "Traefik: \($0.text)", $0.outcome) } + [
        .init(
          "OriginStatus", "the backend's status; Traefik's own 502 and 504 are recorded there too",
          .http5xx, .badGatewayResponse),
        .init(
          "RetryAttempts", "attempts beyond the first; above 0 with 200 a failure is hidden", .ok),
        .init("no available server", "the service has no healthy server (503)", .poolExhausted),
        .init(
          "i/o timeout", "Go: of a dial a connect, of a read an answer that did not come",
          .connectTimeout, .responseTimeout, .dnsFailure),
      ])
}

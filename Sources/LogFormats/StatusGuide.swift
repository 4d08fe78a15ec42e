import LogEvents

/// Statuses that a gateway makes and passes on alike: the number alone does not tell whose they are.
enum StatusGuide {
  static let table = CodeTable(
    product: "HTTP status behind a gateway",
    source: "RFC 9110; documentation of the products named",
    entries: [
      .init(
        "500",
        "an error inside: of the application, or of the gateway (httpd: a TLS handshake that failed)",
        .http5xx, .tlsFailure, caveat: whose),
      .init(
        "502",
        "no usable answer: refused, reset, closed early, malformed; httpd says so of timeouts too",
        .badGatewayResponse, .connectRefused, .prematureClose, .connectionReset, caveat: whose),
      .init(
        "503", "no member, no room, or a maintenance page", .poolExhausted, .overload,
        .connectRefused, .http5xx, caveat: whose),
      .init(
        "504", "no answer in time, of the connect or of the response", .responseTimeout,
        .connectTimeout, caveat: whose),
      .init("408", "the request did not come in time", .clientAbort),
      .init("413", "the request's body is too large", .requestBodyFailed),
      .init("429", "too many requests: a limit of the gateway or of the backend", .overload),
    ])

  private static let whose =
    "The status alone does not tell whose it is. The backend's own when: HAProxy's state begins with a dash; "
    + "nginx has upstream_status and a header time; ALB has a target_status_code; Envoy's flags are a dash; Azure "
    + "says ERRORINFO_NO_ERROR; Google says response_sent_by_backend."
}

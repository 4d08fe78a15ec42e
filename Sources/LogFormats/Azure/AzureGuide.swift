import LogEvents

/// Azure Application Gateway's `error_info`.
enum AzureGuide {
  static let table = CodeTable(
    product: "Azure Application Gateway",
    source: "Azure documentation, Application Gateway access log, error_info",
    entries: AzureExchange.causes.map {
      .init($0.name, words[$0.name] ?? $0.name, $0.outcome, caveat: caveats[$0.name] ?? "")
    } + [
      .init(
        "ERRORINFO_NO_ERROR", "no error of the gateway: the status is the backend's own", .ok,
        .http5xx),
      .init("ERRORINFO_INVALID_METHOD", "the client's request is invalid", .info),
      .init("ERRORINFO_INVALID_REQUEST", "the client's request is invalid", .info),
      .init("ERRORINFO_INVALID_HEADER", "the client's request is invalid", .info),
      .init("ERRORINFO_INVALID_VERSION", "the client's request is invalid", .info),
      .init("ERRORINFO_INVALID_09_METHOD", "the client's request is invalid", .info),
      .init("ERRORINFO_INVALID_HOST", "the client's request is invalid", .info),
      .init("ERRORINFO_INVALID_CONTENT_LENGTH", "the client's request is invalid", .info),
      .init("ERRORINFO_INVALID_METHOD_TRACE", "the client's request is invalid", .info),
    ])

  private static let words = [
    "ERRORINFO_UPSTREAM_NO_LIVE": "all members of the pool are down",
    "ERRORINFO_UPSTREAM_TIMED_OUT": "the backend did not answer in time",
    "ERRORINFO_UPSTREAM_CLOSED_CONNECTION": "the backend closed before its answer was complete",
    "ERRORINFO_CLIENT_CLOSED_REQUEST": "the client left (499)",
    "ERRORINFO_CLIENT_TIMED_OUT": "the request did not come in time (408)",
    "ERRORINFO_HTTPS_NO_CERT": "no certificate was sent",
    "ERRORINFO_HTTP_TO_HTTPS_PORT": "plain HTTP sent to a TLS port",
    "ERRORINFO_REQUEST_URI_INVALID": "the URI is invalid",
  ]
  private static let caveats = [
    "ERRORINFO_UPSTREAM_TIMED_OUT": "A connect that timed out is told so too.",
    "ERRORINFO_UPSTREAM_NO_LIVE": "A consequence of probes that failed.",
    "ERRORINFO_HTTPS_NO_CERT": "The client's side.",
  ]
}

import LogEvents

/// What AWS balancers write: their own statuses, error reasons, verification results.
enum AWSGuide {
  static let table = CodeTable(
    product: "AWS Elastic Load Balancing",
    source:
      "Elastic Load Balancing guides: Troubleshoot your Application Load Balancers; access log entries",
    entries: statuses
      + AWSVerdict.lambdaReasons.map {
        .init(
          $0.name, "error_reason of a Lambda target", $0.outcome, caveat: "target:port is a dash.")
      } + connections)

  private static let statuses: [CodeTable.Entry] = [
    .init(
      "target_status_code",
      "a number is the target's own status; a dash means that the balancer made the answer",
      .http5xx, .ok),
    .init("elb 460", "the client left before the idle timeout", .clientAbort),
    .init("460", "the client left before the idle timeout", .clientAbort),
    .init(
      "463", "more than 30 addresses in X-Forwarded-For", .info, caveat: "The client's request."),
    .init("464", "the protocol version does not fit the target group", .configError),
    .init("561", "the identity provider failed", .other, caveat: "Not the targets."),
    .init(
      "elb 502", "no usable answer of a target: refused, reset, closed, malformed, TLS",
      .badGatewayResponse, caveat: "The log cannot tell these apart."),
    .init(
      "elb 503", "no registered target (target is a dash), or no room", .poolExhausted, .overload,
      caveat: "All targets unhealthy does not give 503: the balancer fails open."),
    .init(
      "elb 504", "connect limit of 10 s, or the idle timeout", .responseTimeout, .connectTimeout,
      caveat: "Compare the duration: about 10 s is the connect."),
    .init("elb 000", "the connection was closed by GOAWAY and the like (h2)", .other),
    .init("elb 408", "the request did not come in time", .clientAbort),
    .init("561 AuthInvalidLambdaResponse", "the authentication action failed", .other),
  ]

  private static let connections: [CodeTable.Entry] = [
    .init(
      "ClientCertUntrusted", "connection log: the client's certificate is not trusted", .tlsFailure,
      caveat: "The client's side."),
    .init(
      "ClientCertInvalid", "connection log: the client's certificate is invalid", .tlsFailure,
      caveat: "The client's side."),
    .init(
      "ClientCertMaxChainDepthExceeded", "connection log: the client's chain is too long",
      .tlsFailure, caveat: "The client's side."),
    .init(
      "ClientCertCrlHit", "connection log: the client's certificate is revoked", .tlsFailure,
      caveat: "The client's side."),
    .init(
      "incoming_tls_alert",
      "NLB: the alert that the client sent; without it and without a cipher the handshake failed",
      .tlsFailure, caveat: "The client's side."),
  ]
}

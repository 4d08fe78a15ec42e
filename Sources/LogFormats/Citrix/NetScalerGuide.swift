import LogEvents

/// Events of NetScaler's syslog.
enum NetScalerGuide {
  static let table = CodeTable(
    product: "NetScaler", source: "Citrix ADC syslog message reference; published lines",
    entries: [
      .init(
        "MONITORDOWN", "a monitor of a service failed", .serverDown,
        caveat: "Its cause is not in syslog, only in statistics. One line a monitor."),
      .init("MONITORUP", "a monitor of a service succeeds again", .serverUp),
      .init(
        "DEVICEDOWN", "a service, member of a group, or virtual server went down", .serverDown,
        .poolExhausted, caveat: "server_vip: the virtual server lost its last member."),
      .init("DEVICEUP", "a service, member of a group, or virtual server came up", .serverUp),
      .init(
        "DEVICEOFS", "a service was taken out of service", .serverDown,
        caveat: "An operator, mostly."),
      .init("STATECHANGE", "the node changed its state (high availability)", .info),
      .init("CONN_DELINK", "an exchange ended: a denominator", .ok),
      .init(
        "CONN_TERMINATE", "the server's half of a connection ended", .info,
        caveat: "Not counted: its direction is unclear."),
      .init("SSL_HANDSHAKE_SUCCESS", "a TLS handshake succeeded", .ok),
      .init(
        "SSL_HANDSHAKE_FAILURE", "a TLS handshake failed", .tlsFailure,
        caveat: "The client's side; a backend's shows the service's address as the virtual server."),
      .init("CMD_EXECUTED", "an operator's command", .info),
    ])
}

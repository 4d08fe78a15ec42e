import LogEvents

/// HAProxy: termination states, results of checks, connection errors, state lines.
enum HAProxyGuide {
  static let tables = [
    CodeTable(
      product: "HAProxy health check",
      source: "HAProxy src/check.c check_statuses; configuration manual",
      entries: HAProxyCheck.reasons.map { reason in
        .init(
          reason.code, reason.text, reason.outcome,
          caveat: reason.code == "L4CON"
            ? "The info behind it tells unreachable from refused." : checkCaveat)
      }
        + HAProxyCheck.reasons.map {
          .init($0.text, "check result \($0.code)", $0.outcome, caveat: checkCaveat)
        }),
    CodeTable(
      product: "HAProxy connection error",
      source: "HAProxy src/connection.c conn_err_code_str, conn_err_code_name",
      entries: HAProxyConnectError.texts.compactMap {
        $0.text.count < 5 || $0.text == "REFUSED"
          ? nil
          : .init($0.text, "bc_err_str or bc_err_name of a connection that failed", $0.outcome)
      } + names),
    CodeTable(
      product: "HAProxy frontend", source: "HAProxy src/connection.c, src/session.c",
      entries: HAProxyFrontendError.beginnings.filter { $0.text.count >= 10 }.map {
        .init(
          $0.text, "a connection that failed before its request", $0.outcome, caveat: clientSide)
      } + [
        .init(
          "SSL handshake failure", "a client's TLS handshake failed", .tlsFailure,
          caveat: clientSide),
        .init(
          "Connection closed during SSL handshake", "the client left in its handshake", .tlsFailure,
          caveat: clientSide),
        .init(
          "Timeout during SSL handshake", "the client's handshake took too long", .tlsFailure,
          caveat: clientSide),
      ]),
    CodeTable(
      product: "HAProxy state line", source: "HAProxy src/server.c, src/proxy.c", entries: states),
  ]

  private static let checkCaveat =
    "A check is no exchange of a caller: it tells why a member is out."
  private static let clientSide = "The client's side: no backend was chosen."

  private static let names: [CodeTable.Entry] = [
    .init("EREFUSED", "ECONNREFUSED returned by the system", .connectRefused),
    .init("EUNREACH", "no way to the server", .connectUnreachable),
    .init("ERESET", "the server reset the connection", .connectionReset),
    .init("SSL_HANDSHAKE", "the TLS handshake with the server failed", .tlsFailure),
    .init("FREE_PORTS", "no local source port is left", .overload),
  ]

  private static let states: [CodeTable.Entry] = [
    .init(
      "is DOWN",
      "a server was taken out; its reason stands in the line or in the failed check before it",
      .serverDown, caveat: "The first lines after a start are servers that were never up."),
    .init("is UP", "a server came back", .serverUp),
    .init("is going DOWN for maintenance", "an operator takes a server out", .serverDown),
    .init(
      "was DOWN and now enters maintenance", "an operator takes a failed server out", .serverDown),
    .init("is stopping", "the check said 404 with disable-on-404", .info),
    .init("enters drain state", "no new sessions go to the server", .info),
    .init("has no server available!", "the backend has no usable server left", .poolExhausted),
    .init(
      "Cannot bind to source address", "no source port towards the backend", .overload,
      caveat: "Comes twice, and a SC line follows."),
    .init("No IP for server", "the server's name resolves to nothing", .dnsFailure),
    .init("DNS NX status", "the server's name does not exist", .dnsFailure),
    .init("DNS timeout status", "the resolver did not answer", .dnsFailure),
    .init("DNS refused status", "the resolver refused", .dnsFailure),
  ]

  /// States that sessions end in, for terms that are spelled nearly so.
  static let commonStates = [
    "----", "SC--", "sC--", "SH--", "sH--", "SD--", "sD--", "sQ--", "SQ--", "PH--", "PD--", "PR--",
    "PT--", "PC--", "RC--", "CR--", "cR--", "CC--", "CQ--", "CH--", "CD--", "cD--", "cH--", "LR--",
    "DC--", "UC--", "KC--", "IC--",
  ]

  /// `sH--`, `SC`: the two letters that say who and when; those of the cookie say nothing of failures.
  static func state(_ term: String) -> CodeMeaning? {
    let bytes = Array(term.utf8)
    let span = bytes.span
    guard HAProxyTermination.isState(span, span.whole),
      let phase = HAProxyTermination.phases.first(where: { $0.letter == bytes[1] }),
      let who = HAProxyTermination.enders.first(where: { $0.letter == bytes[0] })
    else { return nil }
    var outcomes: [Outcome] = []
    for status in [UInt16(0), 200, 400, 403, 429, 500, 502, 503] {
      for hasServer in [true, false] {
        let outcome = HAProxyTermination.outcome(
          bytes[0], bytes[1], status: status, isHTTP: bytes.count == 4, hasServer: hasServer)
        if !outcomes.contains(outcome) { outcomes.append(outcome) }
      }
    }
    return CodeMeaning(
      code: term, product: "HAProxy", says: "\(who.words) \(phase.words)", outcomes: outcomes,
      caveat: caveats[String(term.prefix(2))] ?? "",
      source: "HAProxy configuration manual, Session state at disconnection")
  }

  private static let caveats = [
    "SC":
      "A TLS failure, a missing route and a missing source port towards the server are SC as well: only "
      + "bc_err_str tells. <NOSRV> means that no server was left.",
    "sC": "A full accept queue looks like a dead host; a TLS handshake that stalls is sC too.",
    "SH": "FIN and RST look the same.",
    "sQ": "The server is <NOSRV>, but there were servers: the queue was full.",
    "SD": "The status may be 200: the answer broke in the middle.", "sD": "The status may be 200.",
    "CH": "Many of them with long times are a symptom of a slow backend.",
    "CD": "In tcp mode also a client that left before the connect was over.",
    "PH": "With 400 the client's request was bad, with 502 the server's answer.",
    "--": "With a status from 500 it is the backend's own answer.",
    "LR": "HAProxy answered: a 503 here is a maintenance page, no backend to blame.",
  ]
}

import LogEvents

/// Texts of nginx's error log.
enum NginxGuide {
  static let table = CodeTable(
    product: "nginx", source: "nginx src/http/ngx_http_upstream.c, src/core, src/event, src/stream",
    entries: calls
      + NginxMessage.beginnings.compactMap { beginning in
        let text = beginning.text.trimmingBlanks
        guard text.count >= 6 else { return nil }
        return .init(
          text, words[text] ?? "nginx: \(text)", beginning.outcome, caveat: caveats[text] ?? "")
      })

  private static let words = [
    "upstream sent": "the upstream's answer is no valid HTTP, or its headers are too long",
    "no live upstreams": "all servers of the group are out: this request touched none",
    "upstream server temporarily disabled":
      "max_fails was reached: the server is out for fail_timeout",
    "upstream prematurely closed": "the upstream closed before its answer was complete",
    "FastCGI sent in stderr": "text of the application", "directory index of": "static content",
  ]

  private static let caveats = [
    "no live upstreams":
      "A consequence: with max_fails=1 fail_timeout=10s one bad answer takes a server out.",
    "upstream server temporarily disabled": "Follows its cause, but stands before it for timeouts.",
    "client prematurely closed":
      "`upstream:` stands in the record all the same: the backend is not to blame.",
    "upstream prematurely closed":
      "After the headers the access log has 200: only this record tells.",
    "client SSL certificate verify error": "The client's side.",
  ]

  private static let calls: [CodeTable.Entry] = [
    .init(
      "111: Connection refused", "the upstream refused; one record an attempt", .connectRefused),
    .init("113: No route to host", "no way to the upstream", .connectUnreachable),
    .init("101: Network is unreachable", "no way to the upstream", .connectUnreachable),
    .init(
      "110: Connection timed out",
      "a timer of nginx is over; the action behind `while` tells which", .connectTimeout,
      .responseTimeout, .tlsFailure),
    .init(
      "104: Connection reset by peer", "the peer reset; the action tells upstream from client",
      .connectionReset, .clientAbort),
    .init("32: Broken pipe", "written after the peer closed", .connectionReset, .clientAbort),
    .init("13: Permission denied", "SELinux, or the rights of a socket", .configError),
    .init(
      "2: No such file or directory", "a Unix socket is missing, or static content is",
      .connectRefused, .other),
    .init("99: Cannot assign requested address", "no source ports left", .overload),
    .init(
      "24: Too many open files", "nginx itself has no descriptors left", .overload,
      caveat: "The gateway's own want."),
    .init(
      "upstream timed out",
      "a timer of nginx is over; `while connecting` a connect, else an answer", .connectTimeout,
      .responseTimeout,
      caveat:
        "proxy_connect_timeout, proxy_read_timeout: 60 s by default. A full accept queue looks like a dead host."
    ),
    .init("could not be resolved", "the upstream's name", .dnsFailure),
    .init(
      "limiting requests", "limit_req of nginx itself", .overload, caveat: "No backend is to blame."
    ),
    .init(
      "limiting connections", "limit_conn of nginx itself", .overload,
      caveat: "No backend is to blame."),
    .init(
      "worker_connections are not enough", "nginx itself is full", .overload,
      caveat: "The gateway's own limit."),
    .init(
      "SSL_do_handshake() failed",
      "a TLS handshake failed; `to upstream` the backend's, else a client's", .tlsFailure),
    .init("peer closed connection in SSL handshake", "a TLS handshake was broken off", .tlsFailure),
    .init(
      "upstream SSL certificate verify error", "the upstream's certificate did not verify",
      .tlsFailure),
    .init(
      "upstream SSL certificate does not match", "the upstream's certificate has another name",
      .tlsFailure),
    .init(
      "499", "nginx status: the client closed before the answer", .clientAbort,
      caveat: "A rise follows slow answers."),
    .init(
      "009", "a status below 100: bytes without a status line, passed on as HTTP/0.9",
      .badGatewayResponse),
  ]
}

import LogEvents

/// httpd's messages, by their numbers and by the numbers before them.
enum ApacheGuide {
  private static let source = "httpd source, branches 2.0.x to 2.4.x (modules/proxy, modules/ssl)"

  static let tables = [
    CodeTable(product: "Apache httpd", source: source, entries: read + beside),
    CodeTable(
      product: "Apache httpd, number before a message",
      source: "errno.h; apr_errno.h; httpd source",
      entries: statuses),
  ]

  /// `AH957` is `AH00957`; `nil` where the term is none or is spelled so already.
  static func padded(_ term: String) -> String? {
    guard term.lowercased().hasPrefix("ah"), let number = Int(term.dropFirst(2)), term.count < 7
    else {
      return nil
    }
    return name(number)
  }

  private static func name(_ number: Int) -> String {
    let digits = String(number)
    return "AH" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }

  /// What the format reads.
  private static var read: [CodeTable.Entry] {
    var entries: [CodeTable.Entry] = []
    for message in ApacheMessage.table where message.codes != [898] {
      let text = message.text.isEmpty ? nil : message.text
      for code in message.codes {
        entries.append(
          CodeTable.Entry(
            name(code), words[code] ?? text ?? "a message of the proxy modules",
            classes: message.outcomes, caveat: caveat(message, code)))
      }
      if message.codes.isEmpty, let text {
        entries.append(
          CodeTable.Entry(text, text, classes: message.outcomes, caveat: caveat(message, 0)))
      }
    }
    let shared = ApacheMessage.table.filter { $0.codes == [898] }
    entries.append(
      CodeTable.Entry(
        name(898), shared.map(\.text).joined(separator: "; "),
        classes: Array(Set(shared.flatMap(\.outcomes))).sorted { $0.rawValue < $1.rawValue },
        caveat: "Stands before many texts; it mostly repeats the record before it, with the URI."))
    return entries
  }

  private static func caveat(_ message: ApacheMessage, _ code: Int) -> String {
    if let known = caveats[code] { return known }
    switch message.rule {
    case .repeating: return "Repeats another record of the same exchange; counted once."
    case .connecting, .reading, .answering, .refining:
      return "The number in parentheses before it decides the class."
    case .fixed: return ""
    }
  }

  private static let caveats: [Int: String] = [
    957:
      "Names the backend, not the client: AH01114 behind it has the client. The number decides the class.",
    959:
      "Since 2.4.21 only members of a balancer are disabled; a state change besides the failure before it.",
    1084:
      "May have nothing to do with a body: a failed TLS handshake of a GET is told so, with 20014. The "
      + "records around it decide.",
    1097:
      "Also ends an upload that the client broke off (AH02608): the first record of the group decides.",
    1110:
      "The client may have got status 200: the answer broke in the middle. No backend stands in it.",
    2003: "At level info: with LogLevel warn only AH01084 and AH00898 show.",
    3302: "At level info: with LogLevel warn no change of a health check shows.",
    3303: "At level info: with LogLevel warn no change of a health check shows.",
  ]

  private static let words: [Int: String] = [
    960: "a connection object towards the backend could not be set up",
    961: "the TLS engine towards the backend could not be set up",
    956: "the local address could not be bound", 938: "the local address could not be bound",
    1961: "SSL proxying was asked for but is not enabled", 10214: "a tunnel timed out",
    10224: "a tunnel timed out", 2444: "polling of a tunnel failed",
    2447: "writing to a tunnel failed",
    10220: "a tunnel failed", 10221: "a tunnel failed",
    3301: "a health check's condition is in error",
    2276: "the backend's certificate did not verify", 2004: "the backend's certificate has expired",
    2005: "the certificate's name does not match the backend's",
    2411: "no name of the certificate matches the backend's",
    1997: "SSL handshake failed: sending 502",
    2006: "a client's TLS handshake failed", 2007: "a client's TLS handshake failed",
    2008: "a client's TLS handshake failed", 486: "server seems busy", 162: "server seems busy",
    288: "the scoreboard is full",
  ]

  /// Numbers that tell nothing of an exchange, or only at debug level.
  private static let beside: [CodeTable.Entry] =
    (10407...10420).map {
      CodeTable.Entry(
        name($0), "control characters in the forwarded path or query", .other,
        caveat: "The client's request.")
    }
    + [1164, 1168, 1169].map { CodeTable.Entry(name($0), "a lock of the balancer failed", .other) }
    + [3357, 3380].map {
      CodeTable.Entry(
        name($0), "mod_proxy_http2 failed", .other,
        caveat: "Debug: invisible by default, only AH00957 shows.")
    } + others

  private static let others: [CodeTable.Entry] = [
    .init("AH00126", "the client's request is invalid", .info, caveat: "The client's side."),
    .init("AH00558", "the server's own name could not be found out at the start", .info),
    .init("AH00951", "an idle backend connection is gone; httpd connects anew", .info),
    .init("AH03408", "an idle backend connection had unread bytes; httpd connects anew", .info),
    .init(
      "AH01089", "no temporary file for the request's body", .other, caveat: "The proxy's own disk."
    ),
    .init("AH01090", "the temporary file of the request's body cannot be written", .other),
    .init("AH01091", "the request's body cannot be read back", .other),
    .init(
      "AH01103", "reading the answer timed out", .responseTimeout, caveat: "Debug; repeats AH01102."
    ),
    .init(
      "AH01104", "the client's connection is closed so that it retries", .prematureClose,
      caveat: "Debug; repeats AH01102."),
    .init(
      "AH01105", "the client's connection is kept open", .prematureClose,
      caveat: "Debug; repeats AH01102."),
    .init("AH01107", "the backend sent Transfer-Encoding and Content-Length", .info),
    .init("AH00932", "a worker in error state is tried again", .info),
    .init("AH00933", "too soon to try a worker again", .info),
    .init("AH01165", "a worker is forced to recover", .info),
    .init("AH01163", "a lock of the balancer failed", .other),
    .init("AH01166", "a lock of the balancer failed", .other),
    .init("AH01173", "a lock of the balancer failed", .other),
    .init("AH01175", "a lock of the balancer failed", .other),
    .init(
      "AH03251", "a health check's result: 0 good, negative failed", .info,
      caveat: "Debug; the id is a memory address."),
    .init(
      "AH03352", "mod_proxy_http2 failed", .other,
      caveat: "Debug: invisible by default, only AH00957 shows."),
    .init(
      "AH10406", "control characters in the forwarded path", .other, caveat: "The client's request."
    ),
    .init(
      "AH00051", "a child exited by a signal, with a core dump", .other,
      caveat: "Its open requests end unlogged."),
    .init(
      "AH00052", "a child exited by a signal", .other, caveat: "Its open requests end unlogged."),
    .init("AH00489", "httpd started", .info, caveat: "A start resets the states of workers."),
    .init("AH00491", "httpd stops", .info), .init("AH00493", "httpd restarts", .info),
    .init("AH00494", "httpd restarts", .info),
    .init("AH00094", "the command line of the start", .info),
  ]

  private static let statuses: [CodeTable.Entry] = [
    .init(
      "70007", "httpd's own timer is over: ProxyTimeout, timeout=, connectiontimeout=, acquire=",
      .responseTimeout, .connectTimeout, .poolExhausted,
      caveat: "The phase of the message decides which."),
    .init("70014", "the peer closed", .prematureClose),
    .init(
      "70008", "a body is shorter than announced", .prematureClose, .clientAbort,
      caveat: "The backend's on AH01110, the client's on AH02608."),
    .init(
      "20014", "internal error of APR", .prematureClose, .badGatewayResponse, .tlsFailure,
      caveat:
        "On AH01102 closed before any byte, on AH01110 a bad chunk, on AH01084 usually a TLS handshake."
    ),
    .init("120006", "AJP: no header, the peer closed", .prematureClose),
    .init("120004", "AJP: bad signature", .badGatewayResponse),
    .init("120007", "AJP: bad header", .badGatewayResponse),
    .init(
      "errno 111", "connection refused (Linux; Solaris 146, AIX 79, BSD 61, Windows 10061)",
      .connectRefused),
    .init(
      "errno 110", "timed out (Linux; Solaris 145, AIX 78, BSD 60, Windows 10060)", .connectTimeout,
      .responseTimeout, caveat: "While connecting or while reading: the text tells."),
    .init(
      "errno 104", "reset by the peer (Linux; Solaris 131, AIX 73, BSD 54, Windows 10054)",
      .connectionReset),
    .init(
      "errno 113", "no route to host (Linux; Solaris 148, AIX 81, BSD 65, Windows 10065)",
      .connectUnreachable),
    .init(
      "errno 101", "network unreachable (Linux; Solaris 128, AIX 70, BSD 51, Windows 10051)",
      .connectUnreachable),
    .init("errno 112", "host down", .connectUnreachable),
    .init(
      "errno 32", "broken pipe: written after the peer closed", .connectionReset, .requestBodyFailed
    ),
    .init(
      "errno 99", "no local address or port left", .overload, .poolExhausted,
      caveat: "The gateway's own source ports."),
    .init(
      "errno 13", "not permitted: SELinux, a local firewall", .configError,
      caveat: "The gateway's own policy, not the backend."),
    .init("errno 24", "too many open files in the process", .overload),
    .init("errno 23", "too many open files in the system", .overload),
    .init("errno 11", "try again: the queue of a Unix socket is full", .overload),
    .init("errno 2", "no such file: the socket is missing", .connectRefused),
    .init("Unknown error 502", "2.2: the TLS handshake with the backend failed", .tlsFailure),
  ]
}

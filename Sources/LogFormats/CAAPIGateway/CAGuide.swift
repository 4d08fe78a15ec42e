import LogEvents

/// CA API Gateway: its numbers, the reasons that Java writes, and the codes of databases and queues.
enum CAGuide {
  static let tables = [
    CodeTable(
      product: "CA API Gateway", source: "Broadcom 97762; published logs of the gateway",
      entries: own),
    CodeTable(
      product: "CA API Gateway, Java's reason",
      source: "JDK, Apache HttpClient, JNDI and driver sources",
      entries: reasons),
    CodeTable(
      product: "Oracle", source: "Oracle Database Error Messages",
      entries: CAReason.oracle.flatMap { row in
        row.numbers.map { number in
          let digits = String(number)
          let name = "ORA-" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
          return CodeTable.Entry(
            name, oracle[number] ?? "an error of the database or its listener", row.outcome)
        }
      }),
    CodeTable(
      product: "IBM MQ", source: "IBM MQ, API completion and reason codes",
      entries: CAReason.mq.flatMap { row in
        row.numbers.map {
          CodeTable.Entry("MQRC \($0)", mq[$0] ?? "a reason code of the queue manager", row.outcome)
        }
      }),
  ]

  private static var reasons: [CodeTable.Entry] {
    var seen: Set<String> = []
    return (CAReason.handshakes + CAReason.reasons).compactMap { reason in
      let text = reason.text.trimmingBlanks
      guard text.count >= 5, seen.insert(text).inserted else { return nil }
      let isLate = text == "Read timed out" || text == "read timed out"
      return CodeTable.Entry(
        spelled[text] ?? text, "the routing ended with this text", reason.outcome,
        caveat: isLate
          ? "A burst on one backend from one node may be the outbound connection limit." : "")
    }
  }

  /// Matched without the first letter, because both cases are written.
  private static let spelled = [
    "onnection refused": "Connection refused", "onnect timed out": "Connect timed out",
    "onnection reset": "Connection reset",
  ]

  private static let own: [CodeTable.Entry] = [
    .init(
      "4042", "Problem routing to a URL: the reason stands behind it", .connectRefused,
      .connectTimeout, .responseTimeout, .connectionReset, .tlsFailure,
      caveat: "One number for all faults of transport: the reason decides."),
    .init(
      "3016", "Request routing failed with status 601", .other, caveat: "Repeats the record before."
    ),
    .init(
      "3017", "Policy evaluation resulted in a status", .other,
      caveat: "Repeats the verdict of the request."),
    .init("3005", "no such service", .info), .init("3100", "no such service", .info),
    .init("3102", "no service matches the URI", .info),
    .init(
      "601", "Error in Assertion Processing", .other,
      caveat: "With a record of transport it is that failure; alone it names no backend."),
    .init(
      "600", "Assertion Falsified", .info,
      caveat: "Also follows a routing failure that the policy handled."),
    .init("402", "Authentication Failed", .info),
    .init(
      "6950", "the rate limit is exceeded", .overload,
      caveat: "The gateway's own limit, not the backend."),
    .init(
      "2380", "the gateway's own database cannot be reached", .serverDown,
      caveat: "Its own MySQL, not a backend of a service."),
    .init(
      "2381", "replication of the gateway's own database fails", .serverDown,
      caveat: "Flaps by the thousand."),
    .init(
      "2207", "the audit archive fills up", .info,
      caveat: "At 90 % the gateway stops processing messages."),
    .init(
      "Message was not processed", "the footer of a failed request", .other,
      caveat: "The status in parentheses and the records before it decide."),
    .init("Message processed successfully", "the footer of a good request", .ok),
    .init("Downstream service returned status", "the backend's own status", .http5xx, .ok),
    .init(
      "Blacklisting url", "a directory server is not asked for 60 s", .serverDown,
      caveat: "Behind a balancer the whole directory is shut out."),
    .init(
      "Remote network connection timed out", "the backend did not answer in time", .responseTimeout),
    .init(
      "OutOfMemoryError", "the gateway itself has no memory left", .other,
      caveat: "No backend is to blame."),
    .init("ClientAbortException", "the caller left", .clientAbort),
  ]

  private static let oracle: [Int: String] = [
    12541: "no listener", 12170: "connect timed out", 12535: "operation timed out",
    12514: "the listener knows no such service",
    12505: "the listener knows no such SID", 1017: "invalid user or password",
    12516: "no handler with a matching protocol is free",
    12519: "no handler is free", 12520: "no handler of the requested type is free",
    18: "the most sessions are open", 20: "the most processes run",
    3113: "end of file on the channel", 3114: "not connected", 3135: "connection lost contact",
    12537: "connection closed",
    12547: "contact lost", 1033: "starting or stopping", 1034: "not available",
    1089: "shutting down", 1013: "cancelled by the user's timer",
  ]

  private static let mq: [Int: String] = [
    2009: "connection broken", 2059: "queue manager not available", 2538: "host not available",
    2161: "queue manager quiescing",
    2162: "queue manager stopping", 2202: "connection quiescing", 2203: "connection stopping",
    2283: "channel stopped",
    2053: "queue full", 2056: "no space for the queue", 2192: "the storage medium is full",
    2537: "channel not available",
    2025: "the most connections are open", 2102: "resource problem",
    2393: "SSL initialization error", 2397: "JSSE error",
    2381: "key repository error", 2035: "not authorized", 2085: "no such object",
    2058: "wrong queue manager name",
    2540: "no such channel", 2087: "no such remote queue manager", 2033: "no message came in time",
  ]
}

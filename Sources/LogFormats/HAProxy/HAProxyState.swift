import LogEvents

/// HAProxy's state lines: servers down and up, health checks, backends without servers, proxies.
///
/// Source: HAProxy src/server.c, src/check.c, src/proxy.c; manual §8.
enum HAProxyState {
  static func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    var scan = ByteScanner(record)
    // On standard error: `[WARNING]  (pid) : text`.
    if scan.next == .openBracket, let end = record.find(") : ", 0, min(record.count, 60)) {
      scan.move(to: end + 4)
    }
    var event = Event(time: context.time, line: context.line, outcome: .info)
    event.hasMilliseconds = context.hasMilliseconds
    event.severity = context.severity
    event.gateway = context.host
    event.journal = .state
    if scan.skipIf("Backup Server ") || scan.skipIf("Server ") {
      try server(&scan, &event, &batch)
    } else if scan.skipIf("Health check for ") || scan.skipIf("Agent check for ") {
      try check(&scan, &event, &batch)
    } else if scan.skipIf("Connect from ") {
      try connect(&scan, &event, &batch)
    } else {
      try proxy(&scan, &event, &batch)
    }
    if event.outcome != .info {
      event.message = batch.keep(record, ByteRange(0, min(record.count, 512)))
    }
    batch.append(event)
  }

  /// `be/srv ` or `be/srv ('host') `.
  private static func member(
    _ scan: inout ByteScanner, _ event: inout Event, _ batch: inout EventBatch
  ) throws(RecordFault) {
    var word = try scan.word()
    while word.count > 1, [.comma, UInt8(ascii: ".")].contains(scan.bytes.byte(word.end - 1)) {
      word.end -= 1
    }
    guard let slash = scan.bytes.find(.slash, word.start, word.end) else { throw .notThisDialect }
    event.pool = batch.names.id(scan.bytes, word.start, slash)
    event.backend = batch.names.id(scan.bytes, slash + 1, word.end)
    if scan.next == .openParenthesis { scan.move(to: scan.at + 1) }
  }

  private static func server(
    _ scan: inout ByteScanner, _ event: inout Event, _ batch: inout EventBatch
  ) throws(RecordFault) {
    try member(&scan, &event, &batch)
    let bytes = scan.bytes
    let rest = scan.rest
    func says(_ text: String) -> Bool { bytes.find(text, in: rest) != nil }
    if says("DNS") || says("No IP for server"), !says("READY thanks to valid DNS") {
      event.outcome = .dnsFailure
    }
    if bytes.has("is UP", at: rest.start) {
      event.outcome = .serverUp
    } else if bytes.has("is DOWN", at: rest.start) || bytes.has("is going DOWN", at: rest.start)
      || bytes.has("was DOWN and now enters maintenance", at: rest.start)
    {
      if event.outcome != .dnsFailure { event.outcome = .serverDown }
    } else if event.outcome != .dnsFailure {
      guard
        bytes.has("is ", at: rest.start) || bytes.has("enters ", at: rest.start)
          || bytes.has("remains ", at: rest.start) || bytes.has("administratively", at: rest.start)
          || bytes.has("was ", at: rest.start)
      else { throw .notThisDialect }
    }
    event.code = code(bytes, rest, &batch)?.code ?? .none
  }

  private static func check(
    _ scan: inout ByteScanner, _ event: inout Event, _ batch: inout EventBatch
  ) throws(RecordFault) {
    _ = scan.skipIf("backup ")
    guard scan.skipIf("server ") else { throw .notThisDialect }
    try member(&scan, &event, &batch)
    let found = code(scan.bytes, scan.rest, &batch)
    event.code = found?.code ?? .none
    if scan.bytes.has("failed", at: scan.at) { event.outcome = found?.outcome ?? .other }
  }

  private static func connect(
    _ scan: inout ByteScanner, _ event: inout Event, _ batch: inout EventBatch
  ) throws(RecordFault) {
    let address = try scan.word()
    guard let colon = scan.bytes.findLast(.colon, in: address), scan.skipIf("to "),
      let open = scan.bytes.find(.openParenthesis, scan.at, scan.end),
      let slash = scan.bytes.find(.slash, open, scan.end)
    else { throw .notThisDialect }
    event.client = HAProxyTraffic.client(scan.bytes, address, colon, &batch)
    event.service = batch.names.id(scan.bytes, open + 1, slash)
  }

  /// Lines about a whole proxy.
  private static func proxy(
    _ scan: inout ByteScanner, _ event: inout Event, _ batch: inout EventBatch
  ) throws(RecordFault) {
    let bytes = scan.bytes
    let rest = scan.rest
    if let hit = bytes.find(" has no server available", in: rest) {
      guard scan.skipIf("backend ") || scan.skipIf("proxy ") || scan.skipIf("listener ") else {
        throw .notThisDialect
      }
      event.outcome = .poolExhausted
      event.pool = name(bytes, ByteRange(scan.at, hit), &batch)
      return
    }
    if bytes.has("Cannot bind to source address", at: rest.start) {
      event.outcome = .overload
      if let hit = bytes.find("for backend ", in: rest) {
        let start = hit + "for backend ".utf8.count
        var end = bytes.find(.space, start, rest.end) ?? rest.end
        if bytes.byte(end - 1) == UInt8(ascii: ".") { end -= 1 }
        event.pool = name(bytes, ByteRange(start, end), &batch)
      }
      return
    }
    for verb in ["Proxy ", "Stopping ", "Paused ", "Resumed ", "Pausing ", "Resuming "]
    where scan.skipIf(verb) {
      for kind in ["frontend ", "backend ", "proxy "] where scan.skipIf(kind) { break }
      let word = try scan.word()
      event.service = name(bytes, word, &batch)
      guard verb != "Proxy " || bytes.has("st", at: scan.at) || bytes.has("(", at: scan.at) else {
        throw .notThisDialect
      }
      return
    }
    if bytes.find(" changed its IP from ", in: rest) != nil {
      try member(&scan, &event, &batch)
      return
    }
    throw .notThisDialect
  }

  private static func name(
    _ bytes: Span<UInt8>, _ range: ByteRange, _ batch: inout EventBatch
  ) -> NameID {
    var range = range
    if bytes.byte(range.start) == UInt8(ascii: "'"), range.count >= 2 {
      range = ByteRange(range.start + 1, range.end - 1)
    }
    return batch.names.id(bytes, range)
  }

  // MARK: Checks

  /// Reason texts of health checks, their codes and what a failed check of that kind means.
  ///
  /// Source: HAProxy src/check.c `check_statuses`.
  private static let reasons: [(text: String, code: String, outcome: Outcome)] = [
    ("Layer4 connection problem", "L4CON", .connectRefused),
    ("Layer4 timeout", "L4TOUT", .connectTimeout),
    ("Layer4 check passed", "L4OK", .info),
    ("Layer6 invalid response", "L6RSP", .tlsFailure),
    ("Layer6 timeout", "L6TOUT", .tlsFailure),
    ("Layer6 check passed", "L6OK", .info),
    ("Layer7 timeout", "L7TOUT", .responseTimeout),
    ("Layer7 invalid response", "L7RSP", .badGatewayResponse),
    ("Layer7 wrong status", "L7STS", .badGatewayResponse),
    ("Layer7 check passed", "L7OK", .info),
    ("Layer7 check conditionally passed", "L7OKC", .info),
    ("Socket error", "SOCKERR", .other),
    ("Health analyze", "HANA", .other),
    ("External check error", "PROCERR", .other),
    ("External check timeout", "PROCTOUT", .other),
    ("External check passed", "PROCOK", .info),
  ]

  private static func code(
    _ bytes: Span<UInt8>, _ rest: ByteRange, _ batch: inout EventBatch
  ) -> (code: NameID, outcome: Outcome)? {
    guard let hit = bytes.find("reason: ", in: rest) else { return nil }
    let start = hit + "reason: ".utf8.count
    let text = ByteRange(start, rest.end)
    for reason in reasons where bytes.has(reason.text, at: start) {
      var outcome = reason.outcome
      if bytes.find("No route to host", in: text) != nil
        || bytes.find("unreachable", in: text) != nil
      {
        outcome = .connectUnreachable
      } else if bytes.find("Connection reset by peer", in: text) != nil {
        outcome = .connectionReset
      } else if let code = bytes.find("code: 5", in: text), bytes.byte(code + 7).isDigit {
        outcome = .http5xx
      }
      return (batch.names.id(reason.code), outcome)
    }
    return nil
  }
}

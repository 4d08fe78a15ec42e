import LogEvents

/// HAProxy's state lines: servers down and up, backends without servers, proxies, accepted
/// connections.
///
///     Server be_a/s1 is DOWN, reason: Layer4 timeout, check duration: 2001ms. 1 active and 0 backup servers left. ...
///     Health check for server be_a/s1 failed, reason: Layer7 wrong status, code: 503, info: "...", ...
///     backend be_a has no server available!
///     [WARNING]  (30495) : Server be_a/s1 is DOWN, ...                on standard error
///
/// Source: HAProxy src/server.c, src/check.c, src/proxy.c.
enum HAProxyState {
  static func read(
    _ record: Span<UInt8>, _ context: RecordContext, _ clock: inout LocalClock, year: Int?,
    into batch: inout EventBatch
  ) throws(RecordFault) {
    var scan = ByteScanner(record)
    var event = Event(time: context.time, line: context.line, outcome: .info)
    event.hasMilliseconds = context.hasMilliseconds
    event.severity = context.severity
    event.gateway = context.host
    event.journal = .state
    let isPrinted = HAProxyConsole.skip(&scan, &clock, year: year, &event)
    do throws(RecordFault) {
      if scan.skipIf("Backup Server ") || scan.skipIf("Server ") {
        try server(&scan, &event, &batch)
      } else if scan.skipIf("Health check for ") || scan.skipIf("Agent check for ") {
        try check(&scan, &event, &batch)
      } else if scan.skipIf("Connect from ") {
        try connect(&scan, &event, &batch)
      } else {
        try proxy(&scan, &event, &batch)
      }
    } catch {
      // What else HAProxy prints speaks of its configuration and processes.
      guard isPrinted else { throw error }
      batch.witness(event.time)
      return
    }
    if event.outcome != .info {
      event.message = batch.keep(record, ByteRange(0, min(record.count, 512)))
    }
    batch.append(event)
  }

  /// `be/srv `, `be/srv, ` or `be/srv ('host') `.
  private static func member(
    _ scan: inout ByteScanner, _ event: inout Event, _ batch: inout EventBatch
  ) throws(RecordFault) {
    var word = try name(&scan)
    while word.count > 1,
      scan.bytes.byte(word.end - 1) == .comma || scan.bytes.byte(word.end - 1) == .point
    {
      word.end -= 1
    }
    guard let slash = scan.bytes.find(.slash, word.start, word.end), slash > word.start,
      slash + 1 < word.end
    else { throw .notThisDialect }
    event.pool = batch.names.id(scan.bytes, word.start, slash)
    event.backend = batch.names.id(scan.bytes, slash + 1, word.end)
    if scan.bytes.has("('", at: scan.at), let close = scan.bytes.find("') ", in: scan.rest) {
      scan.move(to: close + 3)
    }
  }

  private static func name(_ scan: inout ByteScanner) throws(RecordFault) -> ByteRange {
    do throws(RecordFault) { return try scan.word() } catch { throw .notThisDialect }
  }

  // MARK: Servers

  static let verbs: [(text: String, outcome: Outcome)] = [
    ("is UP", .serverUp),
    ("is DOWN", .serverDown),
    ("is going DOWN", .serverDown),
    ("was DOWN and now enters maintenance", .serverDown),
    ("is stopping", .info),
    ("is leaving ", .info),
    ("is in ", .info),
    ("is ", .info),
    ("was ", .info),
    ("enters ", .info),
    ("remains ", .info),
    ("administratively ", .info),
  ]

  private static func server(
    _ scan: inout ByteScanner, _ event: inout Event, _ batch: inout EventBatch
  ) throws(RecordFault) {
    try member(&scan, &event, &batch)
    let bytes = scan.bytes
    let rest = scan.rest
    guard let verb = verbs.first(where: { bytes.has($0.text, at: rest.start) }) else {
      throw .notThisDialect
    }
    event.outcome = verb.outcome
    // The cause in parentheses stands before the reason of a check, which quotes servers' text.
    let own = ByteRange(rest.start, bytes.find("reason: ", in: rest) ?? rest.end)
    if verb.outcome != .serverUp, !bytes.has("administratively", at: rest.start),
      let open = bytes.find(.openParenthesis, own.start, own.end)
    {
      let cause = ByteRange(open, own.end)
      if bytes.find("DNS", in: cause) != nil || bytes.find("No IP for server", in: cause) != nil {
        event.outcome = .dnsFailure
      }
    }
    event.code = HAProxyCheck.read(bytes, rest, &batch)?.code ?? .none
  }

  private static func check(
    _ scan: inout ByteScanner, _ event: inout Event, _ batch: inout EventBatch
  ) throws(RecordFault) {
    _ = scan.skipIf("backup ")
    guard scan.skipIf("server ") else { throw .notThisDialect }
    try member(&scan, &event, &batch)
    let found = HAProxyCheck.read(scan.bytes, scan.rest, &batch)
    event.code = found?.code ?? .none
    if scan.bytes.has("failed", at: scan.at) { event.outcome = found?.outcome ?? .other }
  }

  /// `Connect from 203.0.113.7:57315 to 192.0.2.1:80 (fe_a/HTTP)`: no server was chosen yet.
  private static func connect(
    _ scan: inout ByteScanner, _ event: inout Event, _ batch: inout EventBatch
  ) throws(RecordFault) {
    let address = try name(&scan)
    guard let colon = scan.bytes.findLast(.colon, in: address), scan.skipIf("to "),
      let open = scan.bytes.find(.openParenthesis, scan.at, scan.end),
      let slash = scan.bytes.find(.slash, open, scan.end)
    else { throw .notThisDialect }
    event.journal = .access
    event.client = HAProxyExchange.client(scan.bytes, address, colon, &batch)
    event.service = batch.names.id(scan.bytes, open + 1, slash)
  }

  // MARK: Proxies

  private static let proxyVerbs = [
    "Proxy ", "Stopping ", "Stopped ", "Pausing ", "Paused ", "Resuming ", "Resumed ",
    "Disabled ", "Enabled ",
  ]
  private static let proxyKinds = ["frontend ", "backend ", "proxy ", "listener ", "Proxy "]

  /// Lines about a whole proxy.
  private static func proxy(
    _ scan: inout ByteScanner, _ event: inout Event, _ batch: inout EventBatch
  ) throws(RecordFault) {
    let bytes = scan.bytes
    let rest = scan.rest
    if let hit = bytes.find(" has no server available", in: rest) {
      guard proxyKinds.contains(where: { scan.skipIf($0) }) else { throw .notThisDialect }
      event.outcome = .poolExhausted
      event.pool = batch.names.id(bytes, withoutMarks(bytes, ByteRange(scan.at, hit)))
      return
    }
    if scan.skipIf("Cannot bind to source address") {
      event.outcome = .overload
      if let hit = bytes.find("for backend ", in: rest) {
        scan.move(to: hit + "for backend ".utf8.count)
        event.pool = batch.names.id(bytes, withoutMarks(bytes, try name(&scan)))
      }
      return
    }
    if let verb = proxyVerbs.first(where: { scan.skipIf($0) }) {
      let hasKind = proxyKinds.contains { scan.skipIf($0) }
      guard hasKind || verb == "Proxy " else { throw .notThisDialect }
      event.service = batch.names.id(bytes, withoutMarks(bytes, try name(&scan)))
      guard
        hasKind || bytes.has("started", at: scan.at) || bytes.has("stopped", at: scan.at)
          || bytes.has("(", at: scan.at) || bytes.has("is ", at: scan.at)
      else { throw .notThisDialect }
      return
    }
    if bytes.find(" changed its IP from ", in: rest) != nil {
      try member(&scan, &event, &batch)
      return
    }
    throw .notThisDialect
  }

  /// A proxy's name without the quotes around it and the full stop behind it.
  private static func withoutMarks(_ bytes: Span<UInt8>, _ name: ByteRange) -> ByteRange {
    var name = name
    if bytes.byte(name.end - 1) == .point { name.end -= 1 }
    let quote = UInt8(ascii: "'")
    if name.count >= 2, bytes.byte(name.start) == quote, bytes.byte(name.end - 1) == quote {
      name = ByteRange(name.start + 1, name.end - 1)
    }
    return name
  }
}

extension UInt8 {
  fileprivate static let point = UInt8(ascii: ".")
}

import LogEvents

/// F5 BIG-IP's /var/log/ltm, behind its syslog header.
///
///     Mar  4 01:58:14 bigip1 notice mcpd[7276]: 01070638:5: Pool /Common/p member /Common/192.0.2.11:8080 monitor status down. [...]
///
/// Messages go by their id; the text may change between versions, the id does not. What iRules write
/// is never read as a product message. Source: formats/f5-bigip.md §2 to §5.
struct F5Log: LogFormat {
  static let card = FormatCard(
    name: "f5-ltm", product: "f5-bigip", title: "F5 BIG-IP /var/log/ltm", vantage: .loadBalancer,
    sample:
      "Mar  4 01:58:14 bigip1 notice mcpd[7276]: 01070638:5: Pool /Common/p_orders member "
      + "/Common/192.0.2.11:8080 monitor status down. [ /Common/mon: down; last error: ... ]")

  static var codes: [CodeTable] { [F5Guide.table] }

  init(_ settings: FormatSettings) {}

  /// The line of the last message of the kind that BIG-IP throttles.
  private var throttledLine: UInt32?

  struct Message {
    enum Shape {
      case member, node, pool, virtual, reset, handshake, ciphers, ports, action, bare
      case wideArea, service

      var words: String {
        switch self {
        case .member: "a monitor changed the state of a pool member"
        case .node: "a monitor changed the state of a node, in all its pools"
        case .pool: "a pool has no members left, or has some again"
        case .virtual: "a virtual server became available or unavailable"
        case .reset: "BIG-IP sent a reset; the reason stands behind the bracket"
        case .handshake, .ciphers: "a TLS handshake failed"
        case .ports: "no source ports left towards a member"
        case .action: "an HTTP exchange broke the protocol"
        case .bare: "a message of the traffic process, without addresses"
        case .wideArea: "DNS balancing saw an object change its state, as the arrow says"
        case .service: "an old monitor found a service up or down"
        }
      }
    }
    var ids: [UInt32]
    var shape: Shape
    var outcome: Outcome
  }

  /// Ids and what they say.
  ///
  /// Source: formats/f5-bigip.md §4.
  static let messages: [Message] = [
    Message(ids: [0x0107_0638, 0x0107_0727], shape: .member, outcome: .serverDown),
    Message(ids: [0x0107_0640, 0x0107_0728], shape: .node, outcome: .serverDown),
    Message(ids: [0x0101_0028], shape: .pool, outcome: .poolExhausted),
    Message(ids: [0x0101_0221], shape: .pool, outcome: .serverUp),
    Message(ids: [0x0107_1682], shape: .virtual, outcome: .serverDown),
    Message(ids: [0x0107_1681], shape: .virtual, outcome: .serverUp),
    Message(ids: [0x0123_0140], shape: .reset, outcome: .connectionReset),
    Message(ids: [0x0126_0013], shape: .handshake, outcome: .tlsFailure),
    Message(ids: [0x0126_0009], shape: .bare, outcome: .tlsFailure),
    Message(ids: [0x0126_0026], shape: .ciphers, outcome: .tlsFailure),
    Message(ids: [0x0101_0201], shape: .ports, outcome: .overload),
    Message(
      ids: [0x011e_0001, 0x011e_0002, 0x0101_0038, 0x0101_0240], shape: .bare, outcome: .overload),
    Message(ids: [0x011f_0016], shape: .action, outcome: .badGatewayResponse),
    Message(ids: [0x0122_0001], shape: .bare, outcome: .configError),
    Message(
      ids: [0x011a_4002, 0x011a_4003, 0x011a_4004, 0x011a_4005], shape: .wideArea,
      outcome: .serverDown),
    Message(ids: [0x0106_0001, 0x0106_0145], shape: .service, outcome: .serverDown),
    // License, disk, memory and processor of the balancer itself.
    Message(ids: [0x0120_0015], shape: .bare, outcome: .other),
  ]

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    guard let id = hexadecimal(record, 0, 8), record.byte(8) == .colon,
      record.byte(9).isDigit, record.has(": ", at: 10)
    else {
      // iRule text and messages without an id stand in the same file.
      guard record.has("Rule /", at: 0) || record.has("AUDIT", at: 0) else {
        throw .notThisDialect
      }
      batch.witness(context.time)
      return
    }
    let text = ByteRange(12, record.count)
    guard let message = Self.messages.first(where: { $0.ids.contains(id) }) else {
      batch.witness(context.time)
      return
    }
    var event = Event(time: context.time, line: context.line, outcome: message.outcome)
    event.hasMilliseconds = context.hasMilliseconds
    event.severity =
      context.severity == .none
      ? Severity(rawValue: record.byte(9) &- 48) ?? .none : context.severity
    event.gateway = context.host
    event.code = batch.names.id(record, 0, 8)
    fill(&event, message, record, text, &batch)
    if message.shape == .ports { throttle(event, record, text, &batch) }
    guard event.outcome != .info else {
      batch.witness(context.time)
      return
    }
    event.message = batch.keep(record, ByteRange(text.start, min(text.end, text.start + 400)))
    batch.append(event)
  }

  /// `Re-enabling general logging; held N messages.`: N more of the message before.
  ///
  /// Source: formats/f5-bigip.md §4, 01010201.
  private mutating func throttle(
    _ event: Event, _ record: Span<UInt8>, _ text: ByteRange, _ batch: inout EventBatch
  ) {
    guard event.outcome == .info else {
      throttledLine = event.line
      return
    }
    let held = record.integer(word(after: "held ", record, text)) ?? 0
    guard let throttledLine, held > 0 else { return }
    batch.addRepetitions(
      ofLine: throttledLine, count: UInt32(clamping: held), until: event.time)
  }

  private func fill(
    _ event: inout Event, _ message: Message, _ record: Span<UInt8>, _ text: ByteRange,
    _ batch: inout EventBatch
  ) {
    switch message.shape {
    case .bare: break
    case .member:
      event.journal = .state
      event.pool = batch.names.id(record, word(after: "Pool ", record, text))
      let member = word(after: " member ", record, text)
      event.backend = batch.names.id(F5Address.member(record, member).span)
      if record.find("monitor status up", in: text) != nil { event.outcome = .serverUp }
    case .node:
      event.journal = .state
      event.backend = batch.names.id(record, word(after: " address ", record, text))
      if record.find("monitor status up", in: text) != nil { event.outcome = .serverUp }
    case .pool:
      event.journal = .state
      var pool = word(after: "pool ", record, text)
      if pool.isEmpty { pool = word(after: "Pool ", record, text) }
      event.pool = batch.names.id(record, pool)
    case .virtual:
      event.journal = .state
      event.service = batch.names.id(record, word(after: "Virtual ", record, text))
    case .reset: reset(&event, record, text, &batch)
    case .handshake:
      addresses(
        &event, record, word(after: "for TCP ", record, text), word(after: "-> ", record, text),
        &batch)
    case .ciphers: ciphers(&event, record, text, &batch)
    case .ports:
      if record.find("exhaustion on ", in: text) == nil { event.outcome = .info }
      let target = word(after: " to ", record, text)
      event.backend = batch.names.id(F5Address.member(record, target).span)
    case .action: action(&event, record, text, &batch)
    case .wideArea: wideArea(&event, record, text, &batch)
    case .service:
      event.journal = .state
      if record.find("detected UP", in: text) != nil { event.outcome = .serverUp }
      event.backend = batch.names.id(
        F5Address.member(record, word(after: "for ", record, text)).span)
    }
  }

  /// The bytes behind `mark` up to a space, a comma or the end.
  private func word(after mark: String, _ record: Span<UInt8>, _ text: ByteRange) -> ByteRange {
    guard let hit = record.find(mark, in: text) else { return .empty }
    let start = hit + mark.utf8.count
    var end = start
    while end < text.end {
      let byte = record.byte(end)
      if byte == .space || byte == .comma || byte == .closeParenthesis { break }
      end += 1
    }
    return ByteRange(start, end)
  }

  /// `VS /Common/vs1 (ip:port=192.0.2.1:443) (Server /Common/dc1) state change green --> red (reason)`.
  private func wideArea(
    _ event: inout Event, _ record: Span<UInt8>, _ text: ByteRange, _ batch: inout EventBatch
  ) {
    event.journal = .state
    guard let arrow = record.find("->", in: text) else {
      event.outcome = .info
      return
    }
    let colour = word(after: "> ", record, ByteRange(arrow, text.end))
    if record.equals(colour, "green") {
      event.outcome = .serverUp
    } else if !record.equals(colour, "red"), !record.equals(colour, "yellow") {
      event.outcome = .info
    }
    let head = ByteRange(text.start, arrow)
    event.pool = batch.names.id(record, word(after: "Pool ", record, head))
    event.service = batch.names.id(record, word(after: "VS ", record, head))
    let member = word(after: "ip:port=", record, head)
    event.backend = batch.names.id(F5Address.member(record, member).span)
  }

  // MARK: Resets

  /// Suggested classes of the free text (§5): an unknown reason is a reset.
  static let reasons: [(text: String, outcome: Outcome)] = [
    ("pool member", .poolExhausted), ("SSL", .tlsFailure),
    ("handshake timeout", .connectTimeout), ("No flow found", .info),
    ("No route to host", .connectUnreachable), ("o local listener", .configError),
    ("Port denied", .configError), ("HTTP process error", .badGatewayResponse),
    ("HTTP internal error", .badGatewayResponse), ("Invalid action", .badGatewayResponse),
    ("Idle timeout", .responseTimeout), ("Flow expired", .responseTimeout),
    ("iRule execution", .info), ("Policy action", .info), ("Connection limit", .overload),
    ("Memory", .overload), ("out of ports", .overload), ("sweeper", .overload),
  ]

  /// `RST sent from A:p to B:q, [0xADDR:LINE] REASON`: a virtual's port is low, an own address's high.
  private func reset(
    _ event: inout Event, _ record: Span<UInt8>, _ text: ByteRange, _ batch: inout EventBatch
  ) {
    let from = word(after: "from ", record, text)
    let to = word(after: " to ", record, text)
    if let close = record.find("] ", in: text) {
      let reason = ByteRange(close + 2, text.end)
      if let known = Self.reasons.first(where: { record.find($0.text, in: reason) != nil }) {
        event.outcome = known.outcome
      }
    }
    if F5Address.port(record, from) >= 10_000, F5Address.port(record, to) < 10_000 {
      event.backend = batch.names.id(F5Address.member(record, to).span)
    } else {
      addresses(&event, record, to, from, &batch)
    }
  }

  /// A client and the virtual that it talked to.
  private func addresses(
    _ event: inout Event, _ record: Span<UInt8>, _ client: ByteRange, _ service: ByteRange,
    _ batch: inout EventBatch
  ) {
    event.client = batch.keep(F5Address.host(record, client))
    event.service = batch.names.id(F5Address.member(record, service).span)
  }

  /// Reads `SSL peers a.b.c.d.port:e.f.g.h.port`.
  private func ciphers(
    _ event: inout Event, _ record: Span<UInt8>, _ text: ByteRange, _ batch: inout EventBatch
  ) {
    var peers = word(after: "peers ", record, text)
    if record.byte(peers.end - 1) == UInt8(ascii: ".") { peers.end -= 1 }
    guard let colon = record.find(.colon, peers.start, peers.end) else { return }
    addresses(
      &event, record, ByteRange(peers.start, colon), ByteRange(colon + 1, peers.end), &batch)
  }

  private func action(
    _ event: inout Event, _ record: Span<UInt8>, _ text: ByteRange, _ batch: inout EventBatch
  ) {
    let server = word(after: "serverside (", record, text)
    let client = word(after: "clientside (", record, text)
    event.client = batch.keep(F5Address.host(record, client))
    event.service = batch.names.id(record, word(after: "vip=", record, text))
    event.pool = batch.names.id(record, word(after: "pool=", record, text))
    if record.find("Client sends", in: text) != nil {
      event.outcome = .info
    } else {
      event.backend = batch.names.id(F5Address.member(record, server).span)
    }
  }
}

/// How BIG-IP spells members and addresses (formats/f5-bigip.md §3).
enum F5Address {
  /// `host:port` of `/Common/192.0.2.5:8080`, `/Common/2001:db8::5.8080`, `192.0.2.230.636`.
  static func member(_ record: Span<UInt8>, _ range: ByteRange) -> [UInt8] {
    var start = range.start
    if let slash = record.findLast(.slash, in: range) { start = slash + 1 }
    let name = ByteRange(start, range.end)
    guard let mark = separator(record, name) else { return copy(record, name) }
    let host = copy(record, ByteRange(start, mark))
    let port = copy(record, ByteRange(mark + 1, name.end))
    return host.contains(.colon)
      ? [.openBracket] + host + [.closeBracket, .colon] + port : host + [.colon] + port
  }

  static func host(_ record: Span<UInt8>, _ range: ByteRange) -> [UInt8] {
    copy(record, ByteRange(range.start, separator(record, range) ?? range.end))
  }

  /// 0 where there is no number.
  static func port(_ record: Span<UInt8>, _ range: ByteRange) -> Int {
    guard let mark = separator(record, range) else { return 0 }
    return record.integer(ByteRange(mark + 1, range.end)) ?? 0
  }

  /// The colon of `a:port`, or the dot of `v6.port` and of a fifth number in IPv4.
  private static func separator(_ record: Span<UInt8>, _ range: ByteRange) -> Int? {
    var colons = 0
    var dots = 0
    for at in range.start..<max(range.start, range.end) {
      if record.byte(at) == .colon { colons += 1 }
      if record.byte(at) == UInt8(ascii: ".") { dots += 1 }
    }
    if colons == 1 { return record.find(.colon, range.start, range.end) }
    if colons > 1 { return record.findLast(UInt8(ascii: "."), in: range) }
    return dots == 4 ? record.findLast(UInt8(ascii: "."), in: range) : nil
  }

  private static func copy(_ record: Span<UInt8>, _ range: ByteRange) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(record, range.start, range.end)
    return bytes
  }
}

import LogEvents

/// System log of KEMP LoadMaster, behind its syslog header: real servers and virtual services.
///
///     2025-10-14T08:15:02+02:00 lb1 l4d: RS 192.0.2.11:443 of VS 192.0.2.100:443 is down: connection refused
///
/// The vendor publishes no list of texts, so a member's address behind `RS` or `Real Server`, or a
/// service's behind `VS` or `Virtual Service`, and a word for the change are asked for; what else the
/// balancer's own programs say is chatter.
struct KempLog: LogFormat {
  static let card = FormatCard(
    name: "kemp", product: "kemp-loadmaster", title: "KEMP LoadMaster system log",
    vantage: .loadBalancer,
    sample:
      "2025-10-14T08:15:02+02:00 lb1 l4d: RS 192.0.2.11:443 of VS 192.0.2.100:443 is down")

  static var codes: [CodeTable] { [KempGuide.table] }

  private static let serverMarks = ["RS ", "Real Server ", "real server ", "Real server "]
  private static let serviceMarks = [
    "VS ", "vs ", "Virtual Service ", "virtual service ", "Virtual service ",
  ]
  private static let downWords = [
    "down", "failed", "removed", "disabled", "unreachable", "not responding", "no real servers",
  ]
  private static let upWords = ["up", "restored", "added", "enabled", "back"]

  /// Beginnings of the tags of other products that a collector writes into the same file.
  private static let foreignTags = [
    "tmm", "mcpd", "bigd", "haproxy", "nginx", "httpd[", "apache", "envoy", "traefik", "SSG",
  ]

  static let writesCommonShapes = true

  private var isKnown = false

  init(_ settings: FormatSettings) {}

  func tellOpen(to state: inout OpenState) -> Bool {
    state.add(isKnown)
    return true
  }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    guard !context.tag.isNone, context.time.isKnown else { throw .notThisDialect }
    let server = address(record, Self.serverMarks)
    let service = address(record, Self.serviceMarks)
    guard let outcome = outcome(record, server, service) else {
      // Programs that only a LoadMaster has.
      let tag = batch.names.bytes(context.tag)
      let isOwn = ["l4d", "ssomgr"].contains { tag.elementsEqual($0.utf8) }
      let isForeign = Self.foreignTags.contains { tag.starts(with: $0.utf8) }
      guard isOwn || (isKnown && !isForeign) else { throw .notThisDialect }
      batch.witness(context.time)
      return
    }
    isKnown = true
    var event = Event(time: context.time, line: context.line, outcome: outcome)
    event.hasMilliseconds = context.hasMilliseconds
    event.severity = context.severity
    event.gateway = context.host
    event.journal = outcome == .tlsFailure ? .error : .state
    event.backend = batch.member(record, server)
    event.service = batch.member(record, service)
    if let client = client(record) { event.client = batch.keep(record, client) }
    event.message = batch.keepEvidence(record)
    batch.append(event)
  }

  private func outcome(
    _ record: Span<UInt8>, _ server: ByteRange, _ service: ByteRange
  ) -> Outcome? {
    guard !server.isEmpty || !service.isEmpty else { return nil }
    if server.isEmpty, record.find("SSL", 0, record.count) != nil,
      record.find("error", 0, record.count) != nil
    {
      return .tlsFailure
    }
    // The words stand behind the subject; a cause may follow them.
    let start = server.isEmpty ? service.end : server.end
    let down = Self.downWords.compactMap { word(record, $0, start) }.min()
    let up = Self.upWords.compactMap { word(record, $0, start) }.min()
    guard let first = [down, up].compactMap({ $0 }).min() else { return nil }
    if first == up, first != down { return .serverUp }
    return server.isEmpty ? .poolExhausted : .serverDown
  }

  private func client(_ record: Span<UInt8>) -> ByteRange? {
    guard let mark = record.find("client ", 0, record.count) else { return nil }
    var end = mark + 7
    while end < record.count, record.byte(end) != .space, record.byte(end) != .comma { end += 1 }
    let value = record.host(of: ByteRange(mark + 7, end))
    return isAddress(record, value) ? value : nil
  }

  /// The `ip:port` behind one of the marks.
  private func address(_ record: Span<UInt8>, _ marks: [String]) -> ByteRange {
    for mark in marks {
      var at = 0
      while let hit = record.find(mark, at, record.count) {
        at = hit + 1
        guard hit == 0 || !isLetter(record.byte(hit - 1)) else { continue }
        let start = hit + mark.utf8.count
        var end = start
        while end < record.count, record.byte(end) != .space, record.byte(end) != .comma {
          end += 1
        }
        while end > start, record.byte(end - 1) == .colon { end -= 1 }
        let value = ByteRange(start, end)
        guard let colon = record.findLast(.colon, in: value),
          record.integer(ByteRange(colon + 1, end)) != nil,
          isAddress(record, record.host(ofPorted: value))
        else { continue }
        return value
      }
    }
    return .empty
  }

  private func isAddress(_ record: Span<UInt8>, _ range: ByteRange) -> Bool {
    guard !range.isEmpty else { return false }
    for at in range.start..<range.end {
      let byte = record.byte(at)
      guard
        byte.isDigit || byte == .colon || byte == UInt8(ascii: ".")
          || lowercased(byte) &- 97 < 6
      else { return false }
    }
    return true
  }

  /// Where the word stands by itself behind `start`.
  private func word(_ record: Span<UInt8>, _ word: String, _ start: Int) -> Int? {
    var at = start
    while let hit = record.find(word, at, record.count) {
      at = hit + 1
      if !isLetter(record.byte(hit - 1)), !isLetter(record.byte(hit + word.utf8.count)) {
        return hit
      }
    }
    return nil
  }

  private func isLetter(_ byte: UInt8) -> Bool { lowercased(byte) &- 97 < 26 }
}

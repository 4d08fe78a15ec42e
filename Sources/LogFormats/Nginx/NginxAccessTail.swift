import LogEvents

/// What stands behind the status of an access line: words, quoted strings, brackets, `name=value`.
///
/// Fields without names are known by their shapes; once a line has shown them all, later lines with
/// as many fields are read by place, so that a group's name or a dash is understood too.
struct NginxAccessTail {
  private enum Mark { case word, quoted, bracketed }

  private struct Token {
    var mark: Mark
    var value: ByteRange
  }

  /// Where the fields without names stand among the tokens.
  private struct Layout: Hashable {
    var count: Int
    var addresses: Int
    var statuses: Int?
    /// Seconds, in the order of the line.
    var times: [Int]

    /// How many fields were found: a line without an upstream, or with one that never connected, shows
    /// fewer than others do.
    var known: Int { times.count + (statuses == nil ? 0 : 1) }
  }

  /// Kept from record to record, so that no line allocates.
  private var tokens: [Token] = []
  private var layout: Layout?

  func tellOpen(to state: inout OpenState) { state.add(layout) }

  /// Whether the tail tells of an upstream.
  mutating func read(
    _ scan: inout ByteScanner, _ clock: inout LocalClock, _ event: inout Event,
    _ fields: inout NginxAccessFields, _ batch: inout EventBatch
  ) -> Bool {
    let record = scan.bytes
    tokens.removeAll(keepingCapacity: true)
    while !scan.isAtEnd, tokens.count < 40 {
      if let key = Self.key(record, scan.at) {
        scan.move(to: key.end + 1)
        let value = Self.token(&scan).value
        fields.take(record, parent: .empty, key: key, value, &clock, &event, &batch)
      } else {
        tokens.append(Self.token(&scan))
      }
      scan.skipSpaces()
    }
    if fields.isUpstream { return true }
    return readIngress(record, &event, &fields, &batch) || readPlaces(record, &event, &fields)
  }

  // MARK: Tokens

  /// The name before `=`, if one stands here.
  private static func key(_ record: Span<UInt8>, _ start: Int) -> ByteRange? {
    var at = start
    while at - start < 40 {
      let byte = record.byte(at)
      if byte == UInt8(ascii: "=") { return at > start ? ByteRange(start, at) : nil }
      guard
        byte.isDigit || lowercased(byte) &- 97 < 26 || byte == UInt8(ascii: "_")
          || byte == UInt8(ascii: ".") || byte == .dash
      else { return nil }
      at += 1
    }
    return nil
  }

  /// Whether `name=` stands here.
  static func hasKey(_ record: Span<UInt8>, _ start: Int) -> Bool { key(record, start) != nil }

  private static func token(_ scan: inout ByteScanner) -> Token {
    let record = scan.bytes
    let start = scan.at
    let close: UInt8? =
      switch scan.next {
      case .quote: .quote
      case .openBracket: .closeBracket
      default: nil
      }
    if let close, let end = record.find(close, start + 1, record.count) {
      scan.move(to: end + 1)
      return Token(
        mark: close == .quote ? .quoted : .bracketed, value: ByteRange(start + 1, end))
    }
    // Words that belong together: each but the last ends with a comma or stands beside a colon.
    var end = record.find(.space, start, record.count) ?? record.count
    while end < record.count {
      let isOpen =
        record.byte(end - 1) == .comma || record.has(" : ", at: end)
        || record.byte(end - 1) == .colon && record.byte(end - 2) == .space
      guard isOpen else { break }
      end = record.find(.space, end + 1, record.count) ?? record.count
    }
    scan.move(to: end)
    return Token(mark: .word, value: ByteRange(start, end))
  }

  // MARK: Layouts

  /// `len time [pool] [alternative] addresses lengths times statuses id`.
  ///
  /// Source: ingress-nginx documentation, "Log format", `log-format-upstream`.
  private func readIngress(
    _ record: Span<UInt8>, _ event: inout Event, _ fields: inout NginxAccessFields,
    _ batch: inout EventBatch
  ) -> Bool {
    guard let pool = tokens.firstIndex(where: { $0.mark == .bracketed }), pool >= 2,
      pool + 6 <= tokens.count, tokens[pool + 1].mark == .bracketed
    else { return false }
    let addresses = tokens[pool + 2].value
    guard NginxAccessFields.isAddressList(record, addresses),
      NginxAccessFields.isNumberList(record, tokens[pool + 3].value),
      NginxAccessFields.isNumberList(record, tokens[pool + 5].value)
    else { return false }
    event.pool = batch.names.id(record, tokens[pool].value)
    fields.exchange.addresses = addresses
    fields.exchange.lengths = tokens[pool + 3].value
    fields.exchange.responseTimes = tokens[pool + 4].value
    fields.exchange.statuses = tokens[pool + 5].value
    if pool + 6 < tokens.count { event.transaction = batch.keep(record, tokens[pool + 6].value) }
    let seconds = record.milliseconds(ofSeconds: tokens[pool - 1].value) ?? -1
    event.durationMilliseconds = Int32(clamping: seconds)
    return true
  }

  /// Statuses, and the times of request, connect, header and response.
  private static let mostFields = 5

  private mutating func readPlaces(
    _ record: Span<UInt8>, _ event: inout Event, _ fields: inout NginxAccessFields
  ) -> Bool {
    let known = layout.flatMap { $0.count == tokens.count ? $0.known : nil } ?? -1
    if known < Self.mostFields, let found = learn(record), found.known > known { layout = found }
    guard let layout, layout.count == tokens.count else { return false }
    let addresses = tokens[layout.addresses].value
    guard NginxAccessFields.isAddressList(record, addresses) else { return false }
    fields.exchange.addresses = addresses
    if let statuses = layout.statuses { fields.exchange.statuses = tokens[statuses].value }
    let times = layout.times
    // Documented order: request, connect, header, response.
    if let first = times.first {
      let seconds = record.milliseconds(ofSeconds: tokens[first].value) ?? -1
      event.durationMilliseconds = Int32(clamping: seconds)
    }
    if times.count == 4 {
      fields.exchange.connectTimes = tokens[times[1]].value
      fields.exchange.headerTimes = tokens[times[2]].value
    }
    if times.count > 1 { fields.exchange.responseTimes = tokens[times[times.count - 1]].value }
    return true
  }

  /// The first token is the length of the body; a list of addresses must be among the others.
  private func learn(_ record: Span<UInt8>) -> Layout? {
    let places = tokens.indices.dropFirst()
    guard let addresses = places.first(where: { isMemberList(record, tokens[$0].value) }) else {
      return nil
    }
    let statuses =
      places.first { $0 > addresses && isStatusList(record, tokens[$0].value) }
      ?? places.last { $0 < addresses && isStatusList(record, tokens[$0].value) }
    let times = times(among: places, record)
    // An address alone may be a damaged record of another server.
    guard statuses != nil || !times.isEmpty else { return nil }
    return Layout(count: tokens.count, addresses: addresses, statuses: statuses, times: times)
  }

  /// Times, and the dashes between them: what an attempt did not reach.
  private func times(among places: Range<Int>, _ record: Span<UInt8>) -> [Int] {
    guard let first = places.first(where: { isTimeList(record, tokens[$0].value) }),
      let last = places.last(where: { isTimeList(record, tokens[$0].value) })
    else { return [] }
    return (first...last).filter {
      isTimeList(record, tokens[$0].value)
        || tokens[$0].mark == .word && record.equals(tokens[$0].value, "-")
    }
  }

  /// Every element has a port, or is a socket; an IPv6 address without brackets is a client's.
  private func isMemberList(_ record: Span<UInt8>, _ list: ByteRange) -> Bool {
    guard NginxAccessFields.isAddressList(record, list) else { return false }
    for index in 0..<NginxExchange.count(record, list) {
      let element = NginxExchange.element(record, list, index)
      if record.has("unix:", at: element.start) { continue }
      guard let colon = record.findLast(.colon, in: element), colon > element.start,
        record.byte(colon - 1) == .closeBracket
          || record.find(.colon, element.start, colon) == nil,
        let port = record.integer(ByteRange(colon + 1, element.end)), (1..<65_536).contains(port)
      else { return false }
    }
    return NginxExchange.count(record, list) > 0
  }

  private func isStatusList(_ record: Span<UInt8>, _ list: ByteRange) -> Bool {
    let status = NginxExchange.element(record, list, 0)
    guard status.count == 3, let value = record.integer(status) else { return false }
    return (100..<600).contains(value) && NginxAccessFields.isNumberList(record, list)
  }

  /// Seconds with a fraction; a dash for an attempt that did not come so far.
  private func isTimeList(_ record: Span<UInt8>, _ list: ByteRange) -> Bool {
    guard NginxAccessFields.isNumberList(record, list) else { return false }
    var hasTime = false
    for index in 0..<NginxExchange.count(record, list) {
      let seconds = NginxExchange.element(record, list, index)
      if record.equals(seconds, "-") { continue }
      guard record.find(UInt8(ascii: "."), seconds.start, seconds.end) != nil,
        record.milliseconds(ofSeconds: seconds) != nil
      else { return false }
      hasTime = true
    }
    return hasTime
  }
}

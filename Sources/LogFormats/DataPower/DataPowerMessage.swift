import LogEvents

/// What a DataPower message says: class, side and where its backend stands.
///
/// Codes decide first, because text is translated on devices in other languages; messages without a
/// public code go by text. Source: the table of formats/datapower.md §2.2.
struct DataPowerMessage {
  enum Side { case backend, front, gateway, neither }

  enum Place {
    case nowhere
    /// Behind this text, to the end or to the closing quote.
    case url(String)
    case quoted
    case host
    /// `[http://host:port/path]` at the end.
    case lastBracket
    /// `"host port 8443"`
    case hostAndPort
    case object
    /// `Server host:port in load balancer group marked up`
    case member
  }

  /// Codes of this message; any of them with the text, if there is one.
  var codes: [UInt32]
  var text: String
  var outcome: Outcome
  var side: Side
  var place: Place
  /// Says nothing of the cause: other lines of the transaction do.
  var isGeneric: Bool

  private init(
    _ codes: [UInt32], _ text: String, _ outcome: Outcome, _ side: Side,
    _ place: Place = .nowhere, isGeneric: Bool = false
  ) {
    self.codes = codes
    self.text = text
    self.outcome = outcome
    self.side = side
    self.place = place
    self.isGeneric = isGeneric
  }

  /// Text that users wrote: never matched.
  static let userCodes: [UInt32] = [0x8000_0001, 0x8580_005c]

  static func find(_ record: Span<UInt8>, _ entry: DataPowerEntry) -> DataPowerMessage? {
    if userCodes.contains(entry.codeNumber) { return nil }
    if let hit = table.first(where: { $0.codes.contains(entry.codeNumber) }) { return hit }
    return table.first { !$0.text.isEmpty && record.find($0.text, in: entry.message) != nil }
  }

  static let table: [DataPowerMessage] = [
    DataPowerMessage([], "HTTP response code ", .ok, .backend, .quoted),
    DataPowerMessage([0x80e0_0073], "", .ok, .backend, .lastBracket),
    DataPowerMessage([], "ExtLatency: ", .ok, .backend, .lastBracket),
    DataPowerMessage([], "Latency: ", .ok, .backend, .lastBracket),
    DataPowerMessage([0x0113_0011], "", .badGatewayResponse, .backend),
    DataPowerMessage(
      [0x80e0_0126], "Valid backside connection could not be established", .connectTimeout,
      .backend, .url("url: "), isGeneric: true),
    DataPowerMessage(
      [], "Backside header", .responseTimeout, .backend, .url("URL: "), isGeneric: true),
    DataPowerMessage(
      [], "Failed to establish a connection to the server", .dnsFailure, .backend, .url("URL: ")),
    DataPowerMessage(
      [], "Connection error(", .connectUnreachable, .backend, .quoted, isGeneric: true),
    DataPowerMessage([], "DNS Callback cannot resolve host", .dnsFailure, .backend, .host),
    DataPowerMessage(
      [0x80e0_0127], "Network Error on Back interface", .connectionReset, .backend, isGeneric: true),
    DataPowerMessage(
      [0x80e0_003e], "url-open: Cannot create connection to", .connectUnreachable, .neither,
      .quoted),
    DataPowerMessage([], "url-open: Remote error on url", .http5xx, .neither, .quoted),
    DataPowerMessage([0x80e0_027d], "", .configError, .gateway),
    DataPowerMessage([], "HTTP Redirect from '", .configError, .backend, .quoted),
    DataPowerMessage(
      [0x8100_02d4], "TCP connection to \"", .connectRefused, .neither, .hostAndPort),
    DataPowerMessage([0x8120_002f, 0x8120_0025, 0x8120_0026], "", .tlsFailure, .backend),
    DataPowerMessage([0x8060_010a], "", .tlsFailure, .backend),
    DataPowerMessage(
      [0x80e0_0130], "could not establish SSL for incoming connection", .tlsFailure, .front),
    DataPowerMessage(
      [], "could not establish SSL for outgoing connection", .tlsFailure, .backend),
    DataPowerMessage([0x8060_00c6, 0x8060_010b], "", .info, .neither),
    DataPowerMessage(
      [0x80c0_0008, 0x80c0_0009, 0x80e0_03aa], "", .other, .neither, .url(" of ")),
    DataPowerMessage(
      [0x0003_0001, 0x0003_0003, 0x00d3_0005, 0x0023_0001, 0x00c3_0008], "", .other, .neither),
    DataPowerMessage([0x00d3_0003], "", .other, .neither),
    DataPowerMessage([0x80e0_0161], "", .clientAbort, .front),
    DataPowerMessage([0x80e0_0160, 0x88c0_0002], "", .other, .front),
    DataPowerMessage([0x8040_00a0], "Not permitting connection", .overload, .gateway),
    DataPowerMessage([], "Throttler forced a system", .overload, .gateway),
    DataPowerMessage([], "in load balancer group marked ", .serverDown, .neither, .member),
    DataPowerMessage([0x0035_0015], "", .serverDown, .neither, .object),
    DataPowerMessage([0x0035_0014], "", .serverUp, .neither, .object),
    DataPowerMessage(
      [
        0x80e0_0386, 0x80e0_0116, 0x00b3_0002, 0x0033_0019, 0x0033_0061, 0x0033_0091,
      ], "", .configError, .gateway),
    // Last, because other messages quote it.
    DataPowerMessage(
      [0x0113_0006, 0x0113_0007, 0x0113_0008, 0x0113_0009, 0x0113_001c, 0x0113_001e],
      "Failed to establish a backside connection", .connectUnreachable, .backend, isGeneric: true),
    DataPowerMessage(
      [], "Failed to establish a backend connection", .connectUnreachable, .backend,
      isGeneric: true),
  ]

  // MARK: Places

  /// `host:port` of the message's backend.
  func backend(_ record: Span<UInt8>, _ entry: DataPowerEntry) -> [UInt8] {
    let message = entry.message
    switch place {
    case .nowhere: return []
    case .object: return Self.copy(record, entry.object)
    case .member:
      guard let hit = record.find("Server ", in: message) else { return [] }
      let start = hit + "Server ".utf8.count
      return Self.copy(
        record, ByteRange(start, record.find(.space, start, message.end) ?? message.end))
    case .url(let mark):
      if let hit = Self.findLast(mark, record, message) {
        return DataPowerURL.endpoint(record, ByteRange(hit + mark.utf8.count, message.end))
      }
      return Self.lastURL(record, message)
    case .quoted:
      guard let open = record.find(UInt8(ascii: "'"), message.start, message.end) else {
        return Self.lastURL(record, message)
      }
      guard let close = record.find(UInt8(ascii: "'"), open + 1, message.end) else { return [] }
      return DataPowerURL.endpoint(record, ByteRange(open + 1, close))
    case .host:
      guard let open = record.find(UInt8(ascii: "'"), message.start, message.end),
        let close = record.find(UInt8(ascii: "'"), open + 1, message.end)
      else { return [] }
      return Self.copy(record, ByteRange(open + 1, close))
    case .lastBracket:
      guard let open = record.find("[", in: message),
        let close = record.findLast(.closeBracket, in: message), close > open
      else { return [] }
      let start = record.byte(open + 1) == .openBracket ? open + 2 : open + 1
      return DataPowerURL.endpoint(record, ByteRange(start, close))
    case .hostAndPort:
      guard let open = record.find(.quote, message.start, message.end),
        let close = record.find(.quote, open + 1, message.end),
        let port = record.find(" port ", open, close)
      else { return [] }
      return Self.copy(record, ByteRange(open + 1, port)) + [.colon]
        + Self.copy(record, ByteRange(port + " port ".utf8.count, close))
    }
  }

  private static func copy(_ record: Span<UInt8>, _ range: ByteRange) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(record, range.start, range.end)
    return bytes
  }

  private static func findLast(_ text: String, _ record: Span<UInt8>, _ range: ByteRange) -> Int? {
    var found: Int?
    var at = range.start
    while let hit = record.find(text, at, range.end) {
      found = hit
      at = hit + 1
    }
    return found
  }

  /// For translated text: the last URL of a message whose code is known.
  private static func lastURL(_ record: Span<UInt8>, _ message: ByteRange) -> [UInt8] {
    guard let hit = findLast("http", record, message) else { return [] }
    return DataPowerURL.endpoint(record, ByteRange(hit, message.end))
  }

  /// A latency record counts as served when a response header came.
  static func isServed(_ record: Span<UInt8>, _ message: ByteRange) -> Bool {
    if record.has("ExtLatency:", at: message.start) {
      return record.find("TC=", in: message) != nil
    }
    guard let mark = record.find("Latency:", in: message) else { return false }
    var at = mark + "Latency:".utf8.count
    var eighth = 0
    for place in 1...16 {
      while record.byte(at) == .space { at += 1 }
      let start = at
      while record.byte(at).isDigit { at += 1 }
      guard at > start else { return false }
      if place == 8 { eighth = record.integer(ByteRange(start, at)) ?? 0 }
    }
    return eighth > 0
  }
}

/// Host and port of a URL, as a backend's name.
enum DataPowerURL {
  /// Whether a byte ends the authority of a URL, in a URL or in the text around it.
  private static func isStop(_ byte: UInt8) -> Bool {
    switch byte {
    case .slash, .quote, .comma, .openParenthesis, .closeParenthesis, UInt8(ascii: "?"),
      UInt8(ascii: "'"), UInt8(ascii: "#"), UInt8(ascii: "<"), UInt8(ascii: ">"),
      UInt8(ascii: ";"), UInt8(ascii: "\\"):
      true
    default: byte <= .space || byte >= 0x7f
    }
  }

  private static func hasScheme(
    _ record: Span<UInt8>, _ scheme: String, _ start: Int, _ end: Int
  ) -> Bool {
    let stop = start + scheme.utf8.count
    return stop <= end && record.equalsIgnoringCase(ByteRange(start, stop), scheme)
  }

  /// `host:port` with the scheme's default port; empty for other schemes and empty hosts.
  static func endpoint(_ record: Span<UInt8>, _ url: ByteRange) -> [UInt8] {
    let isTLS: Bool
    var start = url.start
    if hasScheme(record, "https://", start, url.end) {
      isTLS = true
      start += 8
    } else if hasScheme(record, "http://", start, url.end) {
      isTLS = false
      start += 7
    } else {
      return []
    }
    var end = start
    while end < url.end {
      if isStop(record.byte(end)) { break }
      end += 1
    }
    if let at = record.findLast(UInt8(ascii: "@"), in: ByteRange(start, end)) { start = at + 1 }
    guard start < end, record.byte(start) != .colon else { return [] }
    var name: [UInt8] = []
    name.reserveCapacity(end - start + 4)
    for at in start..<end { name.append(lowercased(record.byte(at))) }
    let hasPort: Bool
    if let colon = record.findLast(.colon, in: ByteRange(start, end)) {
      hasPort =
        record.byte(colon + 1).isDigit
        && (record.byte(start) != .openBracket
          || record.byte(colon - 1) == .closeBracket)
    } else {
      hasPort = false
    }
    if !hasPort { name += Array((isTLS ? ":443" : ":80").utf8) }
    return name
  }
}

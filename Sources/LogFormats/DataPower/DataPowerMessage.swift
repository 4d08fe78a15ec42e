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
    case url(StaticString)
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
  var text: StaticString
  var meaning: Meaning

  /// What a message of the kind means.
  struct Meaning {
    var outcome: Outcome
    var side: Side
    var place: Place
    /// Says nothing of the cause: other lines of the transaction do.
    var isGeneric: Bool

    /// Written whether or not the transaction failed.
    var isLatency: Bool { if case .lastBracket = place { true } else { false } }
  }

  private init(
    _ codes: [UInt32], _ text: StaticString, _ outcome: Outcome, _ side: Side,
    _ place: Place = .nowhere, isGeneric: Bool = false
  ) {
    self.codes = codes
    self.text = text
    meaning = Meaning(outcome: outcome, side: side, place: place, isGeneric: isGeneric)
  }

  /// The place in the table of what a record says.
  static func find(_ record: Span<UInt8>, _ entry: DataPowerEntry) -> Int? {
    if isUsers(entry.codeNumber) { return nil }
    if let place = places.place(of: entry.codeNumber) { return place }
    return table.firstIndex {
      $0.text.utf8CodeUnitCount > 0 && record.find($0.text, in: entry.message) != nil
    }
  }

  /// Text that users wrote: never matched.
  static func isUsers(_ code: UInt32) -> Bool { code == 0x8000_0001 || code == 0x8580_005c }

  private static let places = CodePlaces(table)

  /// The places of the codes in a table, by hash: asked for each record.
  private struct CodePlaces {
    /// 0 is no code.
    private var slots = [(code: UInt32, place: Int)](repeating: (0, 0), count: 256)

    init(_ table: [DataPowerMessage]) {
      for (place, message) in table.enumerated() {
        for code in message.codes where self.place(of: code) == nil {
          var slot = Self.slot(code)
          while slots[slot].code != 0 { slot = (slot + 1) & 255 }
          slots[slot] = (code, place)
        }
      }
    }

    func place(of code: UInt32) -> Int? {
      var slot = Self.slot(code)
      while slots[slot].code != 0 {
        if slots[slot].code == code { return slots[slot].place }
        slot = (slot + 1) & 255
      }
      return nil
    }

    private static func slot(_ code: UInt32) -> Int { Int((code &* 0x9e37_79b9) >> 24) }
  }

  /// Those of the table, for each record.
  static let meanings = table.map(\.meaning)

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

}

// MARK: Places

extension DataPowerMessage.Meaning {
  /// `host:port` of the message's backend.
  func backend(
    _ record: Span<UInt8>, _ entry: DataPowerEntry
  ) -> BackendText {
    let message = entry.message
    switch place {
    case .nowhere: return .none
    case .object: return .verbatim(entry.object)
    case .member:
      guard let hit = record.find("Server ", in: message) else { return .none }
      let start = hit + "Server ".utf8.count
      return .verbatim(
        ByteRange(start, record.find(.space, start, message.end) ?? message.end))
    case .url(let mark):
      if let hit = Self.findLast(mark, record, message) {
        return DataPowerURL.endpoint(
          record, ByteRange(hit + mark.utf8CodeUnitCount, message.end))
      }
      return Self.lastURL(record, message)
    case .quoted:
      guard let open = record.find(UInt8(ascii: "'"), message.start, message.end) else {
        return Self.lastURL(record, message)
      }
      guard let close = record.find(UInt8(ascii: "'"), open + 1, message.end) else { return .none }
      return DataPowerURL.endpoint(record, ByteRange(open + 1, close))
    case .host:
      guard let open = record.find(UInt8(ascii: "'"), message.start, message.end),
        let close = record.find(UInt8(ascii: "'"), open + 1, message.end)
      else { return .none }
      return .verbatim(ByteRange(open + 1, close))
    case .lastBracket:
      guard let url = Self.lastBracket(record, message) else { return .none }
      return DataPowerURL.endpoint(record, url)
    case .hostAndPort:
      guard let open = record.find(.quote, message.start, message.end),
        let close = record.find(.quote, open + 1, message.end),
        let port = record.find(" port ", open, close)
      else { return .none }
      return .spelt(
        Self.copy(record, ByteRange(open + 1, port)) + [.colon]
          + Self.copy(record, ByteRange(port + " port ".utf8.count, close)))
    }
  }

  /// The URL in brackets at the end of a latency record.
  static func lastBracket(_ record: Span<UInt8>, _ message: ByteRange) -> ByteRange? {
    guard let open = record.find(.openBracket, message.start, message.end),
      let close = record.findLast(.closeBracket, in: message), close > open
    else { return nil }
    return ByteRange(record.byte(open + 1) == .openBracket ? open + 2 : open + 1, close)
  }

  private static func copy(_ record: Span<UInt8>, _ range: ByteRange) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(record, range.start, range.end)
    return bytes
  }

  private static func findLast(
    _ text: StaticString, _ record: Span<UInt8>, _ range: ByteRange
  ) -> Int? {
    var found: Int?
    var at = range.start
    while let hit = record.find(text, at, range.end) {
      found = hit
      at = hit + 1
    }
    return found
  }

  /// For translated text: the last URL of a message whose code is known.
  private static func lastURL(_ record: Span<UInt8>, _ message: ByteRange) -> BackendText {
    guard let hit = findLast("http", record, message) else { return .none }
    return DataPowerURL.endpoint(record, ByteRange(hit, message.end))
  }
}

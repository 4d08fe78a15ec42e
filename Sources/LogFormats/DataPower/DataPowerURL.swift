import LogEvents

/// A backend's name, as a record has it or spelt otherwise.
enum BackendText {
  case none
  case verbatim(ByteRange)
  /// In a URL that says all of the name, in small letters.
  case endpoint(ByteRange)
  case spelt([UInt8])

  var isEmpty: Bool {
    switch self {
    case .none: true
    case .verbatim(let range), .endpoint(let range): range.isEmpty
    case .spelt(let bytes): bytes.isEmpty
    }
  }

  func id(_ record: Span<UInt8>, _ names: inout NameTable) -> NameID {
    switch self {
    case .none: .none
    case .verbatim(let range), .endpoint(let range): names.id(record, range)
    case .spelt(let bytes): names.id(bytes.span)
    }
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

  /// `https://` or `http://` at the start of a URL, and its length.
  private static func scheme(
    _ record: Span<UInt8>, _ url: ByteRange
  ) -> (isTLS: Bool, count: Int)? {
    if url.count >= 8, record.has("https://", at: url.start) { return (true, 8) }
    if url.count >= 7, record.has("http://", at: url.start) { return (false, 7) }
    func has(_ scheme: String) -> Bool {
      let stop = url.start + scheme.utf8.count
      return stop <= url.end && record.equalsIgnoringCase(ByteRange(url.start, stop), scheme)
    }
    return has("https://") ? (true, 8) : has("http://") ? (false, 7) : nil
  }

  /// `host:port` with the scheme's default port; empty for other schemes and empty hosts.
  static func endpoint(_ record: Span<UInt8>, _ url: ByteRange) -> BackendText {
    guard let (isTLS, length) = scheme(record, url) else { return .none }
    var start = url.start + length
    var end = plainEnd(record, start, url.end)
    let isPlain = end == url.end || isStop(record.byte(end))
    while end < url.end {
      if isStop(record.byte(end)) { break }
      end += 1
    }
    if !isPlain, let at = record.findLast(UInt8(ascii: "@"), in: ByteRange(start, end)) {
      start = at + 1
    }
    guard start < end, record.byte(start) != .colon else { return .none }
    let hasPort: Bool
    if let colon = record.findLast(.colon, in: ByteRange(start, end)) {
      hasPort =
        record.byte(colon + 1).isDigit
        && (record.byte(start) != .openBracket
          || record.byte(colon - 1) == .closeBracket)
    } else {
      hasPort = false
    }
    if isPlain, hasPort { return .endpoint(ByteRange(start, end)) }
    var name: [UInt8] = []
    name.reserveCapacity(end - start + 4)
    for at in start..<end { name.append(lowercased(record.byte(at))) }
    if !hasPort { name += Array((isTLS ? ":443" : ":80").utf8) }
    return .spelt(name)
  }

  /// Where the small letters, digits, dots, colons and dashes end, of which most names are.
  private static func plainEnd(_ record: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
    let each: UInt64 = 0x0101_0101_0101_0101
    let top = 0x80 &* each
    var at = start
    while at < end {
      let word = at &+ 8 <= record.count ? record.word(at: at) : record.word(at, end)
      let low = word & ~top
      // From `-` to `:`, but for the slash; from `a` to `z`.
      let isMark =
        (low &+ (0x53 &* each)) & ~(low &+ (0x45 &* each))
        & ((low ^ (0x2f &* each)) &+ (0x7f &* each))
      let isLetter = (low &+ (0x1f &* each)) & ~(low &+ (0x05 &* each))
      let others = ~(isMark | isLetter) & top | word & top
      if others != 0 { return min(at &+ others.trailingZeroBitCount / 8, end) }
      at &+= 8
    }
    return end
  }
}

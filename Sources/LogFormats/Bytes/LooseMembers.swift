/// Walks the `"key": value` pairs of JSON that a format string spelled.
///
/// Nobody checked it: it may be cut, hold raw quotes, empty values or lists without quotes. Nested
/// objects are flattened.
///
///     {"uri":"/a"b","code":009,"times":0.1, 0.2,"upstream":{"addr":"192.0.2.1:80"}}
///
/// Nothing here throws: what cannot be understood is passed over.
struct LooseMembers: ~Escapable {
  struct Member {
    /// The key of the object that the pair stands in; empty at the top.
    var parent: ByteRange
    var key: ByteRange
    /// Without the quotes of a string, blanks trimmed otherwise.
    var value: ByteRange
    /// Whether the record ended before the value did.
    var isCut = false
  }

  private let bytes: Span<UInt8>
  private var at: Int
  private var parent = ByteRange.empty

  /// Begins at the first byte, which must be `{`.
  @_lifetime(copy bytes)
  init?(_ bytes: Span<UInt8>) {
    guard bytes.byte(0) == UInt8(ascii: "{") else { return nil }
    self.bytes = bytes
    at = 1
  }

  mutating func next() -> Member? {
    while at < bytes.count {
      let byte = bytes[at]
      if byte == UInt8(ascii: "}") { parent = .empty }
      guard byte == .quote else {
        at += 1
        continue
      }
      guard let close = bytes.find(.quote, at + 1, bytes.count) else { return nil }
      let key = ByteRange(at + 1, close)
      at = close + 1
      skipBlanks()
      guard bytes.byte(at) == .colon else { continue }
      at += 1
      skipBlanks()
      switch bytes.byte(at) {
      case UInt8(ascii: "{"):
        parent = key
        at += 1
      case .quote:
        at += 1
        return string(key)
      default:
        return bare(key)
      }
    }
    return nil
  }

  private mutating func skipBlanks() {
    while at < bytes.count, isBlank(bytes[at]) { at += 1 }
  }

  /// A string ends at a quote behind which the object goes on or ends.
  private mutating func string(_ key: ByteRange) -> Member {
    let start = at
    while let quote = bytes.find(.quote, at, bytes.count) {
      at = quote + 1
      if bytes.byte(quote - 1) == UInt8(ascii: "\\"), quote > start { continue }
      if endsValue(quote + 1) {
        return Member(parent: parent, key: key, value: ByteRange(start, quote))
      }
    }
    at = bytes.count
    return Member(parent: parent, key: key, value: ByteRange(start, bytes.count), isCut: true)
  }

  private mutating func bare(_ key: ByteRange) -> Member {
    let start = at
    let isList = bytes.byte(at) == .openBracket
    while at < bytes.count {
      if isList ? bytes[at] == .closeBracket : endsValue(at) {
        let value = bytes.trimmed(ByteRange(start, isList ? at + 1 : at))
        if isList { at += 1 }
        return Member(parent: parent, key: key, value: value)
      }
      at += 1
      // One look beyond a run of blanks is enough.
      while at < bytes.count, isBlank(bytes[at - 1]), isBlank(bytes[at]) { at += 1 }
    }
    return Member(parent: parent, key: key, value: ByteRange(start, bytes.count), isCut: true)
  }

  /// Whether `}` or a comma with the next key stands at `position`.
  private func endsValue(_ position: Int) -> Bool {
    var position = position
    while position < bytes.count, isBlank(bytes[position]) { position += 1 }
    if position >= bytes.count || bytes[position] == UInt8(ascii: "}") { return true }
    guard bytes[position] == .comma else { return false }
    position += 1
    while position < bytes.count, isBlank(bytes[position]) { position += 1 }
    return bytes.byte(position) == .quote
  }
}

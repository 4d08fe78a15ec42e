import LogEvents

/// Walks the members of one JSON object without building anything (RFC 8259).
///
/// Nested objects and arrays come as ranges; walk an object's range with a walker of its own.
struct JSONMembers: ~Escapable {
  struct Member {
    enum Kind { case string, number, literal, object, array }
    var key: ByteRange
    /// Without the quotes for strings; with the brackets for objects and arrays.
    var value: ByteRange
    var kind: Kind
    /// Whether the string has escapes; read it with `unescape`.
    var hasEscapes = false
  }

  private let bytes: Span<UInt8>
  private var at: Int
  private let end: Int
  private var isFirst = true

  /// Begins at the `{` of the range, spaces before it allowed.
  @_lifetime(copy bytes)
  init?(_ bytes: Span<UInt8>, _ range: ByteRange) {
    self.bytes = bytes
    end = min(range.end, bytes.count)
    at = max(range.start, 0)
    while at < end, isBlank(bytes[at]) { at += 1 }
    guard at < end, bytes[at] == UInt8(ascii: "{") else { return nil }
    at += 1
  }

  /// The next member, or `nil` after the last one.
  mutating func next() throws(RecordFault) -> Member? {
    skipBlanks()
    if bytes.byte(at) == UInt8(ascii: "}"), at < end { return nil }
    if !isFirst {
      guard bytes.byte(at) == .comma else { throw .badShape }
      at += 1
      skipBlanks()
    }
    isFirst = false
    let (key, _) = try string()
    skipBlanks()
    guard at < end, bytes.byte(at) == .colon else { throw .badShape }
    at += 1
    skipBlanks()
    switch bytes.byte(at) {
    case .quote:
      let (value, hasEscapes) = try string()
      return Member(key: key, value: value, kind: .string, hasEscapes: hasEscapes)
    case UInt8(ascii: "{"): return Member(key: key, value: try nested(), kind: .object)
    case .openBracket: return Member(key: key, value: try nested(), kind: .array)
    default:
      let start = at
      while at < end, bytes[at] != .comma, bytes[at] != UInt8(ascii: "}"), !isBlank(bytes[at]) {
        at += 1
      }
      guard at > start else { throw .badShape }
      let isNumber = bytes[start].isDigit || bytes[start] == .dash
      return Member(
        key: key, value: ByteRange(start, at), kind: isNumber ? .number : .literal)
    }
  }

  private mutating func skipBlanks() { while at < end, isBlank(bytes[at]) { at += 1 } }

  private mutating func string() throws(RecordFault) -> (ByteRange, Bool) {
    guard at < end, bytes[at] == .quote else { throw .badShape }
    at += 1
    let start = at
    var hasEscapes = false
    while at < end, bytes[at] != .quote {
      if bytes[at] == UInt8(ascii: "\\") {
        hasEscapes = true
        at += 1
      }
      at += 1
    }
    guard at < end else { throw .badShape }
    at += 1
    return (ByteRange(start, at - 1), hasEscapes)
  }

  private mutating func nested() throws(RecordFault) -> ByteRange {
    let start = at
    var depth = 0
    while at < end {
      switch bytes[at] {
      case .quote:
        _ = try string()
        continue
      case UInt8(ascii: "{"), .openBracket: depth += 1
      case UInt8(ascii: "}"), .closeBracket: depth -= 1
      default: break
      }
      at += 1
      if depth == 0 { return ByteRange(start, at) }
    }
    throw .badShape
  }
}

/// Appends the text of a JSON string without its escapes; broken escapes stay as they are.
func unescape(_ bytes: Span<UInt8>, _ range: ByteRange, into text: inout [UInt8]) {
  var at = range.start
  let end = min(range.end, bytes.count)
  while at < end {
    guard bytes[at] == UInt8(ascii: "\\"), at + 1 < end else {
      text.append(bytes[at])
      at += 1
      continue
    }
    at += 2
    switch bytes[at - 1] {
    case UInt8(ascii: "n"): text.append(.newline)
    case UInt8(ascii: "t"): text.append(.tab)
    case UInt8(ascii: "r"): text.append(.carriageReturn)
    case UInt8(ascii: "b"): text.append(8)
    case UInt8(ascii: "f"): text.append(12)
    case UInt8(ascii: "u"):
      guard var scalar = hexadecimal(bytes, at, at + 4) else {
        text.append(UInt8(ascii: "\\"))
        text.append(UInt8(ascii: "u"))
        continue
      }
      at += 4
      if scalar >> 10 == 0x36, bytes.has("\\u", at: at),
        let low = hexadecimal(bytes, at + 2, at + 6), low >> 10 == 0x37
      {
        scalar = 0x10000 + (scalar & 0x3ff) << 10 + low & 0x3ff
        at += 6
      }
      let character = Unicode.Scalar(scalar) ?? "\u{fffd}"
      text.append(contentsOf: String(Character(character)).utf8)
    default: text.append(bytes[at - 1])
    }
  }
}

/// The number that the hexadecimal digits of [start, end) spell; `nil` for others, or over 8 digits.
func hexadecimal(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> UInt32? {
  guard start >= 0, start < end, end <= bytes.count, end - start <= 8 else { return nil }
  if end - start == 8 { return hexadecimal(bytes.word(at: start)) }
  var value: UInt32 = 0
  for at in start..<end {
    let digit: UInt8
    switch lowercased(bytes[at]) {
    case let byte where byte.isDigit: digit = byte &- 48
    case let byte where byte >= 97 && byte <= 102: digit = byte &- 87
    default: return nil
    }
    value = value << 4 | UInt32(digit)
  }
  return value
}

/// The number that eight hexadecimal digits spell, all at once; `nil` if one is none.
private func hexadecimal(_ digits: UInt64) -> UInt32? {
  let each: UInt64 = 0x0101_0101_0101_0101
  guard digits & (0x80 &* each) == 0 else { return nil }
  let isDigit = ~((digits ^ (0x30 &* each)) &+ (0x76 &* each)) & (0x80 &* each)
  // 1...6 for letters of either case.
  let letter = (digits | (0x20 &* each)) ^ (0x60 &* each)
  let isLetter =
    (letter &+ (0x7f &* each)) & ~(letter &+ (0x79 &* each)) & (0x80 &* each)
  guard isDigit | isLetter == 0x80 &* each else { return nil }
  var value = ((digits & (0x0f &* each)) &+ (isLetter >> 7) &* 9).byteSwapped
  value = (value | value >> 4) & 0x00ff_00ff_00ff_00ff
  value = (value | value >> 8) & 0x0000_ffff_0000_ffff
  return UInt32(truncatingIfNeeded: value | value >> 16)
}

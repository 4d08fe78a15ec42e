/// Walks the objects of a JSON array, as far as the record goes: a cut one is not told.
struct JSONObjects: ~Escapable {
  private let bytes: Span<UInt8>
  private var at: Int
  private let end: Int

  /// Begins at the `[` of the range, or behind it.
  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>, _ range: ByteRange) {
    self.bytes = bytes
    at = max(range.start, 0)
    end = min(range.end, bytes.count)
    while at < end, isBlank(bytes[at]) { at += 1 }
    if at < end, bytes[at] == .openBracket { at += 1 }
  }

  mutating func next() -> ByteRange? {
    while at < end, isBlank(bytes[at]) || bytes[at] == .comma { at += 1 }
    guard at < end, bytes[at] == UInt8(ascii: "{") else { return nil }
    let start = at
    var depth = 0
    var isQuoted = false
    while at < end {
      switch bytes[at] {
      case UInt8(ascii: "\\"): if isQuoted { at += 1 }
      case .quote: isQuoted.toggle()
      case UInt8(ascii: "{"): if !isQuoted { depth += 1 }
      case UInt8(ascii: "}"): if !isQuoted { depth -= 1 }
      default: break
      }
      at += 1
      if depth == 0 { return ByteRange(start, min(at, end)) }
    }
    return nil
  }
}

/// JSON that a tool printed over several lines: objects begin on a line of their own.
enum JSONLines {
  /// Whether an object or an array of objects begins on the line.
  static func startsRecord(_ line: Span<UInt8>) -> Bool {
    var at = 0
    while isBlank(line.byte(at)) { at += 1 }
    if line.byte(at) == .openBracket, at == 0 {
      at += 1
      while isBlank(line.byte(at)) { at += 1 }
      return at >= line.count || line.byte(at) == UInt8(ascii: "{")
    }
    return line.byte(at) == UInt8(ascii: "{")
  }

  /// The array of objects that the record is; `nil` for any other record.
  static func array(_ record: Span<UInt8>) -> ByteRange? {
    var at = 0
    while isBlank(record.byte(at)) { at += 1 }
    guard record.byte(at) == .openBracket else { return nil }
    let start = at
    at += 1
    while isBlank(record.byte(at)) { at += 1 }
    return record.byte(at) == UInt8(ascii: "{") ? ByteRange(start, record.count) : nil
  }
}

import LogEvents

/// Log text as the digest keeps it: never longer than a reader needs, whatever a client sent.
enum BoundedText {
  static let messageBytes = 600
  static let uriBytes = 300
  static let nameBytes = 120
}

extension EventBatch {
  /// The text of a range, cut between characters to at most `limit` bytes; `nil` when empty.
  func string(_ range: TextRange, _ limit: Int) -> String? {
    let count = Int(range.count)
    guard count > limit else { return string(range) }
    let start = Int(range.start)
    var end = start + limit
    // A byte 10xxxxxx continues a character.
    while end > start, text[end] & 0xc0 == 0x80 { end -= 1 }
    return String(decoding: text[start..<end], as: UTF8.self)
  }

  /// The path of a URL, cut as `string` does: what follows `?`, `#` or `;` may hold a token or a name.
  func path(_ range: TextRange, _ limit: Int) -> String? {
    let start = Int(range.start)
    let end = start + Int(range.count)
    var stop = start
    while stop < end {
      let byte = text[stop]
      if byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") || byte == UInt8(ascii: ";") {
        break
      }
      stop += 1
    }
    return string(TextRange(start: range.start, count: UInt32(stop - start)), limit)
  }
}

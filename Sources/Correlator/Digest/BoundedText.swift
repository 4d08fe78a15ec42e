import LogEvents

/// Log text as the digest keeps it: never longer than a reader needs, whatever a client sent.
enum BoundedText {
  static let messageBytes = 600
  static let uriBytes = 300
  static let nameBytes = 120
}

extension EventBatch {
  /// Where the text of a range stands, cut between characters to at most `limit` bytes.
  func places(_ range: TextRange, _ limit: Int) -> Range<Int> {
    let start = Int(range.start)
    guard range.count > limit else { return start..<(start + Int(range.count)) }
    var end = start + limit
    // A byte 10xxxxxx continues a character.
    while end > start, text[end] & 0xc0 == 0x80 { end -= 1 }
    return start..<end
  }

  /// The same of the path of a URL: what follows `?`, `#` or `;` may hold a token or a name.
  func places(ofPath range: TextRange, _ limit: Int) -> Range<Int> {
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
    return places(TextRange(start: range.start, count: UInt32(stop - start)), limit)
  }
}

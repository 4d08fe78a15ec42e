/// The outline of a record: numbers, words and marks, to tell where a record leaves the shape of
/// another.
///
///     203.0.113.7 - - [20/Nov/2026:23:57:51 +0000] "GET / HTTP/1.1" 503 -
///     #.#.#.# - - [#/a/#:#:#:# +#] "..." # -
struct RecordShape {
  private enum Kind: Equatable {
    case number, word, quoted, blank
    case mark(UInt8)
    case end
  }

  private struct Token {
    var kind: Kind
    var range: ByteRange
  }

  /// Where `record` leaves the shape of `model`, and what stands there in the model.
  ///
  /// A dash is the number or word that is missing.
  static func departure(
    _ record: Span<UInt8>, from model: Span<UInt8>
  ) -> (at: Int, wanted: ByteRange, words: String)? {
    var (at, place) = (0, 0)
    while true {
      let (token, wanted) = (next(record, at), next(model, place))
      let isAbsent =
        token.kind == .mark(.dash) && isValue(wanted.kind)
        || wanted.kind == .mark(.dash) && isValue(token.kind)
      guard token.kind == wanted.kind || isAbsent else {
        return (at, wanted.range, words(wanted.kind))
      }
      if token.kind == .end { return nil }
      (at, place) = (token.range.end, wanted.range.end)
    }
  }

  private static func isValue(_ kind: Kind) -> Bool { kind == .number || kind == .word }

  private static func next(_ bytes: Span<UInt8>, _ start: Int) -> Token {
    guard start < bytes.count else { return Token(kind: .end, range: ByteRange(start, start)) }
    let byte = bytes[start]
    if byte == .quote, let close = bytes.find(.quote, start + 1, bytes.count) {
      return Token(kind: .quoted, range: ByteRange(start, close + 1))
    }
    let kind = kind(byte)
    var end = start + 1
    if case .mark = kind { return Token(kind: kind, range: ByteRange(start, end)) }
    while end < bytes.count, Self.kind(bytes[end]) == kind { end += 1 }
    return Token(kind: kind, range: ByteRange(start, end))
  }

  private static func kind(_ byte: UInt8) -> Kind {
    if byte.isDigit { return .number }
    if lowercased(byte) &- 97 < 26 || byte >= 0x80 || byte == UInt8(ascii: "_") { return .word }
    return isBlank(byte) ? .blank : .mark(byte)
  }

  private static func words(_ kind: Kind) -> String {
    switch kind {
    case .number: "a number"
    case .word: "a word"
    case .quoted: "a quoted text"
    case .blank: "a blank"
    case .mark(let byte): "`\(String(decoding: [byte], as: UTF8.self))`"
    case .end: "the end of the record"
    }
  }
}

/// What is wrong with a format, and where.
package struct PatternError: Error, Sendable, Hashable {
  /// What was typed.
  package var pattern: String
  /// Offset in its UTF-8 bytes.
  package var offset: Int
  package var sentence: String

  package init(_ pattern: String, at offset: Int, _ sentence: String) {
    self.pattern = pattern
    self.offset = offset
    self.sentence = sentence
  }

  /// The sentence, the pattern and a caret below the character that is meant.
  package var description: String {
    let before = String(decoding: pattern.utf8.prefix(max(0, offset)), as: UTF8.self)
    let caret = String(repeating: " ", count: before.count) + "^"
    return "\(sentence)\n  \(pattern)\n  \(caret)"
  }
}

/// Finds the word that was probably meant.
enum Spelling {
  /// The first of `words` that is one insertion, deletion, change or swap away.
  static func nearest(_ word: String, of words: [String]) -> String? {
    words.first { isNear(Array(word.utf8), Array($0.utf8)) }
  }

  private static func isNear(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    guard abs(a.count - b.count) <= 1, a != b else { return false }
    var start = 0
    while start < min(a.count, b.count), a[start] == b[start] { start += 1 }
    var (endA, endB) = (a.count, b.count)
    while endA > start, endB > start, a[endA - 1] == b[endB - 1] {
      endA -= 1
      endB -= 1
    }
    let (left, right) = (a[start..<endA], b[start..<endB])
    if left.count <= 1, right.count <= 1 { return true }
    return left.count == 2 && left.elementsEqual(right.reversed())
  }
}

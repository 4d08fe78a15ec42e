/// A format's text with the quoting of its configuration file taken off.
///
/// Each byte keeps its place in what was typed, so that an error can point at it.
struct PatternText: Sendable {
  struct Character: Sendable {
    var byte: UInt8
    /// Offset in what was typed.
    var offset: Int
    /// A backslash stood before it.
    var isEscaped = false
  }

  var characters: [Character] = []
  /// Offset just behind the text.
  var end: Int

  init(end: Int) { self.end = end }

  /// The text as it stands, `\"` for `"` apart: such came from within quotes.
  init(bare bytes: ArraySlice<UInt8>) {
    end = bytes.endIndex
    append(bytes)
  }

  var count: Int { characters.count }

  /// The byte at `index`, or 0 outside.
  func byte(_ index: Int) -> UInt8 {
    characters.indices.contains(index) ? characters[index].byte : 0
  }

  /// Whether an unescaped `byte` stands at `index`.
  func has(_ byte: UInt8, at index: Int) -> Bool {
    self.byte(index) == byte && !characters[index].isEscaped
  }

  func has(_ text: String, at index: Int) -> Bool {
    text.utf8.enumerated().allSatisfy { byte(index + $0.offset) == $0.element }
  }

  func offset(_ index: Int) -> Int {
    characters.indices.contains(index) ? characters[index].offset : end
  }

  func string(_ range: Range<Int>) -> String {
    String(decoding: range.map { byte($0) }, as: UTF8.self)
  }

  private mutating func append(_ bytes: ArraySlice<UInt8>) {
    var at = bytes.startIndex
    while at < bytes.endIndex {
      let isEscape =
        bytes[at] == UInt8(ascii: "\\") && at + 1 < bytes.endIndex
        && bytes[at + 1] >= UInt8(ascii: " ")
      if isEscape { at += 1 }
      characters.append(Character(byte: bytes[at], offset: at, isEscaped: isEscape))
      at += 1
    }
  }

  // MARK: The line of a configuration file

  /// What a directive's line gives as its format, or the text as it stands where there is none.
  ///
  /// `LogFormat "%h %l" name`, `CustomLog logs/a "%h %l"`, `log_format name escape=json '...' '...';`,
  /// `log-format "%ci:%cp"`.
  init(_ bytes: ArraySlice<UInt8>, directives: [Directive]) {
    let words = Self.words(bytes)
    guard let first = words.first, words.count > 1,
      let directive = directives.first(where: {
        String(decoding: bytes[first], as: UTF8.self).lowercased() == $0.name
      })
    else {
      self.init(bare: bytes)
      return
    }
    var chosen = Array(words.dropFirst(1 + directive.argument))
    if chosen.isEmpty { chosen = [words[words.count - 1]] }
    if !directive.joinsArguments { chosen = Array(chosen.prefix(1)) }
    self.init(end: chosen.last?.upperBound ?? bytes.endIndex)
    for word in chosen {
      let quote = bytes[word].first
      let isQuoted =
        word.count > 1 && (quote == .quote || quote == UInt8(ascii: "'"))
        && bytes[word].last == quote
      let isLast = word == chosen.last
      append(isQuoted ? bytes[word].dropFirst().dropLast() : bytes[word])
      // `escape=json` stands apart from what follows.
      if !isQuoted, !isLast { characters.append(Character(byte: .space, offset: word.upperBound)) }
    }
  }

  /// A directive that gives a format.
  struct Directive {
    /// In lower case.
    var name: String
    /// How many arguments stand before the format.
    var argument = 0
    /// Whether all further arguments make one format.
    var joinsArguments = false
  }

  /// Words as configuration files have them: quotes hold blanks, a `;` at the end is left out.
  private static func words(_ bytes: ArraySlice<UInt8>) -> [Range<Int>] {
    var words: [Range<Int>] = []
    var at = bytes.startIndex
    while at < bytes.endIndex {
      guard !isBlank(bytes[at]), bytes[at] != UInt8(ascii: ";") else {
        at += 1
        continue
      }
      let start = at
      let quote = bytes[at] == .quote || bytes[at] == UInt8(ascii: "'") ? bytes[at] : nil
      at += 1
      while at < bytes.endIndex, quote != nil || !isBlank(bytes[at]) {
        if bytes[at] == UInt8(ascii: "\\"), at + 1 < bytes.endIndex {
          at += 2
          continue
        }
        at += 1
        if let quote, bytes[at - 1] == quote { break }
        if quote == nil, at < bytes.endIndex, bytes[at] == UInt8(ascii: ";") { break }
      }
      words.append(start..<min(at, bytes.endIndex))
    }
    return words
  }
}

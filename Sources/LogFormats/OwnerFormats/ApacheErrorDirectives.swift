/// httpd's `ErrorLogFormat`.
///
/// A format is divided into fields at its blanks. A field whose directive has no value is left out
/// with the blank before it; `\ ` is a blank that divides nothing, `% ` divides and writes nothing.
///
/// Source: httpd manual 2.4, core "ErrorLogFormat"; server/core.c `parse_errorlog_item`,
/// server/log.c `do_errorlog_format`.
struct ApacheErrorDirectives {
  static let lines = [PatternText.Directive(name: "errorlogformat")]

  /// A field of the format, which is written whole or not at all.
  private struct Group {
    var items: [PatternItem] = []
    var isOptional = false
  }

  private let text: PatternText
  private let pattern: String
  private var groups = [Group()]
  private var at = 0

  static func items(
    _ text: PatternText, of pattern: String
  ) throws(PatternError) -> [PatternItem] {
    var directives = ApacheErrorDirectives(text: text, pattern: pattern)
    // `ErrorLogFormat connection "..."` are lines of their own.
    while directives.at < text.count { try directives.readNext() }
    return directives.groups.flatMap { group in
      guard group.isOptional, let first = group.items.first else { return group.items }
      return [PatternItem(kind: .optional(group.items), offset: first.offset)]
    }
  }

  private init(text: PatternText, pattern: String) {
    self.text = text
    self.pattern = pattern
  }

  private mutating func readNext() throws(PatternError) {
    if text.has(.space, at: at) {
      beginGroup()
      // A run of blanks is one division.
      while text.has(.space, at: at) { add(literal: text.byte(at)) }
      return
    }
    guard text.has(UInt8(ascii: "%"), at: at) else {
      add(literal: control(text.characters[at]))
      return
    }
    let start = at
    at += 1
    switch text.byte(at) {
    case .space:
      beginGroup()
      at += 1
    case UInt8(ascii: "%"): add(literal: UInt8(ascii: "%"))
    default: try readDirective(from: start)
    }
  }

  private mutating func beginGroup() {
    if groups[groups.count - 1].items.isEmpty { return }
    groups.append(Group())
  }

  private func control(_ character: PatternText.Character) -> UInt8 {
    guard character.isEscaped else { return character.byte }
    switch character.byte {
    case UInt8(ascii: "n"): return .newline
    case UInt8(ascii: "t"): return .tab
    case UInt8(ascii: "r"): return .carriageReturn
    default: return character.byte
    }
  }

  private mutating func add(literal byte: UInt8) {
    groups[groups.count - 1].items.append(
      PatternItem(kind: .literal([byte]), offset: text.offset(at)))
    at += 1
  }

  private mutating func readDirective(from start: Int) throws(PatternError) {
    var argument = ""
    var (isNeverEmpty, isLevelled) = (false, false)
    modifiers: while true {
      switch text.byte(at) {
      case UInt8(ascii: "-"), UInt8(ascii: "+"): isNeverEmpty = true
      case let byte where byte.isDigit: isLevelled = true
      case UInt8(ascii: "{"):
        let open = at
        while at < text.count, text.byte(at) != UInt8(ascii: "}") { at += 1 }
        guard at < text.count else {
          throw PatternError(pattern, at: text.offset(open), "this { has no }")
        }
        argument = text.string((open + 1)..<at)
      default: break modifiers
      }
      at += 1
    }
    let offset = text.offset(start)
    guard at < text.count else {
      throw PatternError(pattern, at: offset, "a directive begins here and does not end")
    }
    let letter = text.byte(at)
    at += 1
    let name = text.string(start..<at)
    if letter == UInt8(ascii: "t") {
      try readTime(argument, offset, name)
      return
    }
    guard let (field, shape, isAlwaysThere) = Self.directive(letter, argument) else {
      throw PatternError(
        pattern, at: text.offset(at - 1),
        "\(name) is no directive of ErrorLogFormat; %% stands for a percent sign")
    }
    groups[groups.count - 1].items.append(
      PatternItem(kind: .field(field, shape), offset: offset, name: name))
    if isLevelled || !(isNeverEmpty || isAlwaysThere) {
      groups[groups.count - 1].isOptional = true
    }
  }

  private static func directive(
    _ letter: UInt8, _ argument: String
  ) -> (PatternField?, FieldShape, isAlwaysThere: Bool)? {
    switch letter {
    case UInt8(ascii: "a"): (argument == "c" ? .clientOrPeer : .clientAndPort, .address, false)
    case UInt8(ascii: "A"): (nil, .address, false)
    case UInt8(ascii: "e"), UInt8(ascii: "n"): (nil, .text, false)
    case UInt8(ascii: "E"): (.systemError, .systemError, false)
    case UInt8(ascii: "F"): (nil, .sourceFile, false)
    case UInt8(ascii: "i"): (nil, .text, false)
    case UInt8(ascii: "k"): (nil, .number, false)
    case UInt8(ascii: "l"): (.level, .word, true)
    case UInt8(ascii: "L"): (argument.isEmpty ? .transaction : .connection, .word, false)
    case UInt8(ascii: "m"): (nil, .word, false)
    case UInt8(ascii: "M"): (.message, .text, true)
    case UInt8(ascii: "P"): (.process, .number, true)
    case UInt8(ascii: "T"): (.thread, .word, false)
    case UInt8(ascii: "v"), UInt8(ascii: "V"): (.service, .word, false)
    default: nil
    }
  }

  /// `%t` is ctime; `u` adds the fraction, `c` makes it ISO-like, `z` adds the zone; all else is
  /// strftime's.
  private mutating func readTime(
    _ argument: String, _ offset: Int, _ name: String
  ) throws(PatternError) {
    func append(_ field: PatternField, _ width: UInt8) {
      groups[groups.count - 1].items.append(
        PatternItem(kind: .field(field, .bytes(width)), offset: offset, name: name))
    }
    guard argument.allSatisfy({ "cuz".contains($0) }) else {
      let inner = PatternText(bare: Array(argument.utf8)[...])
      do throws(PatternError) {
        try TimePattern.append(
          inner, 0..<inner.count, pattern: pattern, to: &groups[groups.count - 1].items)
      } catch {
        throw PatternError(pattern, at: offset, error.sentence)
      }
      return
    }
    let fraction: UInt8 = argument.contains("u") ? 7 : 0
    let zone: UInt8 = argument.contains("z") ? 6 : 0
    if argument.contains("c") {
      append(.iso, 19 + fraction + zone)
    } else {
      append(.ctime, 24 + fraction + zone)
    }
  }
}

/// httpd's `LogFormat` and `CustomLog`.
///
/// Source: httpd manual 2.4, mod_log_config "Custom Log Formats"; mod_ssl, mod_logio, mod_unique_id.
struct ApacheDirectives {
  static let lines = [
    PatternText.Directive(name: "logformat"),
    PatternText.Directive(name: "customlog", argument: 1),
    PatternText.Directive(name: "globallog", argument: 1),
    PatternText.Directive(name: "transferlog"),
  ]

  /// What a letter without argument stands for.
  ///
  /// Strings are escaped (`"` is `\"`) since 2.0.46.
  private static let letters: [UInt8: (field: PatternField?, shape: FieldShape)] = [
    UInt8(ascii: "a"): (.client, .word), UInt8(ascii: "A"): (nil, .word),
    UInt8(ascii: "B"): (nil, .number), UInt8(ascii: "b"): (nil, .number),
    UInt8(ascii: "D"): (.microseconds, .number), UInt8(ascii: "f"): (.file, .text),
    UInt8(ascii: "h"): (.client, .word), UInt8(ascii: "H"): (nil, .word),
    UInt8(ascii: "I"): (nil, .number), UInt8(ascii: "k"): (nil, .number),
    UInt8(ascii: "l"): (nil, .word), UInt8(ascii: "L"): (.logID, .word),
    UInt8(ascii: "m"): (nil, .word), UInt8(ascii: "O"): (nil, .number),
    UInt8(ascii: "p"): (nil, .number), UInt8(ascii: "P"): (nil, .number),
    UInt8(ascii: "q"): (nil, .text), UInt8(ascii: "r"): (.request, .text),
    UInt8(ascii: "R"): (nil, .word), UInt8(ascii: "s"): (.status, .number),
    UInt8(ascii: "S"): (nil, .number), UInt8(ascii: "T"): (.seconds, .number),
    UInt8(ascii: "u"): (nil, .text), UInt8(ascii: "U"): (.uri, .text),
    UInt8(ascii: "v"): (.service, .name), UInt8(ascii: "V"): (.service, .name),
    UInt8(ascii: "X"): (.connectionEnd, .word),
  ]

  /// Letters that take a name in braces.
  private static let named = Array("CceinoxtTpPahs".utf8)

  private let text: PatternText
  private let pattern: String
  private var items: [PatternItem] = []
  private var at = 0

  static func items(
    _ text: PatternText, of pattern: String
  ) throws(PatternError) -> [PatternItem] {
    var directives = ApacheDirectives(text: text, pattern: pattern)
    while directives.at < text.count { try directives.readNext() }
    return directives.items
  }

  private init(text: PatternText, pattern: String) {
    self.text = text
    self.pattern = pattern
  }

  private mutating func readNext() throws(PatternError) {
    guard text.has(UInt8(ascii: "%"), at: at) else {
      items.append(PatternItem(kind: .literal(literal()), offset: text.offset(at)))
      at += 1
      return
    }
    let start = at
    at += 1
    var argument: Range<Int>?
    var isOriginal = false
    // `%!400,501>{name}i`: conditions and redirects in any order before the letter.
    modifiers: while true {
      switch text.byte(at) {
      case UInt8(ascii: "<"): isOriginal = true
      case UInt8(ascii: ">"), UInt8(ascii: "!"), .comma: break
      case let byte where byte.isDigit: break
      case UInt8(ascii: "{"):
        let open = at
        while at < text.count, text.byte(at) != UInt8(ascii: "}") { at += 1 }
        guard at < text.count else {
          throw PatternError(pattern, at: text.offset(open), "this { has no }")
        }
        argument = (open + 1)..<at
      default: break modifiers
      }
      at += 1
    }
    try readLetter(from: start, argument, isOriginal: isOriginal)
  }

  /// A character as it stands; `\n` and `\t` are their controls.
  private func literal() -> [UInt8] {
    let character = text.characters[at]
    guard character.isEscaped else { return [character.byte] }
    switch character.byte {
    case UInt8(ascii: "n"): return [.newline]
    case UInt8(ascii: "t"): return [.tab]
    case UInt8(ascii: "r"): return [.carriageReturn]
    case .quote, UInt8(ascii: "'"), UInt8(ascii: "\\"): return [character.byte]
    default: return [UInt8(ascii: "\\"), character.byte]
    }
  }

  private mutating func readLetter(
    from start: Int, _ argument: Range<Int>?, isOriginal: Bool
  ) throws(PatternError) {
    let offset = text.offset(start)
    guard at < text.count else {
      throw PatternError(pattern, at: offset, "a directive begins here and does not end")
    }
    let letter = text.byte(at)
    at += 1
    let name = text.string(start..<at)
    if letter == UInt8(ascii: "%"), argument == nil {
      items.append(PatternItem(kind: .literal([letter]), offset: offset))
    } else if letter == UInt8(ascii: "^") {
      let more = text.string(at..<min(at + 2, text.count))
      guard ["FB", "ti", "to"].contains(more) else {
        throw PatternError(
          pattern, at: offset, "\(name)\(more) is no directive; %^FB, %^ti, %^to are")
      }
      at += 2
      append(nil, more == "FB" ? .number : .text.escaped, offset, name + more)
    } else if letter == UInt8(ascii: "t") {
      try readTime(argument, offset)
    } else if let argument {
      guard Self.named.contains(letter) else {
        throw PatternError(
          pattern, at: text.offset(at - 1), "%\(text.string((at - 1)..<at)) takes no {name}")
      }
      let (field, shape) = Self.named(letter, text.string(argument))
      append(field, shape, offset, name)
    } else if let known = Self.letters[letter] {
      let isWeaker = letter == UInt8(ascii: "s") && isOriginal
      append(isWeaker ? nil : known.field, known.shape.escaped, offset, name)
    } else {
      throw PatternError(pattern, at: text.offset(at - 1), unknown(letter, name))
    }
  }

  private func unknown(_ letter: UInt8, _ name: String) -> String {
    let needsName = Self.named.contains(letter)
    return needsName
      ? "\(name) needs a name: %{...}\(text.string((at - 1)..<at))"
      : "\(name) is no directive of LogFormat; %% stands for a percent sign"
  }

  private mutating func append(
    _ field: PatternField?, _ shape: FieldShape, _ offset: Int, _ name: String
  ) {
    // The query belongs to the path that it follows.
    if name == "%q", case .field(.uri?, _) = items.last?.kind { return }
    items.append(PatternItem(kind: .field(field, shape), offset: offset, name: name))
  }

  /// What a directive with a name stands for.
  private static func named(
    _ letter: UInt8, _ name: String
  ) -> (PatternField?, FieldShape) {
    switch (letter, name.uppercased()) {
    case (UInt8(ascii: "e"), "BALANCER_WORKER_NAME"): (.worker, .text.escaped)
    case (UInt8(ascii: "e"), "BALANCER_NAME"): (.balancer, .text.escaped)
    case (UInt8(ascii: "e"), "UNIQUE_ID"), (UInt8(ascii: "n"), "FORENSIC-ID"):
      (.transaction, .word)
    case (UInt8(ascii: "i"), "X-REQUEST-ID"), (UInt8(ascii: "o"), "X-REQUEST-ID"),
      (UInt8(ascii: "i"), "X-CORRELATION-ID"):
      (.transaction, .text.escaped)
    case (UInt8(ascii: "T"), "MS"): (.milliseconds, .number)
    case (UInt8(ascii: "T"), "US"): (.microseconds, .number)
    case (UInt8(ascii: "T"), _): (.seconds, .number)
    case (UInt8(ascii: "a"), _), (UInt8(ascii: "h"), _): (.clientOrPeer, .word)
    case (UInt8(ascii: "i"), "X-FORWARDED-FOR"): (.clientOrPeer, .text.escaped)
    case (UInt8(ascii: "p"), _), (UInt8(ascii: "P"), _): (nil, .word)
    default: (nil, .text.escaped)
    }
  }

  private mutating func readTime(
    _ argument: Range<Int>?, _ offset: Int
  ) throws(PatternError) {
    guard var range = argument, !range.isEmpty else {
      items.append(PatternItem(kind: .literal([.openBracket]), offset: offset))
      append(.clf, .bytes(26), offset, "%t")
      items.append(PatternItem(kind: .literal([.closeBracket]), offset: offset))
      return
    }
    let isEnd = text.has("end:", at: range.lowerBound)
    if isEnd || text.has("begin:", at: range.lowerBound) {
      range = (range.lowerBound + (isEnd ? 4 : 6))..<range.upperBound
    }
    let name = "%{" + text.string(argument ?? range) + "}t"
    switch text.string(range) {
    case "": append(.clf, .bytes(26), offset, name)
    case "sec": append(.epochSeconds, .digits(10), offset, name)
    case "msec": append(.epochMilliseconds, .digits(13), offset, name)
    case "usec": append(.epochMicroseconds, .digits(16), offset, name)
    case "msec_frac": append(.thousandths, .digits(3), offset, name)
    case "usec_frac": append(.millionths, .digits(6), offset, name)
    default: try TimePattern.append(text, range, pattern: pattern, to: &items)
    }
  }
}

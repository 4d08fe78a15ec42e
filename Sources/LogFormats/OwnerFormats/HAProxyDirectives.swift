/// HAProxy's `log-format`.
///
/// Source: HAProxy configuration manual 2.6 to 3.2, "Custom log format"; src/log.c `build_logline`.
struct HAProxyDirectives {
  static let lines = [
    PatternText.Directive(name: "log-format"), PatternText.Directive(name: "error-log-format"),
    PatternText.Directive(name: "log-format-sd"),
  ]

  private static let stamp = FieldShape.bytes(24)
  private static let zonedStamp = FieldShape.bytes(26)

  private static let variables: [String: (field: PatternField?, shape: FieldShape)] = [
    "B": (nil, .number), "CC": (nil, .word), "CS": (nil, .word), "H": (.gateway, .word),
    "HM": (nil, .word), "HP": (.uri, .text), "HPO": (.uri, .text), "HQ": (nil, .text),
    "HU": (.uri, .text), "HV": (nil, .word), "ID": (.transaction, .text),
    "ST": (.status, .number), "T": (.clf, zonedStamp), "Ta": (.milliseconds, .number),
    "Tc": (nil, .number), "Td": (nil, .number), "Th": (nil, .number), "Ti": (nil, .number),
    "Tl": (.clf, zonedStamp), "Tq": (nil, .number), "TR": (nil, .number), "Tr": (nil, .number),
    "Ts": (.epochSeconds, .digits(10)), "Tt": (.session, .number), "Tu": (nil, .number),
    "Tw": (nil, .number), "U": (nil, .number), "ac": (nil, .number), "b": (.backend, .name),
    "bc": (nil, .number), "bi": (nil, .word), "bp": (nil, .number), "bq": (nil, .number),
    "ci": (.client, .word), "cp": (.clientPort, .number), "f": (.frontend, .name),
    "fc": (nil, .number), "fi": (nil, .word), "fp": (nil, .number), "ft": (.frontend, .name),
    "lc": (nil, .number), "ms": (.thousandths, .digits(3)), "pid": (nil, .number),
    "r": (.request, .text), "rc": (nil, .number), "rt": (nil, .number), "s": (.server, .word),
    "sc": (nil, .number), "si": (.address, .word), "sp": (.port, .number), "sq": (nil, .number),
    "sslc": (nil, .word), "sslv": (nil, .word), "t": (.clf, stamp), "tr": (.clf, stamp),
    "trg": (.clf, zonedStamp), "trl": (.clf, zonedStamp), "ts": (.state, .bytes(2)),
    "tsc": (.state, .bytes(4)),
  ]

  /// Captured headers in braces: nothing at all where nothing is captured.
  private static let captures = ["hr", "hs", "hrl", "hsl"]

  /// Samples that tell the same as a variable.
  private static let samples: [String: (field: PatternField?, shape: FieldShape)] = [
    "src": (.client, .word), "fe_name": (.frontend, .word), "be_name": (.backend, .word),
    "srv_name": (.server, .word), "status": (.status, .number), "path": (.uri, .text),
    "pathq": (.uri, .text), "url": (.uri, .text), "capture.req.uri": (.uri, .text),
    "unique-id": (.transaction, .text), "uuid": (.transaction, .word),
    "bc_err_str": (.connectError, .text), "bc_err_name": (.connectError, .text),
    "fc_err_str": (.clientError, .text), "fc_err_name": (.clientError, .text),
    "txn.status": (.status, .number), "txn.sess_term_state": (.state, .bytes(2)),
    "hostname": (.gateway, .word),
  ]

  private let text: PatternText
  private let pattern: String
  private var items: [PatternItem] = []
  private var at = 0
  /// `%{+Q}o` holds for all that follows.
  private var isQuoting = false
  /// So does `%{+json}o` (since 3.0): items are written with their names, those without are not.
  private var object: HAProxyObject?

  static func items(
    _ text: PatternText, of pattern: String
  ) throws(PatternError) -> [PatternItem] {
    var directives = HAProxyDirectives(text: text, pattern: pattern)
    while directives.at < text.count { try directives.readNext() }
    return directives.object?.items ?? directives.items
  }

  private init(text: PatternText, pattern: String) {
    self.text = text
    self.pattern = pattern
  }

  private mutating func readNext() throws(PatternError) {
    guard text.has(UInt8(ascii: "%"), at: at) else {
      readLiteral()
      return
    }
    let start = at
    at += 1
    var quotes = isQuoting
    var isHexadecimal = false
    if text.byte(at) == UInt8(ascii: "%") {
      items.append(PatternItem(kind: .literal([UInt8(ascii: "%")]), offset: text.offset(start)))
      at += 1
      return
    }
    readName()
    if text.byte(at) == UInt8(ascii: "{") {
      let open = at
      guard let close = close(UInt8(ascii: "}")) else {
        throw PatternError(pattern, at: text.offset(open), "this { has no }")
      }
      let isGlobal = text.byte(close + 1) == UInt8(ascii: "o")
      for flag in text.string((open + 1)..<close).split(separator: ",") {
        try read(flag: flag, open, isGlobal: isGlobal, &quotes, &isHexadecimal)
      }
      at = close + 1
    }
    readName()
    if text.byte(at) == .openBracket {
      try readSample(from: start, quotes: quotes)
    } else {
      try readVariable(from: start, quotes: quotes, isHexadecimal: isHexadecimal)
    }
  }

  /// `(name)` or `(name:type)`.
  private mutating func readName() {
    guard text.byte(at) == .openParenthesis, let close = close(.closeParenthesis) else { return }
    let name = text.string((at + 1)..<close)
    object?.name = String(name.prefix { $0 != ":" })
    at = close + 1
  }

  /// Blanks that follow each other are written once, those at the start not at all.
  private mutating func readLiteral() {
    let character = text.characters[at]
    var byte = character.byte
    if character.isEscaped {
      switch byte {
      case UInt8(ascii: "n"): byte = .newline
      case UInt8(ascii: "t"): byte = .tab
      case UInt8(ascii: "r"): byte = .carriageReturn
      default: break
      }
    }
    at += 1
    if object != nil { return }
    if byte == .space {
      guard let last = items.last else { return }
      if case .literal(let bytes) = last.kind, bytes.last == .space { return }
    }
    items.append(PatternItem(kind: .literal([byte]), offset: character.offset))
  }

  private func close(_ byte: UInt8) -> Int? {
    (at..<text.count).first { text.byte($0) == byte }
  }

  private mutating func read(
    flag: Substring, _ open: Int, isGlobal: Bool, _ quotes: inout Bool,
    _ isHexadecimal: inout Bool
  ) throws(PatternError) {
    switch flag {
    case "+Q": quotes = true
    case "-Q": quotes = false
    case "+X": isHexadecimal = true
    case "+E", "-E", "-X", "+M", "-M", "-json", "-cbor", "-bin": break
    case "+json" where isGlobal: object = HAProxyObject(offset: text.offset(open))
    case "+json":
      throw PatternError(pattern, at: text.offset(open), "+json holds for all, as %{+json}o does")
    case "+cbor", "+bin":
      throw PatternError(
        pattern, at: text.offset(open), "\(flag) writes bytes that are no text; +json can be read")
    default:
      throw PatternError(
        pattern, at: text.offset(open), "\(flag) is no flag; +Q, +X, +E and +M are")
    }
  }

  private mutating func readVariable(
    from start: Int, quotes: Bool, isHexadecimal: Bool
  ) throws(PatternError) {
    let first = at
    while lowercased(text.byte(at)) &- 97 < 26 { at += 1 }
    let name = text.string(first..<at)
    let offset = text.offset(start)
    guard Self.isVariable(name) else {
      throw PatternError(
        pattern, at: text.offset(first),
        "%\(name) is no variable of log-format; %% stands for a percent sign")
    }
    if name == "o" {
      isQuoting = quotes
      return
    }
    if Self.captures.contains(name) {
      readCaptures(offset, "%" + name)
      return
    }
    guard var (field, shape) = Self.variables[name] else { return }
    if isHexadecimal, ["ci", "fi", "bi", "si", "Ts", "cp", "sp"].contains(name) {
      (field, shape) = (nil, .word)
    }
    append(field, shape, offset, text.string(start..<at), quotes: quotes)
  }

  private static func isVariable(_ name: String) -> Bool {
    variables[name] != nil || captures.contains(name) || name == "o"
  }

  private mutating func readCaptures(_ offset: Int, _ name: String) {
    guard object == nil else {
      object?.append(nil, .text, offset, name)
      return
    }
    var group = [
      PatternItem(kind: .literal([UInt8(ascii: "{")]), offset: offset, name: name),
      PatternItem(kind: .field(nil, .text), offset: offset, name: name),
      PatternItem(kind: .literal([UInt8(ascii: "}")]), offset: offset, name: name),
    ]
    if text.byte(at) == .space {
      group.append(PatternItem(kind: .literal([.space]), offset: text.offset(at)))
      while text.byte(at) == .space { at += 1 }
    }
    items.append(PatternItem(kind: .optional(group), offset: offset, name: name))
  }

  /// `%[capture.req.hdr(0),lower]`: ends at the bracket outside of parentheses and quotes.
  private mutating func readSample(from start: Int, quotes: Bool) throws(PatternError) {
    let open = at
    var depth = 0
    var quote: UInt8 = 0
    at += 1
    while at < text.count {
      let byte = text.byte(at)
      if quote != 0 {
        if byte == quote { quote = 0 }
      } else if byte == .quote || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == .openParenthesis {
        depth += 1
      } else if byte == .closeParenthesis {
        depth -= 1
      } else if byte == .closeBracket, depth <= 0 {
        break
      }
      at += 1
    }
    guard at < text.count else {
      throw PatternError(pattern, at: text.offset(open), "this [ has no ]")
    }
    let expression = text.string((open + 1)..<at).lowercased()
    at += 1
    let isRequestID =
      expression.hasPrefix("req.hdr(x-request-id)")
      || expression.hasPrefix("req.fhdr(x-request-id)")
    let known = Self.samples[expression]
    append(
      known?.field ?? (isRequestID ? .transaction : nil), known?.shape ?? .text,
      text.offset(start), text.string(start..<at), quotes: quotes)
  }

  /// Versions differ in whether numbers and dates are quoted too.
  private mutating func append(
    _ field: PatternField?, _ shape: FieldShape, _ offset: Int, _ name: String, quotes: Bool
  ) {
    guard object == nil else {
      object?.append(field, shape, offset, name)
      return
    }
    let item = PatternItem(kind: .field(field, shape), offset: offset, name: name)
    let quote = PatternItem(kind: .literal([.quote]), offset: offset)
    guard quotes else {
      items.append(item)
      return
    }
    if shape.kind == .number || shape.width > 0 {
      let mark = PatternItem(kind: .optional([quote]), offset: offset)
      items += [mark, item, mark]
    } else {
      items += [quote, item, quote]
    }
  }
}

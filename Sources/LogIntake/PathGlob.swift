/// A pattern of paths: `*` and `?` within a name, `**` across names, `[a-z]`, `{a,b}`.
///
/// Without a slash it is of the file's name (`access*.log`); with one, of the path or of its last
/// parts (`gw1/*.log`), and from the start where it begins with one (`/var/log/**`).
package struct PathGlob: Sendable, Hashable {
  private enum Token: Sendable, Hashable {
    case byte(UInt8)
    /// Any byte but a slash.
    case one
    /// Any number of bytes but slashes.
    case many
    /// Any number of bytes.
    case deep
    case set([ClosedRange<UInt8>], isNegated: Bool)
  }

  /// As typed.
  package let text: String
  private let alternatives: [[Token]]

  /// What keeps a text from being a glob.
  package enum Flaw: Error, Sendable { case empty, openBracket, openBrace, tooManyAlternatives }

  package init(_ text: String) throws(Flaw) {
    guard !text.isEmpty else { throw .empty }
    self.text = text
    // `old/` is the directory `old`.
    let bytes = text.count > 1 && text.hasSuffix("/") ? text.utf8.dropLast() : text.utf8[...]
    alternatives = try Self.expanded(Array(bytes)).map { bytes throws(Flaw) in
      try Self.tokens(bytes)
    }
  }

  /// Whether the file of this path is meant.
  package func matches(_ path: String) -> Bool {
    let bytes = Array(path.utf8)
    let isOfName = !text.utf8.dropLast().contains(UInt8(ascii: "/"))
    var starts = [0]
    if isOfName {
      starts = [(bytes.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1]
    } else if text.utf8.first != UInt8(ascii: "/") {
      starts += bytes.indices.filter { bytes[$0] == UInt8(ascii: "/") }.map { $0 + 1 }
    }
    return alternatives.contains { tokens in
      starts.contains { Self.matches(tokens, bytes[$0...]) }
    }
  }

  /// Whether the file of this path, or a directory above it, is meant.
  package func excludes(_ path: String) -> Bool {
    var path = path[...]
    while !path.isEmpty {
      if matches(String(path)) { return true }
      guard let slash = path.lastIndex(of: "/") else { return false }
      path = path[..<slash]
    }
    return false
  }

  // MARK: Matching

  /// Steps through all ways at once, so that no pattern takes long.
  private static func matches(_ tokens: [Token], _ bytes: ArraySlice<UInt8>) -> Bool {
    var ways = [Bool](repeating: false, count: tokens.count + 1)
    ways[0] = true
    passStars(tokens, &ways)
    for byte in bytes {
      var next = [Bool](repeating: false, count: tokens.count + 1)
      for place in tokens.indices where ways[place] {
        switch tokens[place] {
        case .byte(let wanted): next[place + 1] = next[place + 1] || byte == wanted
        case .one: next[place + 1] = next[place + 1] || byte != UInt8(ascii: "/")
        case .many: next[place] = next[place] || byte != UInt8(ascii: "/")
        case .deep: next[place] = true
        case .set(let ranges, let isNegated):
          let isIn = ranges.contains { $0.contains(byte) }
          if isIn != isNegated, byte != UInt8(ascii: "/") { next[place + 1] = true }
        }
      }
      passStars(tokens, &next)
      ways = next
    }
    return ways[tokens.count]
  }

  /// Stars may stand for nothing.
  private static func passStars(_ tokens: [Token], _ ways: inout [Bool]) {
    for place in tokens.indices where ways[place] {
      if tokens[place] == .many || tokens[place] == .deep { ways[place + 1] = true }
    }
  }

  // MARK: Reading

  private static func tokens(_ bytes: [UInt8]) throws(Flaw) -> [Token] {
    var tokens: [Token] = []
    var at = 0
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "?"): tokens.append(.one)
      case UInt8(ascii: "*"):
        if at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "*") {
          tokens.append(.deep)
          at += 1
          // `**/` may also stand for no directory at all.
          if at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "/") { at += 1 }
        } else {
          tokens.append(.many)
        }
      case UInt8(ascii: "["):
        guard let close = bytes[(at + 1)...].dropFirst().firstIndex(of: UInt8(ascii: "]")) else {
          throw .openBracket
        }
        tokens.append(set(bytes[(at + 1)..<close]))
        at = close
      default: tokens.append(.byte(bytes[at]))
      }
      at += 1
    }
    return tokens
  }

  private static func set(_ bytes: ArraySlice<UInt8>) -> Token {
    var bytes = bytes
    let isNegated = bytes.first == UInt8(ascii: "!") || bytes.first == UInt8(ascii: "^")
    if isNegated { bytes.removeFirst() }
    var ranges: [ClosedRange<UInt8>] = []
    while let first = bytes.popFirst() {
      if bytes.count > 1, bytes.first == UInt8(ascii: "-"), let last = bytes.dropFirst().first,
        first <= last
      {
        ranges.append(first...last)
        bytes = bytes.dropFirst(2)
      } else {
        ranges.append(first...first)
      }
    }
    return .set(ranges, isNegated: isNegated)
  }

  /// `a{b,c}d` is `abd` and `acd`.
  private static func expanded(_ bytes: [UInt8]) throws(Flaw) -> [[UInt8]] {
    var done: [[UInt8]] = []
    var open = [bytes]
    while let text = open.popLast() {
      guard let brace = text.firstIndex(of: UInt8(ascii: "{")) else {
        done.append(text)
        continue
      }
      guard let close = text[brace...].firstIndex(of: UInt8(ascii: "}")) else { throw .openBrace }
      let choices = text[(brace + 1)..<close].split(
        separator: .comma, omittingEmptySubsequences: false)
      guard done.count + open.count + choices.count <= 64 else { throw .tooManyAlternatives }
      for choice in choices {
        open.append(Array(text[..<brace]) + Array(choice) + Array(text[(close + 1)...]))
      }
    }
    return done
  }
}

extension UInt8 {
  fileprivate static let comma = UInt8(ascii: ",")
}

extension PathGlob.Flaw {
  package var sentence: String {
    switch self {
    case .empty: "a glob cannot be empty; * stands for every file"
    case .openBracket: "this [ has no ]"
    case .openBrace: "this { has no }"
    case .tooManyAlternatives: "more than 64 alternatives in braces"
    }
  }
}

import Foundation
import LogFormats
import LogIntake
import Reports

/// How one file fits the format that applies to it.
struct FormatTrial {
  let source: Source
  /// `nil` when no format knows the file.
  private(set) var choice: Sniffer.Choice?
  private(set) var problem: SourceProblem?
  private let wishes: [FormatWish]
  private var check: FormatCheck?
  /// Where the first line leaves the patterns that were given and not used.
  private var unused: [(wish: FormatWish, line: [UInt8], misfit: Misfit)] = []

  /// Reads the source to its end.
  init(_ source: Source, _ settings: RunSettings) {
    self.source = source
    wishes = settings.wishes(for: source)
    let formatSettings = settings.formatSettings(for: source)
    var isDecided = false
    do throws(SourceProblem) {
      try ChunkReader.read(source) { block, atEnd in
        if !isDecided {
          isDecided = true
          begin(block, formatSettings)
        }
        return check?.consume(block, atEnd: atEnd) ?? block.count
      }
    } catch {
      problem = error
    }
  }

  /// Reads the head alone, without the line that its end cut.
  init(_ source: Source, head: [UInt8], _ settings: RunSettings) {
    self.source = source
    let whole = head.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? head.count
    let isWhole = source.size == head.count || source.size == 0
    let head = isWhole ? head : Array(head.prefix(whole))
    wishes = settings.wishes(for: source)
    begin(head.span, settings.formatSettings(for: source))
    _ = check?.consume(head.span, atEnd: true)
  }

  private mutating func begin(_ head: Span<UInt8>, _ settings: FormatSettings) {
    choice = Sniffer.choose(head, settings)
    check = choice.map { FormatCheck($0, settings) }
    let line = Self.firstLine(head)
    for wish in wishes {
      guard case .owner(let format) = wish.kind, !isGranted(wish),
        let misfit = format.misfit(line.span, settings)
      else { continue }
      unused.append((wish, line, misfit))
    }
  }

  private static func firstLine(_ head: Span<UInt8>) -> [UInt8] {
    var line: [UInt8] = []
    for index in head.indices where head[index] != 13 {
      guard head[index] != 10 else {
        if line.isEmpty { continue }
        break
      }
      line.append(head[index])
    }
    return line
  }

  private func isGranted(_ wish: FormatWish) -> Bool {
    guard let choice else { return false }
    switch wish.kind {
    case .builtIn(let type): return type == choice.format
    case .owner(let format):
      return choice.format == format.dialect.reader
        || choice.companions.contains { $0 == format.dialect.reader }
    }
  }

  /// The file's name and its format.
  var headline: String {
    let path = SafeText.terminal(source.path)
    guard let choice else { return "\(path): no known format\n" }
    let others = choice.companions.map { " + \($0.card.name)" }.joined()
    return "\(path): \(choice.format.card.name)\(others)\n"
  }

  var text: String { headline + reason + result + complaints }

  /// Why this format: by whose wish, or found by the content.
  var reason: String {
    guard choice != nil else { return "" }
    let granted = wishes.filter(isGranted)
    guard !granted.isEmpty else { return "  found by the content\n" }
    return granted.map { wish in
      let files = wish.glob.map { " for \($0.text)" } ?? ""
      return SafeText.terminal("  given by \(wish.origin)\(files): \(wish.name)") + "\n"
    }.joined()
  }

  /// How many records fit, and the first that does not.
  var result: String {
    guard let check else { return "" }
    let counts = check.counts
    var text =
      "  \(counts.records) records: \(counts.events) events, \(counts.chatter) chatter, "
      + "\(counts.faultCount) faults\n"
    guard let first = check.first else { return text + "  every record fits\n" }
    let isRead = first.isRead ? " (read all the same, by a built-in format)" : ""
    text += "  first record that does not fit: line \(first.line), column \(first.misfit.column)"
    text += isRead + "\n  expected \(SafeText.terminal(first.misfit.expected))\n"
    return text + Self.excerpt(first.text, column: first.misfit.column)
  }

  /// Patterns that were given and fit too little.
  var complaints: String {
    unused.map { wish, line, misfit in
      let name = SafeText.terminal("\(wish.origin): \(wish.name)")
      return "  not used: \(name)\n  leaves it at line 1, column \(misfit.column): expected "
        + SafeText.terminal(misfit.expected) + "\n" + Self.excerpt(line, column: misfit.column)
    }.joined()
  }

  /// The part of the record around the column, and a caret below it.
  private static func excerpt(_ record: [UInt8], column: Int) -> String {
    let at = min(max(0, column - 1), record.count)
    let start = max(0, at - 60)
    let before = SafeText.terminal(String(decoding: record[start..<at], as: UTF8.self))
    let after = SafeText.terminal(
      String(decoding: record[at..<min(record.count, at + 40)], as: UTF8.self))
    let lead = start > 0 ? "..." : ""
    let caret = String(repeating: " ", count: lead.count + before.count) + "^"
    return "    \(lead)\(before)\(after)\n    \(caret)\n"
  }
}

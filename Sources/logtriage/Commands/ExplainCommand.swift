import ArgumentParser
import Correlator
import LogEvents
import LogFormats
import Playbooks
import Reports

/// `logtriage explain`: what a code, a text, a class or a pattern means, without any log.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "What a code, a text, a class or a pattern means.",
    discussion: """
      Examples: connect-refused, clustered, AH00957, 0x01130006, sH--, 01070638, UF, L4TOUT, ORA-12541, \
      ERRORINFO_UPSTREAM_TIMED_OUT, or a message as it stands in a log, in quotes.
      """)

  @Argument(help: "A failure class, a pattern, a product's code or a message.")
  var term: [String]

  private var wanted: String { term.joined(separator: " ") }

  func validate() throws {
    guard paragraphs.isEmpty else { return }
    let known = Outcome.allCases.map(\.name) + Pattern.allCases.map(\.rawValue)
    let near = CodeGuide.near(wanted, among: known)
    let hint =
      near.isEmpty
      ? "Classes: \(Outcome.allCases.map(\.name).joined(separator: ", ")). Patterns: "
        + "\(Pattern.allCases.map(\.rawValue).joined(separator: ", ")). Codes: AH00957, 0x01130006, sH--, "
        + "01070638 and their like."
      : "Near: \(near.joined(separator: ", "))."
    throw ValidationError(
      "nothing known of \(SafeText.terminal(String(wanted.prefix(200)))). \(hint)")
  }

  func run() throws {
    let text = TextLayout.wrapped(lines: paragraphs.joined(separator: "\n\n"))
    StandardOutput.write(Array((text + "\n").utf8))
  }

  /// By its name, or by the word that stands for it among the verdicts: `stuck` for backlog-capture.
  private var pattern: Pattern? {
    let name = wanted.lowercased().replacing("_", with: "-")
    return Pattern(rawValue: name)
      ?? Pattern.allCases.first { PatternWord.of($0).lowercased() == name }
  }

  private var paragraphs: [String] {
    var paragraphs: [String] = []
    if let outcome = Outcome(name: wanted.lowercased()) {
      paragraphs.append(Self.paragraph(outcome))
    }
    if let pattern { paragraphs.append(Self.paragraph(pattern)) }
    let meanings = CodeGuide.meanings(of: wanted)
    paragraphs += meanings.map(Self.paragraph)
    // Each class once, however many codes are read as it; of many classes their meaning alone.
    var outcomes: [Outcome] = []
    for outcome in meanings.flatMap(\.outcomes) where !outcomes.contains(outcome) {
      outcomes.append(outcome)
    }
    outcomes.removeAll { $0.name == wanted.lowercased() }
    paragraphs +=
      outcomes.count <= 2
      ? outcomes.map(Self.paragraph)
      : outcomes.map {
        "\($0.name)\n  \(Guide.meaning(of: $0))\n  next: \(Guide.entry(of: $0).next)"
      }
    if wanted == "json" { paragraphs.append(JSONGuide.text) }
    return paragraphs
  }

  private static func paragraph(_ meaning: CodeMeaning) -> String {
    var lines = ["\(meaning.code) (\(meaning.product)): \(meaning.says)"]
    lines.append("  read as: \(meaning.outcomes.map(\.name).joined(separator: ", "))")
    if !meaning.caveat.isEmpty { lines.append("  mind: \(meaning.caveat)") }
    lines.append("  source: \(meaning.source)")
    return lines.joined(separator: "\n")
  }

  private static func paragraph(_ outcome: Outcome) -> String {
    let entry = Guide.entry(of: outcome)
    return [
      "\(outcome.name) (failure class; side: \(entry.side))", "  \(Guide.meaning(of: outcome))",
    ]
    .joined(separator: "\n") + rest(entry)
  }

  private static func paragraph(_ pattern: Pattern) -> String {
    "\(pattern.rawValue) (pattern)\n  \(Guide.meaning(of: pattern))"
      + rest(Guide.entry(of: pattern))
  }

  private static func rest(_ entry: Guide.Entry) -> String {
    "\n  proves: \(entry.proves)\n  does not prove: \(entry.doesNotProve)\n  next: \(entry.next)"
      + "\n  source: \(entry.source)"
  }
}

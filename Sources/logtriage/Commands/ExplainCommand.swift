import ArgumentParser
import Correlator
import LogEvents
import LogFormats
import Playbooks
import Reports

/// `logtriage explain`: what a code, a class or a pattern means, without any log.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "What a code, a class or a pattern means.",
    discussion: "Examples: connect-refused, clustered, AH00957, 0x01130006, sH--, 01070638.")

  @Argument(help: "A failure class, a pattern, or a product's code.")
  var term: String

  func validate() throws {
    guard !paragraphs.isEmpty else {
      let classes = Outcome.allCases.map(\.name).joined(separator: ", ")
      let patterns = Pattern.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError(
        "nothing known of \(SafeText.terminal(term)). Classes: \(classes). Patterns: \(patterns). "
          + "Codes: AH00957, 0x01130006, sH--, 01070638 and their like.")
    }
  }

  func run() throws {
    print(paragraphs.joined(separator: "\n"))
  }

  private var paragraphs: [String] {
    var paragraphs: [String] = []
    if let outcome = Outcome(name: term) {
      paragraphs.append("\(outcome.name) (failure class)\n  \(Guide.meaning(of: outcome))")
    }
    if let pattern = Pattern(rawValue: term) {
      paragraphs.append("\(pattern.rawValue) (pattern)\n  \(Guide.meaning(of: pattern))")
    }
    for meaning in CodeGuide.meanings(of: term) {
      var text = "\(meaning.code) (\(meaning.product)): \(meaning.says)"
      for outcome in meaning.outcomes {
        text += "\n  \(outcome.name): \(Guide.meaning(of: outcome))"
      }
      paragraphs.append(text)
    }
    return paragraphs
  }
}

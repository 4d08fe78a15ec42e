import ArgumentParser
import Correlator
import LogEvents
import Playbooks
import Reports

/// `--fail-on`: findings that end the program with status 1, for pipelines.
struct FailOn: ExpressibleByArgument {
  var patterns: Set<Pattern> = []
  var classes: Set<Outcome> = []
  /// Words that only a comparison knows.
  var changes: Set<Comparison.Verdict> = []

  init?(argument: String) {
    for word in argument.split(separator: ",").map(String.init) {
      if let pattern = Pattern(rawValue: word) {
        patterns.insert(pattern)
      } else if let outcome = Outcome(name: word) {
        classes.insert(outcome)
      } else if let change = Comparison.Verdict(rawValue: word) {
        changes.insert(change)
      } else {
        return nil
      }
    }
  }

  /// Whether the report asserts one of the patterns, or a failure of one of the classes.
  func isMet(by report: Report) -> Bool {
    report.asserted.contains { patterns.contains($0.of.pattern) }
      || report.classification.backends.contains { backend in
        classes.contains { (backend.classes[$0] ?? 0) > 0 }
      }
  }
}

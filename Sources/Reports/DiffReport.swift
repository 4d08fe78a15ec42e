import Correlator
import Foundation
import LogEvents
import Playbooks

/// Before and after, for the terminal, as Markdown and as JSON.
package struct DiffReport: Sendable {
  package let comparison: Comparison
  /// How the two sides were named.
  package let names: (before: String, after: String)
  private let redaction: Redaction

  /// Both sides are redacted by one table, so that a backend has one pseudonym.
  package init(
    before: Classification, after: Classification, names: (before: String, after: String),
    redaction: Redaction = Redaction()
  ) {
    var (first, second) = (before, after)
    var redactor = Redactor(redaction)
    redactor.redact(&first)
    redactor.redact(&second)
    self.redaction = redaction
    self.names = (redactor.text(names.before), redactor.text(names.after))
    comparison = Comparison(first, second)
  }

  private var changed: [Comparison.Row] { comparison.rows.filter { $0.verdict != .same } }
  private var same: [Comparison.Row] { comparison.rows.filter { $0.verdict == .same } }

  // MARK: Terminal

  package var text: String {
    var lines =
      TextLayout.wrapped(side(names.before, comparison.before), indent: 11, label: "before")
      + TextLayout.wrapped(side(names.after, comparison.after), indent: 11, label: "after")
    if let caution { lines += TextLayout.wrapped(caution, indent: 0) }
    lines += ["", "CHANGES"]
    if changed.isEmpty { lines.append("   none that is more than chance") }
    for row in changed {
      lines.append(
        "   " + TextLayout.left(row.verdict.rawValue.uppercased(), 8) + " "
          + TextLayout.left(row.backend, 30) + " "
          + "\(Self.count(row.before)) -> \(Self.count(row.after))")
      lines += TextLayout.wrapped(details(row), indent: 12)
    }
    if !same.isEmpty {
      lines += ["", "NO MORE THAN CHANCE"]
      for row in same.prefix(20) {
        lines.append(
          "   " + TextLayout.left(row.backend, 39) + " "
            + "\(Self.count(row.before)) -> \(Self.count(row.after)), p \(Self.chance(row.chance))")
      }
      if same.count > 20 { lines.append("   and \(same.count - 20) more") }
    }
    return lines.map { SafeText.terminal($0) }.joined(separator: "\n") + "\n"
  }

  private func side(_ name: String, _ window: Interval?) -> String {
    guard let window else { return "\(name): no record with a time" }
    let length = Double(window.end.milliseconds - window.start.milliseconds) / 1000
    return "\(name): \(RFC3339.text(window.start, withMilliseconds: false)) .. "
      + "\(RFC3339.text(window.end, withMilliseconds: false)) (\(Words.duration(length)))"
  }

  /// What limits the comparison.
  private var caution: String? {
    guard comparison.lengthsDiffer else { return nil }
    return
      "The logs differ in length: shares of requests or rates per hour are compared, not counts."
  }

  private func details(_ row: Comparison.Row) -> String {
    var parts = [
      row.comparesShares
        ? "\(Self.share(row.before)) -> \(Self.share(row.after)) of the requests"
        : "\(Self.rate(row.before)) -> \(Self.rate(row.after)) an hour (requests unknown)"
    ]
    parts[0] += ", p \(Self.chance(row.chance))"
    if row.isMissingBefore { parts.append("not in the first logs at all") }
    if row.isMissingAfter {
      parts.append("not in the second logs at all: gone, or no request of it")
    }
    if row.patternsBefore != row.patternsAfter {
      parts.append("pattern \(Self.names(row.patternsBefore)) -> \(Self.names(row.patternsAfter))")
    }
    if (row.patternsBefore + row.patternsAfter).contains(where: Self.isBursty) {
      parts.append("the failures hang together in bursts, the test takes them for independent")
    }
    let classes = row.classes.filter { $0.verdict != .same }.map {
      "\($0.outcome.name) \(Words.number($0.before)) -> \(Words.number($0.after)) (\($0.verdict.rawValue))"
    }
    if !classes.isEmpty { parts.append(classes.joined(separator: ", ")) }
    return parts.joined(separator: "; ")
  }

  private static func isBursty(_ pattern: Pattern) -> Bool {
    [.clustered, .flapping, .constant, .periodic, .commonCause].contains(pattern)
  }

  private static func names(_ patterns: [Pattern]) -> String {
    patterns.isEmpty ? "none" : patterns.map(\.rawValue).joined(separator: "+")
  }

  private static func count(_ side: Comparison.Count) -> String {
    Words.number(side.failures) + (side.requests.map { "/\(Words.number($0))" } ?? "")
  }

  private static func share(_ side: Comparison.Count) -> String {
    side.share.map(Words.percent) ?? "?"
  }

  private static func rate(_ side: Comparison.Count) -> String { Words.ratio(side.perHour) }

  /// `<0.0001`, `0.032`.
  private static func chance(_ value: Double) -> String {
    if value < 0.0001 { return "<0.0001" }
    let digits = String(Int((min(1, value) * 10_000).rounded()))
    let padded = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    return "\(padded.prefix(padded.count - 4)).\(padded.suffix(4))"
  }

  // MARK: Markdown

  package var markdown: String {
    var lines = [
      "# Before and after", "",
      "- Before: \(SafeText.markdown(side(names.before, comparison.before)))",
      "- After: \(SafeText.markdown(side(names.after, comparison.after)))",
    ]
    if let caution { lines.append("- \(caution)") }
    lines += [
      "- Test: exact, two-sided, corrected for many (Benjamini-Hochberg, 1 %)", "", "## Changes",
      "",
    ]
    if changed.isEmpty {
      lines.append("None that is more than chance.")
    } else {
      lines += ["| verdict | backend | before | after | what |", "|---|---|--:|--:|---|"]
      for row in changed.prefix(100) {
        let cells = [
          row.verdict.rawValue, row.backend, Self.count(row.before), Self.count(row.after),
          details(row),
        ]
        lines.append("| " + cells.map { SafeText.markdown($0) }.joined(separator: " | ") + " |")
      }
      if changed.count > 100 { lines.append("\nand \(changed.count - 100) more.") }
    }
    lines += ["", "## No more than chance", ""]
    lines += same.prefix(40).map {
      "- \(SafeText.markdown($0.backend)): \(Self.count($0.before)) to \(Self.count($0.after)), p "
        + SafeText.markdown(Self.chance($0.chance))
    }
    if same.count > 40 { lines.append("- and \(same.count - 40) more") }
    if same.isEmpty { lines.append("Nothing.") }
    return (lines + ["", "Taken out: \(redaction.level)."]).joined(separator: "\n") + "\n"
  }

  // MARK: JSON

  package func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(Document(self)), as: UTF8.self) + "\n"
  }

  private struct Document: Encodable {
    struct Side: Encodable {
      var name: String
      var start: String?
      var end: String?
      var seconds: Double?

      init(_ name: String, _ window: Interval?) {
        self.name = name
        start = window.map { RFC3339.text($0.start) }
        end = window.map { RFC3339.text($0.end) }
        seconds = window.map { Double($0.end.milliseconds - $0.start.milliseconds) / 1000 }
      }
    }

    struct Count: Encodable {
      var failures: Int
      var requests: Int?
      var perHour: Double
    }

    struct ClassRow: Encodable {
      var `class`: String
      var before: Int
      var after: Int
      var verdict: String
      var p: Double
    }

    struct Row: Encodable {
      var backend: String
      var verdict: String
      var before: Count
      var after: Count
      var p: Double
      var comparesShares: Bool
      var patternsBefore: [String]
      var patternsAfter: [String]
      var classes: [ClassRow]
    }

    var schema = 1
    var before: Side
    var after: Side
    var lengthsDiffer: Bool
    var changes: [Row]
    var redaction: String

    init(_ report: DiffReport) {
      before = Side(report.names.before, report.comparison.before)
      after = Side(report.names.after, report.comparison.after)
      lengthsDiffer = report.comparison.lengthsDiffer
      redaction = report.redaction.level
      changes = report.comparison.rows.map { row in
        Row(
          backend: row.backend, verdict: row.verdict.rawValue, before: Self.count(row.before),
          after: Self.count(row.after), p: row.chance, comparesShares: row.comparesShares,
          patternsBefore: row.patternsBefore.map(\.rawValue),
          patternsAfter: row.patternsAfter.map(\.rawValue),
          classes: row.classes.map {
            ClassRow(
              class: $0.outcome.name, before: $0.before, after: $0.after,
              verdict: $0.verdict.rawValue, p: $0.chance)
          })
      }
    }

    private static func count(_ side: Comparison.Count) -> Count {
      Count(failures: side.failures, requests: side.requests, perHour: side.perHour)
    }
  }
}

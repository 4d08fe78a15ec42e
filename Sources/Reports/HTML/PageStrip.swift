import Correlator
import LogEvents
import Playbooks

/// Section 0: what was read, how far it can be trusted, and how much failed.
struct PageStrip {
  struct Tile {
    var tileLabel: String
    var tileValue: Counted
    var tileNote: String
  }

  /// How far the numbers can be trusted, in words.
  struct Remark {
    var remarkTone: String
    var remark: String

    init(_ label: String, _ text: String) {
      remarkTone = ["not read", "unread"].contains(label) ? "problem" : "note"
      remark = "\(label): \(TextLayout.fit(text, 400))"
    }
  }

  var headline: String
  var window: String
  var tiles: [Tile] = []
  var read: String
  var coverageShare: String
  /// Width of the coverage bar, 0...100.
  var coverageWidth: Int
  var redacted: String
  var remarks: [Remark]

  init(_ facts: PageFacts) {
    let report = facts.report
    window = facts.windowWords.isEmpty ? "No record has a time." : "\(facts.windowWords) (UTC)"
    headline = Self.headline(facts)
    let all = facts.failures
    tiles.append(
      Tile(
        tileLabel: "failed exchanges", tileValue: Tally.number(all, "f"),
        tileNote: "each counted once"))
    if facts.knowsSuccesses {
      tiles.append(
        Tile(
          tileLabel: "exchanges", tileValue: Tally.number(all + facts.successes, "r"),
          tileNote: "failed and served"))
      tiles.append(
        Tile(
          tileLabel: "failed share", tileValue: Tally.share(all, of: all + facts.successes),
          tileNote: "of the exchanges"))
    }
    let failing = Set(facts.cube.failed.map(\.backend)).count
    tiles.append(
      Tile(
        tileLabel: "failing backends",
        tileValue: Counted(measure: "nb", ask: "", shown: Words.number(failing)),
        tileNote: "of \(Words.number(report.classification.backends.count)) in the logs"))
    tiles.append(
      Tile(
        tileLabel: "verdicts",
        tileValue: Counted(measure: "nv", ask: "", shown: Words.number(facts.asserted.count)),
        tileNote: "\(Words.number(report.undecided.count)) too few to tell"))
    read =
      "\(Words.count(report.logs.count, "file")), \(Words.count(report.formats, "format")), "
      + Words.count(report.lines, "line")
    coverageShare = report.coverage.map(Words.percent) ?? "none"
    coverageWidth = Int((report.coverage ?? 0) * 100)
    redacted = report.redaction.level
    remarks = report.classification.offsets.map { Remark("clock", $0.sentence) }
    remarks += CoverageLines(report).short.map { Remark($0.label, $0.text) }
  }

  private static func headline(_ facts: PageFacts) -> String {
    if facts.report.formats == 0 { return "Nothing recognized" }
    guard let worst = facts.asserted.first ?? facts.findings.first else {
      return "No failure of a backend"
    }
    let backends = Set(facts.asserted.flatMap { [$0.found.backend] + $0.found.backends })
      .subtracting([""])
    if !worst.found.backends.isEmpty {
      return "\(Words.count(worst.found.backends.count, "backend")) failed together"
    }
    if backends.count > 1 {
      return "\(Words.count(backends.count, "backend")) failed; first look at \(worst.subject)"
    }
    return worst.zone == .verdict ? "\(worst.subject) failed" : "A few failures, no verdict"
  }
}

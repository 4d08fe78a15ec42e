import Correlator
import LogEvents
import Playbooks

/// The report as Markdown, to be pasted into a ticket or a chat: plain tables, no HTML, no images, never
/// more than `lineLimit` lines.
///
/// The sections are those of the page, in the same order.
package enum MarkdownReport {
  package static let lineLimit = 400
  /// Findings with a card of their own; the others are in the table.
  private static let cards = 3

  package static func text(_ report: Report) -> String {
    let facts = PageFacts(report)
    var lines = ["# Gateway failures", ""] + strip(report)
    lines += ["", "## Verdicts", ""] + verdicts(report)
    let told = report.asserted
    if !told.isEmpty {
      lines += ["", "## What happened", ""]
      lines += StoryLine.all(facts).map { "- \(SafeText.markdown($0.sentence))" }
      lines += ["", "## Do this next", ""]
      for (number, finding) in told.prefix(cards).enumerated() {
        lines += next(number + 1, finding)
      }
    }
    lines += MarkdownSections(facts).lines
    if !told.isEmpty {
      lines += ["", "## Findings"]
      for (number, finding) in told.prefix(cards).enumerated() {
        lines += card(number + 1, finding)
      }
      if told.count > cards {
        lines += ["", "\(Words.count(told.count - cards, "more finding")) in the table above."]
      }
    }
    var end = ["", "## Sources", ""] + sources(report)
    end += ["", "## For people", "", "### Contributing factors", "", "### What went well", ""]
    end += ["### Actions (owner, date)", "", "Taken out: \(report.redaction.level)."]
    let room = lineLimit - end.count - 2
    if lines.count > room {
      lines =
        lines.prefix(room) + ["", "Left out here: \(Words.count(lines.count - room, "line"))."]
    }
    return (lines + end).joined(separator: "\n") + "\n"
  }

  private static func strip(_ report: Report) -> [String] {
    var lines: [String] = []
    if let window = report.classification.window {
      lines.append("- Window: \(moment(window.start)) to \(moment(window.end))")
    }
    for offset in report.classification.offsets {
      lines.append("- Clock: \(SafeText.markdown(offset.sentence))")
    }
    lines.append(
      "- Read: \(Words.count(report.logs.count, "file")), \(Words.count(report.formats, "format")), "
        + "\(Words.count(report.lines, "line")), coverage \(report.coverage.map(Words.percent) ?? "none")"
    )
    lines += CoverageLines(report).short.map {
      "- \($0.label.prefix(1).uppercased())\($0.label.dropFirst()): \(SafeText.markdown($0.text))"
    }
    let all = report.classification.failures
    let outside = report.classification.failuresOutside
    let few = report.undecided.reduce(0) { $0 + $1.of.failures }
    lines.append(
      "- Failures: \(Words.number(all)) = \(Words.number(all - outside - few)) in verdicts + "
        + "\(Words.number(few)) too few to tell + \(Words.number(outside)) outside")
    let induced = report.classification.induced
    if induced > 0 {
      lines.append(
        "- Induced: \(Words.number(induced)) of them; no member was left, none was tried")
    }
    for aborts in report.classification.aborts.prefix(3) {
      lines.append("- Callers: \(SafeText.markdown(aborts.sentence))")
    }
    return lines
  }

  private static func verdicts(_ report: Report) -> [String] {
    let told = report.asserted.isEmpty ? report.undecided : report.asserted
    guard !told.isEmpty else {
      return [
        report.nothingFound
      ]
    }
    var lines = [
      "| # | verdict | backend | class | failures | share | from | to | confidence | owner |",
      "|--:|---|---|---|--:|--:|---|---|---|---|",
    ]
    for (number, finding) in told.prefix(40).enumerated() {
      let found = finding.of
      let share = found.requests.map { requests in
        requests > 0 ? Words.percent(Double(found.failures) / Double(requests)) : ""
      }
      let cells = [
        "\(number + 1)", found.pattern.rawValue, subject(found),
        found.classesByCount.first?.outcome.name ?? "", Words.number(found.failures), share ?? "",
        moment(found.interval.start), moment(found.interval.end), finding.confidence.rawValue,
        finding.causes.first?.owner ?? "",
      ]
      lines.append("| " + cells.map { SafeText.markdown($0) }.joined(separator: " | ") + " |")
    }
    if told.count > 40 { lines.append("\nand \(told.count - 40) more.") }
    return lines
  }

  private static func next(_ number: Int, _ finding: Finding) -> [String] {
    guard let cause = finding.causes.first else { return [] }
    var lines = ["\(number). **\(SafeText.markdown(TextLayout.fit(cause.title, 300)))**"]
    for step in cause.steps {
      lines.append("   - \(SafeText.markdown(TextLayout.fit(step.text, 600)))")
      if let command = step.command { lines.append("     \(SafeText.code(command))") }
    }
    return lines
  }

  private static func card(_ number: Int, _ finding: Finding) -> [String] {
    let found = finding.of
    var lines = [
      "", "### \(number). \(found.pattern.rawValue): \(SafeText.markdown(subject(found)))", "",
      SafeText.markdown(TextLayout.fit(finding.claim, 600)), "",
      "- Confidence \(finding.confidence.rawValue): \(SafeText.markdown(TextLayout.fit(found.confidenceReason, 300)))",
      "- Shape: \(SafeText.code(TextLayout.sparkline(found.shape, isUnicode: true)))",
    ]
    let classes = found.classesByCount.map { "\($0.outcome.name) \(Words.number($0.count))" }
    if !classes.isEmpty { lines.append("- Classes: \(classes.joined(separator: ", "))") }
    if !found.gateways.isEmpty {
      lines.append(
        "- Seen by: \(SafeText.markdown(TextLayout.fit(found.gateways.joined(separator: ", "), 200)))"
      )
    }
    for cause in finding.causes {
      lines.append(
        "- Cause to test (\(finding.confidence(of: cause).rawValue)): "
          + "\(SafeText.markdown(TextLayout.fit(cause.title, 300))); because "
          + SafeText.markdown(TextLayout.fit(cause.because, 600))
          + (cause.refutedBy.isEmpty
            ? "" : "; refuted by \(SafeText.markdown(TextLayout.fit(cause.refutedBy, 300)))"))
    }
    if let path = finding.demarcation {
      for segment in path.segments {
        var line =
          "- Path \(SafeText.markdown(TextLayout.fit(segment.name, 160))): **\(segment.verdict.rawValue)**; "
          + SafeText.markdown(TextLayout.fit(segment.because, 400))
        if let proof = segment.lines.first {
          line += " (\(SafeText.code(TextLayout.fit(proof, 160))))"
        }
        if let command = segment.check?.command { line += "; check \(SafeText.code(command))" }
        lines.append(line)
      }
    }
    if !found.missing.isEmpty {
      lines.append("- Would decide: \(SafeText.markdown(found.missing.joined(separator: "; ")))")
    }
    for sample in found.exemplars {
      lines.append(
        "- \(SafeText.code("\(TextLayout.fit(sample.file, 160)):\(sample.line)")) at \(RFC3339.text(sample.time)): "
          + SafeText.code(String((sample.message ?? sample.outcome.name).prefix(200))))
    }
    return lines
  }

  private static func sources(_ report: Report) -> [String] {
    var lines = [
      "| file | format | lines | records | events | chatter | joined | repeated | unread | remarks |",
      "|---|---|--:|--:|--:|--:|--:|--:|--:|---|",
    ]
    for file in report.files.prefix(60) {
      let cells = [
        TextLayout.fit(file.path, 160), file.format ?? "none", "\(file.lines)", "\(file.records)",
        "\(file.events)",
        "\(file.chatter)", "\(file.joined)", "\(file.repeated)", "\(file.faults)",
        CoverageLines.remarks(file),
      ]
      lines.append("| " + cells.map { SafeText.markdown($0) }.joined(separator: " | ") + " |")
    }
    if report.files.count > 60 { lines.append("\nand \(report.files.count - 60) more files.") }
    return lines
  }

  private static func subject(_ found: Case) -> String {
    TextLayout.fit(
      found.backends.isEmpty ? found.backend : found.backends.joined(separator: ", "), 120)
  }

  private static func moment(_ time: Timestamp) -> String {
    RFC3339.text(time, withMilliseconds: false)
  }
}

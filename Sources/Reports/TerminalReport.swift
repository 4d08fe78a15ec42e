import Correlator
import LogEvents
import Playbooks

/// The report for a terminal: answer first, in one screen of 80 columns.
package struct TerminalReport {
  private let report: Report
  /// Findings shown before the rest is only counted.
  private let top: Int
  /// Evidence, rivals, all causes and steps of every finding.
  private let isFull: Bool
  private let isUnicode: Bool
  private let isColoured: Bool

  package init(
    _ report: Report, top: Int = 10, isFull: Bool = false, isUnicode: Bool = true,
    isColoured: Bool = false
  ) {
    self.report = report
    self.top = top
    self.isFull = isFull
    self.isUnicode = isUnicode
    self.isColoured = isColoured
  }

  package var text: String {
    var lines = header()
    lazy var sections = TerminalSections(report, isUnicode: isUnicode)
    // Where nothing can be asserted, what failed is shown all the same.
    let told = report.asserted.isEmpty ? report.undecided : report.asserted
    let shown = Array(told.prefix(top))
    if shown.isEmpty {
      lines += ["", nothingFound]
    } else {
      lines += ["", "VERDICTS"]
      for (index, finding) in shown.enumerated() { lines += verdict(index + 1, finding) }
      if told.count > shown.count {
        lines.append("    and \(told.count - shown.count) more; --top shows them")
      }
      if isFull, !report.asserted.isEmpty { lines += sections.story }
      lines += ["", "NEXT"]
      for (index, finding) in shown.prefix(isFull ? shown.count : 3).enumerated() {
        lines += next(index + 1, finding)
      }
    }
    lines += [""] + footer()
    if isFull {
      lines += sections.middle
      if !shown.isEmpty { lines += ["", "FINDINGS"] }
      for (index, finding) in shown.enumerated() {
        lines += (index > 0 ? [""] : []) + full(index + 1, finding)
      }
      lines += sections.unknown + ["", "SOURCES"]
      for line in CoverageLines(report).ledger {
        lines += TextLayout.wrapped(line, indent: line.hasPrefix(" ") ? 4 : 2)
      }
    }
    return lines.map { SafeText.terminal($0) }.map(coloured).joined(separator: "\n") + "\n"
  }

  // MARK: Parts

  private func header() -> [String] {
    var lines = [
      "logtriage  \(Words.count(report.logs.count, "file"))  "
        + "\(Words.count(report.formats, "format"))  \(Words.count(report.lines, "line"))  "
        + "coverage \(report.coverage.map(Words.percent) ?? "none")"
    ]
    if let window = report.classification.window {
      lines.append("window     \(span(window.start, window.end))")
    }
    if !report.redaction.kinds.isEmpty { lines.append("taken out  \(report.redaction.level)") }
    for offset in report.classification.offsets {
      lines.append("clock      \(TextLayout.fit(offset.sentence, TextLayout.width - 11))")
    }
    for line in CoverageLines(report).short {
      lines += TextLayout.wrapped(line.text, indent: 11, label: line.label)
    }
    return lines
  }

  private var nothingFound: String {
    report.nothingFound
  }

  private func verdict(_ number: Int, _ finding: Finding) -> [String] {
    let found = finding.of
    let outcome = found.classesByCount.first?.outcome.name ?? ""
    var count = Words.number(found.failures)
    if let requests = found.requests, requests > 0 {
      count += "/\(Words.number(requests))"
      count += " \(Words.percent(Double(found.failures) / Double(requests)))"
    }
    let word = PatternWord.of(found.pattern)
    // Large counts take their room from the name.
    let beyond = max(0, count.count - 17)
    let first =
      TextLayout.right("\(number)", 2) + " " + TextLayout.left(word, 11)
      + TextLayout.left(subject(found), 24 - beyond) + " " + TextLayout.left(outcome, 16)
      + TextLayout.right(count, 18 + beyond) + " " + finding.confidence.rawValue
    let bars = TextLayout.sparkline(found.shape, isUnicode: isUnicode)
    let second =
      "   " + TextLayout.left(span(found.interval.start, found.interval.end), 44) + " " + bars
      + "  "
      + (finding.causes.first?.owner ?? "")
    return [first, second].map { String($0.prefix(TextLayout.width)) }
  }

  private func subject(_ found: Case) -> String {
    if !found.backends.isEmpty { return Words.count(found.backends.count, "backend") }
    return found.backend.isEmpty ? "(backend not named)" : found.backend
  }

  private func next(_ number: Int, _ finding: Finding) -> [String] {
    guard let cause = finding.causes.first else { return [] }
    var lines = numbered(number, cause.title + ".")
    guard let step = cause.steps.first else { return lines }
    if step.command == nil { lines += TextLayout.wrapped(step.text, indent: 3) }
    if let command = cause.steps.lazy.compactMap(\.command).first {
      lines += TextLayout.command(command, indent: 5)
    }
    return lines
  }

  private func full(_ number: Int, _ finding: Finding) -> [String] {
    let found = finding.of
    var lines = numbered(number, finding.claim)
    lines += TextLayout.wrapped(
      "confidence \(finding.confidence.rawValue): \(found.confidenceReason)", indent: 3)
    if let lastSuccess = found.lastSuccess {
      lines.append("   last success  \(RFC3339.text(lastSuccess))")
    }
    if let nextSuccess = found.nextSuccess {
      lines.append("   next success  \(RFC3339.text(nextSuccess))")
    }
    let classes = found.classesByCount.map { "\($0.outcome.name) \(Words.number($0.count))" }
    lines += TextLayout.wrapped("classes: \(classes.joined(separator: ", "))", indent: 3)
    if !found.gateways.isEmpty {
      lines += TextLayout.wrapped("seen by: \(found.gateways.joined(separator: ", "))", indent: 3)
    }
    for cause in finding.causes {
      lines += TextLayout.wrapped(
        "\(cause.title) (\(finding.confidence(of: cause).rawValue); owner: \(cause.owner))",
        indent: 5, label: "   -")
      lines += TextLayout.wrapped("because \(cause.because)", indent: 5, hang: 2)
      if !cause.refutedBy.isEmpty {
        lines += TextLayout.wrapped("refuted by \(cause.refutedBy)", indent: 5, hang: 2)
      }
      for step in cause.steps {
        lines += TextLayout.wrapped(step.text, indent: 7, label: "     >")
        if let command = step.command { lines += TextLayout.command(command, indent: 9) }
      }
    }
    lines += path(finding)
    if !found.missing.isEmpty {
      lines += TextLayout.wrapped(
        "would decide: \(found.missing.joined(separator: "; "))", indent: 3)
    }
    for sample in found.exemplars {
      lines += TextLayout.wrapped(
        "\(sample.file):\(sample.line) \(RFC3339.text(sample.time))", indent: 3)
      if let message = sample.message {
        lines += TextLayout.wrapped(String(message.prefix(300)), indent: 5)
      }
    }
    return lines
  }

  /// Segments from the client inwards: proven good, failing, or the command that would tell.
  private func path(_ finding: Finding) -> [String] {
    guard let path = finding.demarcation else { return [] }
    var lines = ["   path, proven by the logs:"]
    for segment in path.segments {
      let proof = segment.lines.first.map { " (\($0))" } ?? ""
      lines += TextLayout.wrapped(
        "[\(segment.verdict.rawValue)] \(segment.name): \(segment.because)\(proof)", indent: 5,
        hang: 2)
      if let command = segment.check?.command { lines += TextLayout.command(command, indent: 9) }
    }
    return lines
  }

  private func footer() -> [String] {
    let all = report.classification.failures
    let outside = report.classification.failuresOutside
    let undecided = report.undecided
    let few = undecided.reduce(0) { $0 + $1.of.failures }
    var lines: [String] = []
    if !undecided.isEmpty, !report.asserted.isEmpty {
      let names = undecided.prefix(3).map { "\(subject($0.of)) (\($0.of.failures))" }
      let more = undecided.count > 3 ? " and \(undecided.count - 3) more" : ""
      lines += TextLayout.wrapped(
        "too few to tell: \(names.joined(separator: ", "))\(more)", indent: 0)
    }
    lines.append(
      "failures   \(Words.number(all)) = \(Words.number(all - outside - few)) in verdicts + "
        + "\(Words.number(few)) too few to tell + \(Words.number(outside)) outside")
    let induced = report.classification.induced
    if induced > 0 {
      lines.append(
        "induced    \(Words.number(induced)) of them: no member was left, none was tried")
    }
    if report.clientAborts > 0 {
      lines.append(
        "callers    left early \(Words.number(report.clientAborts)) times, not counted above")
      let told = report.classification.aborts.filter { isFull || $0.followsSlowness }
      for aborts in told.prefix(isFull ? 16 : 2) {
        lines += TextLayout.wrapped(aborts.sentence, indent: 11)
      }
    }
    return lines
  }

  // MARK: Spelling

  private func numbered(_ number: Int, _ text: String) -> [String] {
    TextLayout.wrapped(text, indent: 3, label: TextLayout.right("\(number)", 2))
  }

  /// `2026-11-20 06:00:00Z .. 09:00:00Z`; the second date only where it differs.
  private func span(_ start: Timestamp, _ end: Timestamp) -> String {
    let (a, b) = (moment(start), moment(end))
    let isSameDay = a.prefix(10) == b.prefix(10)
    return "\(a) .. \(isSameDay ? String(b.dropFirst(11)) : b)"
  }

  private func moment(_ time: Timestamp) -> String {
    let text = RFC3339.text(time, withMilliseconds: false)
    return text.prefix(10) + " " + text.dropFirst(11)
  }

  private static let headings = [
    "VERDICTS", "WHAT HAPPENED", "NEXT", "TIMELINE", "WHERE IT BREAKS", "HOW WIDE",
    "WHAT THE FAILED REQUESTS SHARE", "IMPACT", "FINDINGS", "UNKNOWN LINES", "SOURCES",
  ]

  /// Headings bold; colour never carries meaning of its own.
  private func coloured(_ line: String) -> String {
    guard isColoured, Self.headings.contains(line) else { return line }
    return "\u{1b}[1m\(line)\u{1b}[0m"
  }
}

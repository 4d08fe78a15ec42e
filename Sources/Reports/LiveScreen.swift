import Correlator
import LogEvents
import Playbooks

/// The live screen as lines of text: what is drawn, whatever the terminal.
///
/// From top to bottom: sources, open findings, failures per minute, latest failures, next step, keys.
/// Bars and words carry the same meaning, so colour is optional.
package struct LiveScreen: Sendable {
  /// One class's failures, the newest minute last.
  package struct Rate: Sendable {
    package var name: String
    package var counts: [Int]

    package init(name: String, counts: [Int]) {
      self.name = name
      self.counts = counts
    }
  }

  package struct Exchange: Sendable {
    package var time: Int64
    package var gateway: String
    package var backend: String
    package var outcome: String
    package var text: String
    package var repeats: Int

    package init(
      time: Int64, gateway: String, backend: String, outcome: String, text: String, repeats: Int
    ) {
      self.time = time
      self.gateway = gateway
      self.backend = backend
      self.outcome = outcome
      self.text = text
      self.repeats = repeats
    }
  }

  /// The first line: what is read, how fast, how late.
  package var sources = ""
  /// What must not be overlooked; takes the place of `sources`' rest.
  package var warning = ""
  package var findings: [FindingLedger.Entry] = []
  package var openCount = 0
  /// Whether what was written before is still being read.
  package var isBehind = false
  package var rates: [Rate] = []
  package var minutes = 60
  package var exchanges: [Exchange] = []
  /// Rows that the latest exchanges were scrolled up by; 0 follows them.
  package var scrolled = 0
  package var selected = 0
  package var isPaused = false
  package var isHelp = false
  package var isDetail = false
  package var message = ""
  package var filter: String?
  package var isTyping = false
  /// The time of the logs, in milliseconds since 1970.
  package var latest: Int64 = 0

  package init() {}

  package enum Style: Sendable { case plain, bold, dim, reversed }

  package struct Line: Sendable, Equatable {
    package var text: String
    package var style: Style
  }

  /// `height` lines of at most `width` characters.
  package func lines(width: Int, height: Int, isUnicode: Bool) -> [Line] {
    var frame = Frame(width: max(20, width), isUnicode: isUnicode)
    frame.add(warning.isEmpty ? sources : warning, warning.isEmpty ? .bold : .reversed)
    let bottom = height - 1
    if isHelp {
      for line in Self.help { frame.add(line) }
    } else if isDetail, let entry = chosen {
      detail(entry, &frame, until: bottom)
    } else {
      overview(&frame, until: bottom)
    }
    frame.fill(to: bottom)
    let keys =
      isTyping
      ? "/\(filter ?? "")_   ENTER keeps it, ESC drops it"
      : " v/V finding  ENTER open  e/E scroll  / filter  space pause  ? help  q quit"
    frame.add(message.isEmpty ? keys : " " + message, .dim)
    return Array(frame.lines.prefix(height))
  }

  package var chosen: FindingLedger.Entry? {
    findings.indices.contains(selected) ? findings[selected] : nil
  }

  // MARK: Parts

  private func overview(_ frame: inout Frame, until bottom: Int) {
    let next = nextStep(frame.width)
    let rateRows = min(rates.count, bottom >= 20 ? 4 : 2)
    // The newest failures keep at least three rows.
    let room = bottom - frame.lines.count - next.count - 1 - (rateRows + 1) - 4 - 1
    let shown = min(findings.count, max(1, room))
    frame.rule("findings now" + (filter.map { " with \($0)" } ?? ""), "\(openCount) open")
    if findings.isEmpty {
      frame.add(isBehind ? "   reads what is there first" : "   no failing backend so far")
    }
    let first = max(0, min(selected - shown + 1, findings.count - shown))
    for index in first..<min(findings.count, first + shown) {
      let entry = findings[index]
      let style: Style =
        entry.state == .closed ? .dim : index == selected ? .bold : .plain
      frame.add((index == selected ? " > " : "   ") + row(entry, frame), style)
    }
    if rateRows > 0 {
      frame.rule("last \(minutes) min", "failures/min")
      for rate in rates.prefix(rateRows) {
        let columns = max(0, min(rate.counts.count, frame.width - 21))
        let bars = TextLayout.sparkline(
          Array(rate.counts.suffix(columns)), isUnicode: frame.isUnicode)
        frame.add("   " + TextLayout.left(rate.name, 17) + bars)
      }
    }
    frame.rule("failures", isPaused ? "paused" : scrolled > 0 ? "scrolled [f]" : "following")
    let rows = max(0, bottom - frame.lines.count - next.count - (next.isEmpty ? 0 : 1))
    let end = max(0, exchanges.count - scrolled)
    for exchange in exchanges[max(0, end - rows)..<end].reversed() { frame.add(row(exchange)) }
    frame.fill(to: bottom - next.count - (next.isEmpty ? 0 : 1))
    guard !next.isEmpty else { return }
    frame.rule("next", "x copies the command")
    for line in next { frame.add(line) }
  }

  /// `CONSTANT   orders:8443   connect-refused   1 204/1 204   19 min  bars`.
  private func row(_ entry: FindingLedger.Entry, _ frame: Frame) -> String {
    let found = entry.finding.of
    let word = entry.state == .open ? PatternWord.of(found.pattern) : entry.state.rawValue
    let seconds = Double(max(0, latest - found.interval.start.milliseconds)) / 1000
    let count = found.requests.map { "\(found.failures)/\($0)" } ?? "\(found.failures)"
    let bars = frame.width - 3 - 11 - 24 - 17 - 12 - 9
    let subject = entry.subject.isEmpty ? "(backend not named)" : entry.subject
    var text = TextLayout.left(word, 11) + TextLayout.left(subject, 23) + " "
    text += TextLayout.left(found.classesByCount.first?.outcome.name ?? "", 17)
    text += TextLayout.right(count, 11) + " "
    text += TextLayout.left(Self.short(seconds), 5) + " "
    guard bars > 3 else { return text }
    return text
      + TextLayout.sparkline(Array(found.shape.suffix(min(bars, 12))), isUnicode: frame.isUnicode)
  }

  private func row(_ exchange: Exchange) -> String {
    let time = RFC3339.text(Timestamp(milliseconds: exchange.time)).dropFirst(11).dropLast(1)
    let repeats = exchange.repeats > 0 ? "(+\(exchange.repeats) in 10 s) " : ""
    return "   \(time) " + TextLayout.left(exchange.gateway, 8) + " "
      + TextLayout.left(exchange.backend, 20) + " " + TextLayout.left(exchange.outcome, 16) + " "
      + repeats + exchange.text
  }

  private func nextStep(_ width: Int) -> [String] {
    guard let entry = chosen, let cause = entry.finding.causes.first else { return [] }
    var lines = TextLayout.wrapped(
      "\(cause.title): \(cause.steps.first?.text ?? "")", indent: 3, width: width)
    if lines.count > 2 { lines = [lines[0], String(lines[1].prefix(width - 4)) + " ..."] }
    if let command = cause.steps.lazy.compactMap(\.command).first {
      lines.append("   $ \(command)")
    }
    return lines
  }

  private func detail(_ entry: FindingLedger.Entry, _ frame: inout Frame, until bottom: Int) {
    frame.rule("\(entry.state.rawValue) \(entry.subject)", "ENTER back")
    let finding = entry.finding
    var lines = TextLayout.wrapped(finding.claim, indent: 3, width: frame.width)
    lines += TextLayout.wrapped(
      "confidence \(finding.confidence.rawValue): \(finding.of.confidenceReason)", indent: 3,
      width: frame.width)
    let classes = finding.of.classesByCount.map { "\($0.outcome.name) \($0.count)" }
    lines += TextLayout.wrapped(
      "classes: \(classes.joined(separator: ", "))", indent: 3, width: frame.width)
    lines.append("   " + TextLayout.sparkline(finding.of.shape, isUnicode: frame.isUnicode))
    for cause in finding.causes.prefix(3) {
      lines += TextLayout.wrapped(
        "- \(cause.title) (owner: \(cause.owner))", indent: 3, width: frame.width)
      lines += TextLayout.wrapped("because \(cause.because)", indent: 5, width: frame.width)
      for step in cause.steps.prefix(2) {
        lines += TextLayout.wrapped("> \(step.text)", indent: 5, width: frame.width)
        if let command = step.command { lines.append("       $ \(command)") }
      }
    }
    for sample in finding.of.exemplars.prefix(3) {
      lines.append("   \(sample.file):\(sample.line)  \(sample.message ?? sample.uri ?? "")")
    }
    for line in lines.prefix(max(0, bottom - frame.lines.count)) { frame.add(line) }
  }

  private static func short(_ seconds: Double) -> String {
    let whole = Int(seconds)
    if whole < 60 { return "\(whole)s" }
    if whole < 3600 { return "\(whole / 60)m" }
    return whole < 172_800 ? "\(whole / 3600)h" : "\(whole / 86_400)d"
  }

  private static let help = [
    "", "   v V, arrows   next and previous finding",
    "   ENTER         the finding in detail, and back",
    "   e E           scroll the failures up and down",
    "   f             follow the newest failures",
    "   /             show findings and failures that hold a text",
    "   -             hide the selected finding", "   z             60 or 180 minutes",
    "   x             copy the command of the next step (OSC 52)",
    "   w             write the report so far as Markdown",
    "   space         pause the view; reading goes on", "   q, Ctrl-C     end, with the report",
  ]

  /// Lines under construction; text of logs is made safe here, all of it.
  private struct Frame {
    let width: Int
    let isUnicode: Bool
    var lines: [Line] = []

    mutating func add(_ text: String, _ style: Style = .plain) {
      let safe = isUnicode ? SafeText.terminal(text) : SafeText.ascii(text)
      lines.append(Line(text: String(safe.prefix(width)), style: style))
    }

    mutating func rule(_ title: String, _ right: String) {
      let dash: Character = isUnicode ? "─" : "-"
      let rest = max(2, width - title.count - right.count - 8)
      let line = String(repeating: dash, count: 2)
      add(" \(line) \(title) \(String(repeating: dash, count: rest)) \(right) \(dash)", .dim)
    }

    mutating func fill(to count: Int) {
      while lines.count < count { add("") }
      if lines.count > count { lines.removeLast(lines.count - max(0, count)) }
    }
  }
}

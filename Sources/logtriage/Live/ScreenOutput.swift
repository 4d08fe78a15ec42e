import Foundation
import LogEvents
import Pipeline
import Playbooks
import Reports

/// The live screen: what keys mean, and what is drawn at each tick.
struct ScreenOutput: LiveOutput {
  private let screen: TerminalScreen
  private let isUnicode: Bool
  private let isStyled: Bool
  private var page = LiveScreen()
  private var selected: String?
  private var hidden: Set<String> = []
  private var lastLines = (count: 0, time: Int64(0))
  private var rate = 0

  init(screen: TerminalScreen, terminal: Terminal) {
    self.screen = screen
    isUnicode = terminal.isUnicode
    isStyled = terminal.allowsColour
    screen.open()
  }

  var wantsFailures: Bool { true }

  mutating func finish() { screen.close() }

  mutating func say(_ sentence: String) {
    page.message = sentence
    draw()
  }

  mutating func tick(_ view: LiveView) {
    if view.now - lastLines.time >= 1000 {
      rate = Int(Int64(view.lines - lastLines.count) * 1000 / max(1, view.now - lastLines.time))
      lastLines = (view.lines, view.now)
    }
    if !page.isPaused { take(view) }
    draw()
  }

  private mutating func take(_ view: LiveView) {
    page.latest = view.latest
    page.openCount = view.ledger.openCount
    page.sources = sources(view)
    page.warning = warning(view)
    page.isBehind = view.backlog > 0
    page.findings = view.ledger.shown.filter {
      !hidden.contains($0.subject) && isWanted($0.subject)
    }
    if let selected, let place = page.findings.firstIndex(where: { $0.subject == selected }) {
      page.selected = place
    } else {
      page.selected = min(page.selected, max(0, page.findings.count - 1))
    }
    let latest = view.latest / 60_000
    var rows: [Outcome: [Int]] = [:]
    for (minute, counts) in view.failures.rates {
      let column = page.minutes - 1 - Int(clamping: latest - minute)
      guard (0..<page.minutes).contains(column) else { continue }
      for (outcome, count) in counts {
        rows[outcome, default: [Int](repeating: 0, count: page.minutes)][column] += count
      }
    }
    page.rates = rows.map { LiveScreen.Rate(name: $0.key.name, counts: narrowed($0.value)) }
      .sorted { ($1.counts.reduce(0, +), $0.name) < ($0.counts.reduce(0, +), $1.name) }
    page.exchanges = view.failures.rows.filter { isWanted($0.backend) }.map {
      LiveScreen.Exchange(
        time: $0.time, gateway: $0.gateway, backend: $0.backend, outcome: $0.outcome.name,
        text: $0.text, repeats: $0.repeats)
    }
  }

  private func isWanted(_ name: String) -> Bool {
    guard let filter = page.filter, !filter.isEmpty else { return true }
    return name.contains(filter)
  }

  /// Always 60 columns.
  private func narrowed(_ counts: [Int]) -> [Int] {
    let width = counts.count / 60
    guard width > 1 else { return counts }
    return (0..<60).map { counts[($0 * width)..<(($0 + 1) * width)].reduce(0, +) }
  }

  private func sources(_ view: LiveView) -> String {
    var words = [
      " logtriage tail", Words.count(view.logs, "log"), "+\(Words.number(rate)) lines/s",
    ]
    if view.backlog > 0 { words.append("behind \(view.backlog / 1024) KiB") }
    if view.rotations > 0 { words.append(Words.count(view.rotations, "rotation")) }
    let clock = RFC3339.text(Timestamp(milliseconds: view.now), withMilliseconds: false)
    words.append("\(clock.dropFirst(11))")
    return words.joined(separator: "   ")
  }

  private func warning(_ view: LiveView) -> String {
    if view.drops > 0 { return " \(Words.number(view.drops)) messages dropped: the queue was full" }
    guard let log = view.silent.first else { return "" }
    let name = log.path.split(separator: "/").suffix(2).joined(separator: "/")
    let more = view.silent.count > 1 ? " and \(view.silent.count - 1) more" : ""
    return " silent for \(Words.duration(Double(log.milliseconds / 1000))): \(name)\(more)"
  }

  private mutating func draw() {
    let size = screen.measure()
    let lines = page.lines(width: size.width, height: size.height, isUnicode: isUnicode)
    screen.draw(
      lines.map { line in
        guard isStyled else { return line.text }
        switch line.style {
        case .plain: return line.text
        case .bold: return "\u{1b}[1m" + line.text
        case .dim: return "\u{1b}[2m" + line.text
        case .reversed: return "\u{1b}[7m" + line.text
        }
      })
  }

  // MARK: Keys

  mutating func key(_ key: UInt8, _ view: LiveView) -> LiveKey {
    page.message = ""
    defer {
      if !page.isPaused { take(view) }
      draw()
    }
    if page.isTyping {
      type(key)
      return .none
    }
    switch key {
    case UInt8(ascii: "q"): return .end
    case UInt8(ascii: "v"), UInt8(ascii: "B"), UInt8(ascii: "j"): select(page.selected + 1)
    case UInt8(ascii: "V"), UInt8(ascii: "A"), UInt8(ascii: "k"): select(page.selected - 1)
    case 10, 13: page.isDetail.toggle()
    case UInt8(ascii: "e"): page.scrolled = min(page.scrolled + 5, max(0, page.exchanges.count - 1))
    case UInt8(ascii: "E"): page.scrolled = max(0, page.scrolled - 5)
    case UInt8(ascii: "f"): page.scrolled = 0
    case UInt8(ascii: " "): page.isPaused.toggle()
    case UInt8(ascii: "z"), UInt8(ascii: "Z"): page.minutes = page.minutes == 60 ? 180 : 60
    case UInt8(ascii: "?"): page.isHelp.toggle()
    case UInt8(ascii: "/"):
      page.filter = ""
      page.isTyping = true
    case UInt8(ascii: "-"): if let entry = page.chosen { hidden.insert(entry.subject) }
    case UInt8(ascii: "x"): copyCommand()
    case UInt8(ascii: "w"):
      page.message = "writes logtriage-report.md"
      return .write
    default: break
    }
    return .none
  }

  private mutating func select(_ place: Int) {
    guard !page.findings.isEmpty else { return }
    page.selected = max(0, min(place, page.findings.count - 1))
    selected = page.findings[page.selected].subject
  }

  private mutating func type(_ key: UInt8) {
    switch key {
    case 10, 13:
      page.isTyping = false
      if page.filter?.isEmpty == true { page.filter = nil }
    case 27:
      page.isTyping = false
      page.filter = nil
    case 8, 127: page.filter = page.filter.map { String($0.dropLast()) }
    case 32..<127: page.filter?.unicodeScalars.append(Unicode.Scalar(key))
    default: break
    }
  }

  private mutating func copyCommand() {
    let commands = page.chosen?.finding.causes.first?.steps.lazy.compactMap(\.command)
    guard let command = commands?.first else {
      page.message = "no command for this finding"
      return
    }
    screen.copy(command)
    page.message = "copied: \(command)"
  }
}

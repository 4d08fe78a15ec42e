import Correlator
import LogEvents
import Playbooks

/// The middle of the Markdown report: timeline, where it breaks, how wide, shared traits, impact and what
/// was not understood.
struct MarkdownSections {
  private let facts: PageFacts
  private static let rowLimit = 12

  init(_ facts: PageFacts) { self.facts = facts }

  var lines: [String] {
    guard facts.cube.cellCount > 0 else { return [] }
    return section("Timeline", timeline) + section("Where it breaks", breaks)
      + section("How wide", width) + section("What the failed requests share", traits)
      + section("Impact", impact) + section("Unknown lines", unknown)
  }

  private func section(_ title: String, _ lines: [String]) -> [String] {
    ["", "## \(title)", ""] + lines
  }

  private func row(_ cells: [String]) -> String {
    "| " + cells.map { SafeText.markdown($0) }.joined(separator: " | ") + " |"
  }

  private func table(_ head: [String], _ align: String, _ rows: [[String]]) -> [String] {
    [row(head), "|" + align.map { $0 == "r" ? "--:|" : "---|" }.joined()]
      + rows.prefix(Self.rowLimit).map(row)
      + more(rows.count)
  }

  private func more(_ count: Int) -> [String] {
    count > Self.rowLimit ? ["", "and \(count - Self.rowLimit) more."] : []
  }

  private var timeline: [String] {
    let page = PageTimeline(facts)
    var lines = ["- \(SafeText.markdown(page.peak))"]
    let failing = Set(facts.cube.failed.map(\.backend)).sorted()
    for place in failing.prefix(Self.rowLimit) {
      let counts = facts.tally.series { $0.backend == place }
      let bars = TextLayout.sparkline(TextLayout.folded(counts, to: 48), isUnicode: true)
      lines.append(
        "- \(SafeText.code(bars)) \(SafeText.markdown(facts.backendLabel(place))), "
          + Words.count(counts.reduce(0, +), "failure"))
    }
    lines += page.changes.prefix(Self.rowLimit).map {
      "- \($0.changeTime) \($0.changeKind) \(SafeText.markdown($0.changeOf))"
    }
    let hidden = facts.detail.changeCount - min(page.changes.count, Self.rowLimit)
    if hidden > 0 { lines.append("- and \(Words.count(hidden, "more change")) of state") }
    lines += page.gaps.prefix(Self.rowLimit).map { "- \($0.gapWords)" }
    return lines
  }

  private var breaks: [String] {
    let page = PageBreaks(facts)
    guard page.hasClasses else { return ["No failure of a backend."] }
    var lines = table(
      ["class", "step", "failed", "of all", "for example"], "llrrl",
      page.classes.map {
        [
          $0.className, $0.classPhase, $0.classCount.shown, $0.classShare.shown,
          $0.classSamples.first?.link ?? "",
        ]
      })
    let fired = page.timers.filter { $0.timerCount.shown != "0" }
    if !fired.isEmpty { lines += [""] }
    lines += fired.map {
      "- \($0.timerCount.shown) failed just at \($0.timerValue), where a timer may have fired "
        + "(as shipped: \(SafeText.markdown($0.timerNames)))"
    }
    return lines
  }

  private var width: [String] {
    let page = PageWidth(facts)
    guard page.hasMatrix else { return ["No exchange with a backend."] }
    let columns = page.columns.prefix(8)
    return table(
      ["backend"] + columns.map(\.columnName) + ["all gateways"],
      "l" + String(repeating: "r", count: columns.count + 1),
      page.matrix.map { line in
        [line.rowName]
          + line.squares.prefix(columns.count).map {
            $0.isEmpty
              ? ""
              : $0.squareCount.shown
                + ($0.squareShare.shown.isEmpty ? "" : " (\($0.squareShare.shown))")
          } + [line.rowTotal.shown]
      })
  }

  private var traits: [String] {
    guard !facts.detail.traits.isEmpty else { return ["No failed requests to compare."] }
    return facts.detail.traits.prefix(Self.rowLimit).flatMap { shared -> [String] in
      let name = SafeText.markdown(TextLayout.fit(shared.backend, 80))
      let patterns = shared.patterns.dropFirst().prefix(3).map {
        "  - also the \($0.trait.rawValue) \(SafeText.markdown(TextLayout.fit($0.shown, 100))), "
          + "\(Words.percent($0.failedShare)) of failed, \(Words.percent($0.servedShare)) of served"
      }
      return ["- \(name): \(SafeText.markdown(PageTraits.verdict(of: shared)))"] + patterns
    }
  }

  private var impact: [String] {
    let page = PageImpact(facts)
    guard page.hasImpact else { return ["No exchange was lost."] }
    var lines = table(
      ["backend", "exchanges", "failed", "share", "clients touched", "longest without a success"],
      "lrrrll",
      page.impactRows.map {
        [
          $0.impactBackend, $0.impactRequests.shown, $0.impactFailures.shown, $0.impactShare.shown,
          $0.impactClients, $0.longestOutage,
        ]
      })
    if !page.aborts.isEmpty { lines += ["", page.aborts] }
    return lines
  }

  private var unknown: [String] {
    let page = PageSources(facts)
    guard page.hasUnknown else { return ["Every record was understood."] }
    return page.unknown.prefix(Self.rowLimit).map {
      "- \(SafeText.markdown($0.unknownPath)): \($0.unknownCount) (\($0.unknownShare)), "
        + "\(SafeText.markdown($0.unknownKind)); first at \(SafeText.code($0.unknownPlace)): "
        + SafeText.code($0.unknownSample)
    } + more(page.unknown.count)
  }
}

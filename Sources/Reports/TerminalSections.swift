import Correlator
import LogEvents
import Playbooks

/// What `--full` adds on a terminal: the sections of the page, in their order.
struct TerminalSections {
  private let facts: PageFacts
  private let isUnicode: Bool
  private static let rowLimit = 12

  init(_ report: Report, isUnicode: Bool) {
    facts = PageFacts(report)
    self.isUnicode = isUnicode
  }

  /// Sentences in the order of time, without a word of a cause.
  var story: [String] {
    section(
      "WHAT HAPPENED",
      StoryLine.all(facts).flatMap { TextLayout.wrapped($0.sentence, indent: 2, hang: 2) })
  }

  /// Between the next steps and the findings.
  var middle: [String] {
    guard facts.cube.cellCount > 0 else { return [] }
    return section("TIMELINE", timeline) + section("WHERE IT BREAKS", breaks)
      + section("HOW WIDE", width) + section("WHAT THE FAILED REQUESTS SHARE", traits)
      + section("IMPACT", impact)
  }

  var unknown: [String] {
    let page = PageSources(facts)
    guard page.hasUnknown else {
      return section("UNKNOWN LINES", ["  Every record was understood."])
    }
    let lines = limited(page.unknown) {
      TextLayout.wrapped(
        "\($0.unknownPath): \($0.unknownCount) (\($0.unknownShare)), \($0.unknownKind); first at "
          + $0.unknownPlace, indent: 2, hang: 2)
        + TextLayout.wrapped($0.unknownSample, indent: 6)
    }
    return section("UNKNOWN LINES", lines)
  }

  // MARK: Sections

  private var timeline: [String] {
    let page = PageTimeline(facts)
    let failing = Set(facts.cube.failed.map(\.backend)).sorted()
    var lines = TextLayout.wrapped(page.peak, indent: 2)
    lines += limited(failing) { place in
      let counts = facts.tally.series { $0.backend == place }
      let bars = TextLayout.sparkline(TextLayout.folded(counts, to: 36), isUnicode: isUnicode)
      return [
        "  " + TextLayout.left(facts.backendLabel(place), 28) + " "
          + TextLayout.right(Words.number(counts.reduce(0, +)), 10) + "  " + bars
      ]
    }
    lines += limited(page.changes) {
      TextLayout.wrapped("\($0.changeTime) \($0.changeKind) \($0.changeOf)", indent: 2, hang: 2)
    }
    return lines + limited(page.gaps) { TextLayout.wrapped($0.gapWords, indent: 2, hang: 2) }
  }

  private var breaks: [String] {
    let page = PageBreaks(facts)
    guard page.hasClasses else { return ["  No failure of a backend."] }
    let classes = limited(page.classes) {
      let place = $0.classSamples.first.map { ", as at \($0.link)" } ?? ""
      return TextLayout.wrapped(
        $0.classPhase + place, indent: 41,
        label: "  " + TextLayout.left($0.className, 20)
          + TextLayout.right($0.classCount.shown, 10) + TextLayout.right($0.classShare.shown, 7),
        hang: -35)
    }
    let fired = page.timers.filter { $0.timerCount.shown != "0" }
    return classes
      + fired.flatMap {
        TextLayout.wrapped(
          "\($0.timerCount.shown) failed just at \($0.timerValue), where a timer may have fired (as "
            + "shipped: \($0.timerNames))", indent: 2, hang: 2)
      }
  }

  private var width: [String] {
    let page = PageWidth(facts)
    guard page.hasMatrix else { return ["  No exchange with a backend."] }
    return limited(page.matrix) { row in
      let cells = zip(page.columns, row.squares).filter { !$1.isEmpty }.map {
        "\($0.columnName) \($1.squareCount.shown)"
          + ($1.squareShare.shown.isEmpty ? "" : " (\($1.squareShare.shown))")
      }
      return TextLayout.wrapped(
        cells.joined(separator: ", "), indent: 31, label: "  " + TextLayout.left(row.rowName, 28))
    }
  }

  private var traits: [String] {
    guard !facts.detail.traits.isEmpty else { return ["  No failed requests to compare."] }
    return limited(facts.detail.traits) {
      TextLayout.wrapped("\($0.backend): \(PageTraits.verdict(of: $0))", indent: 2, hang: 2)
    }
  }

  private var impact: [String] {
    let page = PageImpact(facts)
    guard page.hasImpact else { return ["  No exchange was lost."] }
    return limited(page.impactRows) {
      let lost =
        $0.impactShare.shown.isEmpty
        ? "\($0.impactFailures.shown) exchanges lost, of how many is not in the logs"
        : "\($0.impactFailures.shown) of \($0.impactRequests.shown) exchanges lost "
          + "(\($0.impactShare.shown))"
      return TextLayout.wrapped(
        "\(lost); clients touched: \($0.impactClients); longest without a success: "
          + $0.longestOutage,
        indent: 31, label: "  " + TextLayout.left($0.impactBackend, 28))
    } + TextLayout.wrapped(page.aborts, indent: 2)
  }

  // MARK: Layout

  private func section(_ title: String, _ lines: [String]) -> [String] { ["", title] + lines }

  private func limited<Row>(_ rows: [Row], _ lines: (Row) -> [String]) -> [String] {
    let hidden = rows.count - Self.rowLimit
    return rows.prefix(Self.rowLimit).flatMap(lines) + (hidden > 0 ? ["  and \(hidden) more"] : [])
  }
}

import Correlator
import LogEvents
import Playbooks

/// Section 1: one row for each verdict, and the sums that must agree.
struct PageVerdicts {
  struct Row {
    var number: Int
    var place: Int
    var anchor: String
    var word: String
    var tone: String
    var backend: String
    var mainClass: String
    var failures: Counted
    var requests: [Counted]
    var share: [Counted]
    var whenFrom: String
    var whenTo: String
    var trend: String
    var viewBox: String
    var sparkline: String
    var confidence: String
    var reason: String
    var owner: String
  }

  struct Few {
    var fewAnchor: String
    var fewBackend: String
    var fewCount: Counted
    var fewMissing: String
  }

  var rows: [Row]
  var hasRows: Bool
  var nothing: String
  var few: [Few]
  var hasFew: Bool
  var total: Counted
  var inVerdicts: Counted
  var tooFew: Counted
  var outside: Counted
  var leftOut: String

  /// Rows that a page has; the rest is counted.
  private static let limit = 40

  init(_ facts: PageFacts) {
    let asserted = facts.asserted
    rows = asserted.prefix(Self.limit).map { Self.row($0, facts) }
    hasRows = !rows.isEmpty
    let undecided = facts.findings.filter { $0.zone == .undecided }
    few = undecided.prefix(Self.limit).map {
      Few(
        fewAnchor: $0.anchor, fewBackend: $0.subject,
        fewCount: Tally.number($0.found.failures, "f", "v\($0.place)"),
        fewMissing: $0.found.missing.joined(separator: "; "))
    }
    hasFew = !few.isEmpty
    nothing =
      facts.report.formats == 0
      ? "Nothing recognized: no input is of a known format."
      : "No failure of a backend that could be judged in these logs."
    let hidden = asserted.count - rows.count + undecided.count - few.count
    leftOut =
      hidden > 0 ? "\(Words.count(hidden, "more finding")) in the JSON and CSV reports." : ""
    func sum(_ zone: Zone) -> Counted {
      Tally.number(
        facts.tally.failures { facts.tally.zone(of: $0) == zone }, "f", "z\(zone.rawValue)")
    }
    total = Tally.number(facts.failures, "f")
    inVerdicts = sum(.verdict)
    tooFew = sum(.undecided)
    outside = sum(.outside)
  }

  private static func row(_ numbered: NumberedFinding, _ facts: PageFacts) -> Row {
    let found = numbered.found
    let ask = numbered.isGroup ? "w\(numbered.place)" : "v\(numbered.place)"
    let series = facts.series[numbered.place]
    let failures = numbered.isGroup && found.failures == 0 ? series.total : found.failures
    return Row(
      number: numbered.number, place: numbered.place, anchor: numbered.anchor,
      word: PatternWord.of(found.pattern), tone: PatternWord.tone(of: found.pattern),
      backend: numbered.subject, mainClass: found.classesByCount.first?.outcome.name ?? "",
      failures: Tally.number(failures, "f", ask),
      requests: found.requests.map { [Tally.number($0, "r", ask)] } ?? [],
      share: found.requests.map { [Tally.share(found.failures, of: $0, ask)] } ?? [],
      whenFrom: PageMoment.full(found.interval.start),
      whenTo: PageMoment.full(found.interval.end),
      trend: trend(found), viewBox: facts.viewBox(100), sparkline: series.outline,
      confidence: numbered.finding.confidence.rawValue, reason: found.confidenceReason,
      owner: numbered.finding.causes.first?.owner ?? "")
  }

  /// Whether failures grew or shrank towards the end of the log.
  private static func trend(_ found: Case) -> String {
    let half = found.shape.count / 2
    guard half > 0 else { return "" }
    let early = found.shape.prefix(half).reduce(0, +)
    let late = found.shape.suffix(half).reduce(0, +)
    if late > early * 3 / 2 { return "↗ growing" }
    if early > late * 3 / 2 { return "↘ falling" }
    return "→ steady"
  }
}

/// Failures of one finding over time.
struct PageSeries {
  private(set) var counts: [Int]

  var most: Int { counts.max() ?? 0 }
  var total: Int { counts.reduce(0, +) }
  var outline: String { BarPath.outline(counts, most: most) }

  static func all(of findings: [NumberedFinding], _ cube: Cube) -> [PageSeries] {
    let none = PageSeries(counts: [Int](repeating: 0, count: cube.cellCount))
    var all = [PageSeries](repeating: none, count: findings.count)
    for row in cube.failed {
      if let place = row.place { all[place].counts[row.cell] += row.count }
    }
    // A group counts what its members' backends count in its time.
    for numbered in findings where numbered.isGroup {
      let found = numbered.found
      let names = Set(found.backends.isEmpty ? [found.backend] : found.backends)
      let cells = cube.cells(of: found.interval)
      for row in cube.failed
      where names.contains(cube.backends[row.backend]) && cells.contains(row.cell) {
        all[numbered.place].counts[row.cell] += row.count
      }
    }
    return all
  }
}

extension PageFacts {
  /// Of a chart over time.
  func viewBox(_ height: Int) -> String { "0 0 \(max(1, cube.cellCount)) \(height)" }

  func cells(of interval: Interval) -> ClosedRange<Int> { cube.cells(of: interval) }
}

extension Cube {
  /// The time cells that an interval touches.
  func cells(of interval: Interval) -> ClosedRange<Int> {
    func cell(_ time: Timestamp) -> Int {
      let place = (time.milliseconds - start) / widthMilliseconds
      return Int(min(max(0, place), Int64(max(0, cellCount - 1))))
    }
    let first = cell(interval.start)
    return first...max(first, cell(interval.end))
  }
}

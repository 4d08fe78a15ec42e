import Correlator
import LogEvents
import Playbooks

/// Section 9: what it cost the callers.
struct PageImpact {
  struct Row {
    var impactBackend: String
    var impactPlace: Int
    var impactRequests: Counted
    var impactFailures: Counted
    var impactShare: Counted
    var impactClients: String
    var longestOutage: String
  }

  var impactRows: [Row]
  var hasImpact: Bool
  var areaBox: String
  var areaServed: String
  var areaFailed: String
  var areaServedCount: Counted
  var areaFailedCount: Counted
  var areaAxis: [PageTimeline.Label]
  var hasServed: Bool
  var aborts: String

  private static let limit = 30

  init(_ facts: PageFacts) {
    let cube = facts.cube
    let failing = Set(cube.failed.map(\.backend)).sorted()
    var failed: [Int: Int] = [:]
    var served: [Int: Int] = [:]
    for row in cube.failed { failed[row.backend, default: 0] += row.count }
    for row in cube.served { served[row.backend, default: 0] += row.count }
    impactRows = failing.prefix(Self.limit).map { backend in
      let f = failed[backend] ?? 0
      let s = served[backend] ?? 0
      let name = cube.backends[backend]
      return Row(
        impactBackend: facts.backendLabel(backend), impactPlace: backend,
        impactRequests: s > 0
          ? Tally.number(f + s, "r", "b\(backend)")
          : Counted(measure: "", ask: "", shown: "not in the logs"),
        impactFailures: Tally.number(f, "f", "b\(backend)"),
        impactShare: s > 0
          ? Tally.share(f, of: f + s, "b\(backend)")
          : Counted(measure: "", ask: "", shown: ""),
        impactClients: Self.clients(of: name, facts),
        longestOutage: Self.longest(of: name, facts))
    }
    hasImpact = !impactRows.isEmpty
    let good = facts.tally.servedSeries()
    let bad = facts.tally.series { _ in true }
    let most = zip(good, bad).map { $0 + $1 }.max() ?? 0
    areaServedCount = Tally.number(facts.successes, "s")
    areaFailedCount = Tally.number(facts.failures, "f")
    areaBox = facts.viewBox(100)
    areaFailed = BarPath.outline(bad, most: most)
    areaServed = BarPath.outline(good, over: bad, most: most)
    areaAxis = PageMoment.axis(
      from: cube.start, length: Int64(cube.cellCount) * cube.widthMilliseconds
    ).map(PageTimeline.Label.init)
    hasServed = facts.knowsSuccesses
    aborts =
      facts.report.clientAborts > 0
      ? "Callers left early \(Words.number(facts.report.clientAborts)) times; that is not counted above."
      : ""
  }

  private static func clients(of backend: String, _ facts: PageFacts) -> String {
    guard let shared = facts.detail.traits.first(where: { $0.backend == backend }) else {
      return ""
    }
    let clients = Set(shared.failed.compactMap(\.client)).count
    guard clients > 0 else { return "not in the records" }
    return (shared.failed.count < shared.failures ? "at least " : "") + Words.number(clients)
  }

  /// The longest stretch in which nothing succeeded.
  private static func longest(of backend: String, _ facts: PageFacts) -> String {
    let outages = facts.asserted.map(\.found).filter {
      $0.backend == backend && [.constant, .flapping, .backlogCapture].contains($0.pattern)
    }
    let stretches = outages.flatMap { $0.intervals.isEmpty ? [$0.interval] : $0.intervals }
    let longest = stretches.map { $0.end.milliseconds - $0.start.milliseconds }.max()
    return longest.map { Words.duration(Double($0) / 1000) } ?? "none seen"
  }
}

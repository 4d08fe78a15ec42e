import Correlator
import LogEvents
import Playbooks

/// What the page template is filled with.
///
/// Names are told apart over all levels: the template looks for an absent name in what surrounds it.
struct Page {
  var title: String
  var style: String
  var script: String
  var styleSource: String
  var scriptSource: String
  /// The cube and what else the script counts again; JSON, safe inside a script element.
  var data: String
  var strip: PageStrip
  var verdicts: PageVerdicts
  var story: [StoryLine]
  var nextSteps: [NextSteps]
  var timeline: PageTimeline
  var shapes: PageShapes
  var breaks: PageBreaks
  var width: PageWidth
  var traits: PageTraits
  var impact: PageImpact
  var cards: PageCards
  var sources: PageSources

  init(_ report: Report) throws {
    let facts = PageFacts(report)
    title = "Gateway failures" + (facts.windowWords.isEmpty ? "" : ", \(facts.windowWords)")
    style = Template.style
    script = Template.script
    styleSource = ContentHash.source(of: style)
    scriptSource = ContentHash.source(of: script)
    strip = PageStrip(facts)
    verdicts = PageVerdicts(facts)
    story = StoryLine.all(facts)
    nextSteps = NextSteps.all(facts)
    timeline = PageTimeline(facts)
    shapes = PageShapes(facts)
    breaks = PageBreaks(facts)
    width = PageWidth(facts)
    traits = PageTraits(facts)
    impact = PageImpact(facts)
    cards = PageCards(facts)
    sources = PageSources(facts)
    data = try PageData(facts).json()
  }
}

/// What every section of a page draws on.
struct PageFacts {
  let report: Report
  let detail: Detail
  let cube: Cube
  let tally: Tally
  /// Findings that a page has room for: the asserted ones first.
  let findings: [NumberedFinding]
  /// Those of them that assert something.
  var asserted: [NumberedFinding] { findings.filter { $0.zone == .verdict } }
  let failures: Int
  let successes: Int
  /// Failures over time of each finding, by its place.
  let series: [PageSeries]
  /// Timers of the products whose logs were read, and others whose value durations pile up at.
  let timers: [KnownTimer]

  init(_ report: Report) {
    self.report = report
    detail = report.detail
    let ordered = report.asserted + report.undecided
    let zones = ordered.map { $0.of.pattern == .insufficient ? Zone.undecided : .verdict }
    let numbers = Dictionary(
      ordered.enumerated().map { ($1.of.place, $0) }, uniquingKeysWith: { first, _ in first })
    cube = detail.cube.renumbered(numbers)
    tally = Tally(cube, zones: zones)
    findings = ordered.enumerated().map {
      NumberedFinding(place: $0, zone: zones[$0], finding: $1)
    }
    series = PageSeries.all(of: findings, cube)
    failures = tally.failures()
    below = Self.below(report.files.map(\.path))
    successes = tally.successes()
    timers = Self.timers(report, detail)
  }

  private static func timers(_ report: Report, _ detail: Detail) -> [KnownTimer] {
    let products = Set(report.classification.cases.flatMap(\.surroundings.products))
    let durations = detail.traits.flatMap(\.failed).map { Int64($0.duration) }
    return KnownTimer.all.filter { timer in
      products.contains(timer.product) || durations.filter(timer.fires).count >= 3
    }
  }

  var windowWords: String {
    report.classification.window.map { PageMoment.span($0.start, $0.end) } ?? ""
  }

  /// The directory that all files are below, with its slash; empty where there is none.
  let below: String

  /// A path without the directory that all share.
  func short(_ path: String) -> String {
    path.hasPrefix(below) ? String(path.dropFirst(below.count)) : path
  }

  private static func below(_ paths: [String]) -> String {
    guard var shared = paths.first, paths.count > 1 else { return "" }
    for path in paths {
      while !path.hasPrefix(shared) { shared = String(shared.dropLast()) }
    }
    return shared.lastIndex(of: "/").map { String(shared[...$0]) } ?? ""
  }

  /// Whether the logs tell successes at all.
  var knowsSuccesses: Bool { successes > 0 }

  func backendPlace(_ name: String) -> Int? { cube.backends.firstIndex(of: name) }

  func backendLabel(_ place: Int) -> String { TextLayout.fit(cube.backends[place], 80) }

  func gatewayLabel(_ place: Int) -> String {
    let name = cube.gateways[place]
    return name.isEmpty ? "(not named)" : TextLayout.fit(name, 40)
  }
}

/// A finding with its place on the page.
struct NumberedFinding {
  /// From 0, in the order of the page; the script's `v`.
  var place: Int
  var zone: Zone
  var finding: Finding
  var found: Case { finding.of }
  var number: Int { place + 1 }
  var anchor: String { "f-\(number)" }

  var subject: String {
    if !found.backends.isEmpty {
      return TextLayout.fit(found.backends.joined(separator: ", "), 120)
    }
    return found.backend.isEmpty ? "(backend not named)" : TextLayout.fit(found.backend, 80)
  }

  /// Failures of a group are those of its members, which have findings of their own.
  var isGroup: Bool { !found.backends.isEmpty || found.follows != nil }
}

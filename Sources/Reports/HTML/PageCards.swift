import Correlator
import LogEvents
import Playbooks

/// Section 12: one card for each finding, with what proves it.
struct PageCards {
  struct Card {
    var cardNumber: Int
    var cardPlace: Int
    var cardAnchor: String
    var cardWord: String
    var cardTone: String
    var cardSubject: String
    var cardClaim: String
    var cardCount: Counted
    var cardRequests: [Counted]
    var cardBox: String
    var cardPath: String
    var lines: [Line]
    var segments: [Segment]
    var hasSegments: Bool
    var samples: [Sample]
    var hasSamples: Bool
    var backendSamples: [Sample]
    var hasBackendSamples: Bool
  }

  struct Line {
    var lineName: String
    var lineValue: String
  }

  /// One stretch of the path from the caller to the member.
  struct Segment {
    var segmentName: String
    var segmentVerdict: String
    var segmentBecause: String
    var proofs: [Proof]
    var checks: [NextSteps.StepLine]
  }

  struct Proof { var proof: String }

  struct Sample {
    var place: String
    var sampleTime: String
    var sampleClass: String
    var text: String
  }

  var cards: [Card]
  var hasCards: Bool
  var cardAxis: [PageTimeline.Label]
  var leftOutCards: String

  private static let limit = 40
  private static let textLimit = 600

  init(_ facts: PageFacts) {
    let shown = facts.findings.prefix(Self.limit)
    cards = shown.map { Self.card($0, facts) }
    hasCards = !cards.isEmpty
    cardAxis = PageMoment.axis(
      from: facts.cube.start, length: Int64(facts.cube.cellCount) * facts.cube.widthMilliseconds
    ).map(PageTimeline.Label.init)
    let hidden = facts.findings.count - shown.count
    leftOutCards = hidden > 0 ? "\(Words.count(hidden, "more finding")) in the JSON report." : ""
  }

  private static func card(_ numbered: NumberedFinding, _ facts: PageFacts) -> Card {
    let found = numbered.found
    let series = facts.series[numbered.place]
    let ask = numbered.isGroup ? "w\(numbered.place)" : "v\(numbered.place)"
    let samples = found.exemplars.prefix(3).map(sample)
    let known = Set(samples.map(\.place))
    let segments = segments(numbered.finding, facts)
    let others = self.samples(of: found, facts).filter { !known.contains($0.place) }
    return Card(
      cardNumber: numbered.number, cardPlace: numbered.place, cardAnchor: numbered.anchor,
      cardWord: PatternWord.of(found.pattern), cardTone: PatternWord.tone(of: found.pattern),
      cardSubject: numbered.subject, cardClaim: TextLayout.fit(numbered.finding.claim, 400),
      cardCount: Tally.number(series.total, "f", ask),
      cardRequests: found.requests.map { [Tally.number($0, "r", ask)] } ?? [],
      cardBox: facts.viewBox(100), cardPath: series.outline, lines: lines(numbered),
      segments: segments, hasSegments: !segments.isEmpty,
      samples: samples, hasSamples: !samples.isEmpty, backendSamples: others,
      hasBackendSamples: !others.isEmpty)
  }

  private static func lines(_ numbered: NumberedFinding) -> [Line] {
    let found = numbered.found
    var lines = [
      Line(
        lineName: "from, to", lineValue: PageMoment.span(found.interval.start, found.interval.end)),
      Line(
        lineName: "confidence",
        lineValue: numbered.finding.confidence.rawValue
          + (found.confidenceReason.isEmpty ? "" : ": \(found.confidenceReason)")),
    ]
    func add(_ name: String, _ value: String?) {
      if let value, !value.isEmpty { lines.append(Line(lineName: name, lineValue: value)) }
    }
    add("last success before", found.lastSuccess.map(PageMoment.full))
    add("first success after", found.nextSuccess.map(PageMoment.full))
    add(
      "classes",
      found.classesByCount.map { "\($0.outcome.name) \(Words.number($0.count))" }
        .joined(separator: ", "))
    add("seen by", TextLayout.fit(found.gateways.joined(separator: ", "), 200))
    add("pool", found.pool.map { TextLayout.fit($0, 100) })
    add("services", TextLayout.fit(found.services.joined(separator: ", "), 200))
    add("address", found.address.map { TextLayout.fit($0, 100) })
    add("shared key", found.key.map { TextLayout.fit($0, 200) })
    add("not excluded", found.rivals.map(\.rawValue).joined(separator: ", "))
    add("would decide", found.missing.joined(separator: "; "))
    return lines
  }

  private static func segments(_ finding: Finding, _ facts: PageFacts) -> [Segment] {
    (finding.demarcation?.segments ?? []).map { segment in
      Segment(
        segmentName: TextLayout.fit(segment.name, 160), segmentVerdict: segment.verdict.rawValue,
        segmentBecause: TextLayout.fit(segment.because, 400),
        proofs: segment.lines.prefix(2).map { Proof(proof: TextLayout.fit(facts.short($0), 100)) },
        checks: (segment.check.map { [$0] } ?? []).map(NextSteps.StepLine.init))
    }
  }

  /// Records of the backend's classes beyond those of the finding's own interval.
  private static func samples(of found: Case, _ facts: PageFacts) -> [Sample] {
    let all = facts.detail.samples[found.backend] ?? []
    return all.prefix(9).map(sample)
  }

  static func sample(_ exemplar: Exemplar) -> Sample {
    Sample(
      place: "\(TextLayout.fit(exemplar.file, 100)):\(exemplar.line)",
      sampleTime: RFC3339.text(exemplar.time), sampleClass: exemplar.outcome.name,
      text: String((exemplar.message ?? exemplar.uri ?? "").prefix(textLimit)))
  }
}

import Correlator
import LogEvents
import Playbooks

extension JSONReport {
  /// One finding with its causes, its path and records as proof.
  struct FindingRow: Encodable {
    var pattern: String
    var claim: String
    var backend: String?
    var backends: [String]?
    var pool: String?
    var services: [String]
    var gateways: [String]
    var start: String
    var end: String
    var intervals: [[String]]?
    var lastSuccess: String?
    var nextSuccess: String?
    var failures: Int
    var requests: Int?
    var classes: [String: Int]
    var confidence: String
    var confidenceReason: String
    var evidence: [String: Double]
    var rivals: [String]
    var missing: [String]
    var causes: [CauseRow]
    var demarcation: [SegmentRow]?
    var exemplars: [ExemplarRow]
    var key: String?
    var seconds: Double?
    var of: String?
    var lag: Double?

    init(_ finding: Finding) {
      let found = finding.of
      pattern = found.pattern.rawValue
      claim = finding.claim
      backend = found.backends.isEmpty ? found.backend : nil
      backends = found.backends.isEmpty ? nil : found.backends
      pool = found.pool
      services = found.services
      gateways = found.gateways
      start = RFC3339.text(found.interval.start)
      end = RFC3339.text(found.interval.end)
      intervals =
        found.intervals.isEmpty
        ? nil : found.intervals.map { [RFC3339.text($0.start), RFC3339.text($0.end)] }
      lastSuccess = found.lastSuccess.map { RFC3339.text($0) }
      nextSuccess = found.nextSuccess.map { RFC3339.text($0) }
      failures = found.failures
      requests = found.requests
      classes = named(found.classes)
      confidence = finding.confidence.rawValue
      confidenceReason = found.confidenceReason
      evidence = Dictionary(
        found.evidence.filter { $0.value.isFinite }.map { ($0.name, $0.value) },
        uniquingKeysWith: { first, _ in first })
      rivals = found.rivals.map(\.rawValue)
      missing = found.missing
      causes = finding.causes.map { CauseRow($0, finding.confidence(of: $0)) }
      demarcation = finding.demarcation?.segments.map(SegmentRow.init)
      exemplars = found.exemplars.map(ExemplarRow.init)
      key = found.key
      if let follows = found.follows {
        of = follows
        lag = found.seconds
      } else {
        seconds = found.seconds
      }
    }
  }

  struct CauseRow: Encodable {
    var title: String
    var because: String
    var confidence: String
    var refutedBy: String
    var owner: String
    var source: String
    var steps: [StepRow]

    init(_ cause: Cause, _ sure: Finding.Confidence) {
      title = cause.title
      because = cause.because
      confidence = sure.rawValue
      refutedBy = cause.refutedBy
      owner = cause.owner
      source = cause.source
      steps = cause.steps.map { StepRow(text: $0.text, command: $0.command) }
    }
  }

  struct SegmentRow: Encodable {
    var segment: String
    var verdict: String
    var because: String
    var lines: [String]
    var check: StepRow?

    init(_ segment: Demarcation.Segment) {
      self.segment = segment.name
      verdict = segment.verdict.rawValue
      because = segment.because
      lines = segment.lines
      check = segment.check.map { StepRow(text: $0.text, command: $0.command) }
    }
  }

  struct StepRow: Encodable {
    var text: String
    var command: String?
  }

  struct ExemplarRow: Encodable {
    var file: String
    var line: Int
    var time: String
    var `class`: String
    var gateway: String?
    var client: String?
    var uri: String?
    var code: String?
    var message: String?

    init(_ exemplar: Exemplar) {
      file = exemplar.file
      line = exemplar.line
      time = RFC3339.text(exemplar.time)
      `class` = exemplar.outcome.name
      gateway = exemplar.gateway
      client = exemplar.client
      uri = exemplar.uri
      code = exemplar.code
      message = exemplar.message
    }
  }
}

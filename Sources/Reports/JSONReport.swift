import Correlator
import Foundation
import LogEvents
import Playbooks

/// The report as one JSON document, `schema` 1.
///
/// Times are RFC 3339 in UTC; absent values are left out; keys stand in the order of the alphabet, so
/// that the same report gives the same bytes.
package enum JSONReport {
  package static func text(_ report: Report) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(Document(report)), as: UTF8.self) + "\n"
  }

  private struct Document: Encodable {
    var schema = Report.schema
    var window: Span?
    var asked: AskedSpan?
    var coverage: Coverage
    var totals: Totals
    var sources: [SourceRow]
    /// Gateways whose clocks are wrong, set right before anything else.
    var clocks: [ClockRow]
    var backends: [BackendRow]
    var aborts: [AbortRow]
    var findings: [FindingRow]
    var sharedTraits: [TraitsRow]
    var changes: [ChangeRow]
    var silences: [Span]
    /// What was taken out.
    var redaction: String

    init(_ report: Report) {
      window = report.classification.window.map(Span.init)
      asked = report.asked
      coverage = Coverage(
        lines: report.lines, records: report.records, unreadRecords: report.unreadRecords,
        share: report.coverage)
      let outside = report.classification.failuresOutside
      totals = Totals(
        failures: report.classification.failures,
        failuresInFindings: report.classification.failures - outside, failuresOutside: outside,
        induced: report.classification.induced, clientAborts: report.clientAborts,
        eventsOutsideWindow: report.outside)
      sources = report.files.map(SourceRow.init)
      clocks = report.classification.offsets.map(ClockRow.init)
      backends = report.classification.backends.map(BackendRow.init)
      aborts = report.classification.aborts.map(AbortRow.init)
      findings = report.findings.map(FindingRow.init)
      redaction = report.redaction.level
      let detail = report.detail
      sharedTraits = detail.traits.map(TraitsRow.init)
      changes = detail.changes.map(ChangeRow.init)
      silences = detail.silences.map(Span.init)
    }
  }

  private struct Span: Encodable {
    var start: String
    var end: String

    init(_ interval: Interval) {
      start = RFC3339.text(interval.start)
      end = RFC3339.text(interval.end)
    }
  }

  private struct ClockRow: Encodable {
    var gateway: String
    var reference: String?
    /// Positive where the clock is ahead.
    var aheadSeconds: Double
    var evidence: String

    init(_ offset: ClockOffset) {
      gateway = offset.gateway
      reference = offset.reference
      aheadSeconds = offset.seconds
      evidence = offset.evidence
    }
  }

  private struct Coverage: Encodable {
    var lines: Int
    var records: Int
    var unreadRecords: Int
    var share: Double?
  }

  private struct Totals: Encodable {
    var failures: Int
    var failuresInFindings: Int
    var failuresOutside: Int
    /// Of all failures: no member was left, none was tried.
    var induced: Int
    var clientAborts: Int
    var eventsOutsideWindow: Int
  }

  private struct SourceRow: Encodable {
    var path: String
    var format: String?
    var lines: Int
    var records: Int
    var events: Int
    var chatter: Int
    var joined: Int
    var repeated: Int
    var faults: Int
    var faultKinds: [FileSummary.Fault]
    var outside: Int?
    var notOpened: String?
    var sameAs: String?
    var assumedZone: String?
    var assumedYear: String?
    var bundle: FileSummary.Bundle?
    var problem: String?

    init(_ file: FileSummary) {
      path = file.path
      format = file.format
      lines = file.lines
      records = file.records
      events = file.events
      chatter = file.chatter
      joined = file.joined
      repeated = file.repeated
      faults = file.faults
      faultKinds = file.faultKinds
      outside = file.outside > 0 ? file.outside : nil
      notOpened = file.isTooOld ? "last changed before the asked window" : nil
      sameAs = file.sameAs
      assumedZone = file.assumedZone
      assumedYear = file.assumedYear
      bundle = file.bundle
      problem = file.problem
    }
  }

  private struct BackendRow: Encodable {
    var backend: String
    var gateways: [String]
    var pools: [String]
    var services: [String]
    var failures: Int
    var successes: Int?
    var attempts: Int
    var classes: [String: Int]

    init(_ backend: BackendSummary) {
      self.backend = backend.name
      gateways = backend.gateways
      pools = backend.pools
      services = backend.services
      failures = backend.failures
      successes = backend.successes
      attempts = backend.attempts
      classes = named(backend.classes)
    }
  }

  private struct AbortRow: Encodable {
    var backend: String
    var count: Int
    var waitedMilliseconds: Int64
    var usualMilliseconds: Int64?
    var followsSlowness: Bool

    init(_ aborts: AbortSummary) {
      backend = aborts.backend
      count = aborts.count
      waitedMilliseconds = aborts.waitedMilliseconds
      usualMilliseconds = aborts.usualMilliseconds
      followsSlowness = aborts.followsSlowness
    }
  }

  private struct FindingRow: Encodable {
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

  private struct CauseRow: Encodable {
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

  private struct SegmentRow: Encodable {
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

  private struct StepRow: Encodable {
    var text: String
    var command: String?
  }

  private struct ExemplarRow: Encodable {
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

  private static func named(_ classes: [Outcome: Int]) -> [String: Int] {
    Dictionary(classes.map { ($0.key.name, $0.value) }, uniquingKeysWith: +)
  }
}

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

  /// Counts by the names of their classes.
  static func named(_ classes: [Outcome: Int]) -> [String: Int] {
    Dictionary(classes.map { ($0.key.name, $0.value) }, uniquingKeysWith: +)
  }
}

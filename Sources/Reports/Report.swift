import Correlator
import LogEvents
import Playbooks

/// What every report shape shows: the same facts, in the same order.
package struct Report: Sendable {
  /// The version of the JSON shape.
  package static let schema = 1

  package var files: [FileSummary]
  package var classification: Classification
  /// In the order in which they should be looked at.
  package var findings: [Finding]
  /// Exchanges that callers ended, not counted against a backend.
  package var clientAborts: Int
  /// The time that was asked for; `nil` when all was.
  package var asked: AskedSpan?
  /// What details are made of; nothing of it is shown as it stands.
  private let asLogged: (digest: Digest, classification: Classification)
  private let redactor: Redactor

  /// What was taken out of it.
  package let redaction: Redaction

  /// What the logs say is redacted here, before findings are made of it: whatever a report shows has
  /// passed.
  package init(
    files: [FileSummary], classification: Classification, clientAborts: Int,
    asked: AskedSpan? = nil, redaction: Redaction = Redaction(), digest: Digest = Digest()
  ) {
    var redactor = Redactor(redaction)
    var (files, classification) = (files, classification)
    for index in classification.cases.indices { classification.cases[index].place = index }
    asLogged = (digest, classification)
    redactor.redact(&classification)
    for index in files.indices { redactor.redact(&files[index]) }
    self.redaction = redaction
    self.asked = asked
    self.redactor = redactor
    self.files = files
    self.classification = classification
    self.clientAborts = clientAborts
    findings = Diagnosis.findings(of: classification.cases)
  }

  /// Inputs that are logs, or should be: bundles are told by what they hold, and what was counted
  /// under another name is not counted again.
  package var logs: [FileSummary] {
    files.filter { $0.bundle == nil && $0.sameAs == nil && !$0.isTooOld }
  }

  /// What there is to say where there is no finding.
  package var nothingFound: String {
    if asked != nil, classification.window == nil, formats > 0 || logs.isEmpty {
      return "Nothing in the asked window."
    }
    if formats == 0 { return "Nothing recognized." }
    return "No failure of a backend in these logs."
  }

  /// Counts in time, traits and samples, redacted; made anew at each call.
  package var detail: Detail {
    var detail = Detail(of: asLogged.digest, asLogged.classification)
    var redactor = redactor
    redactor.redact(&detail)
    return detail
  }

  package var lines: Int { files.reduce(0) { $0 + $1.lines } }
  package var records: Int { files.reduce(0) { $0 + $1.records } }
  package var unreadRecords: Int { files.reduce(0) { $0 + $1.faults } }
  /// Names that stand for backends which are not told apart.
  package var joinedNames: [String] { asLogged.digest.joinedNames }
  /// How much was kept of each backend.
  package var resolution: Resolution { asLogged.digest.resolution }

  package var outside: Int { files.reduce(0) { $0 + $1.outside } }
  package var formats: Int { Set(files.compactMap(\.format)).count }

  /// Share of the records that could be read, 0...1; `nil` where there are none.
  package var coverage: Double? { FileSummary.coverage(of: files) }

  /// Findings that say something, and those that say what is missing.
  package var asserted: [Finding] { findings.filter { $0.of.pattern != .insufficient } }
  package var undecided: [Finding] { findings.filter { $0.of.pattern == .insufficient } }
}

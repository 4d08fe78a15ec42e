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
  /// What details are made of; nothing of it is shown as it stands.
  private let asLogged: (digest: Digest, classification: Classification)
  private let redactor: Redactor

  /// What was taken out of it.
  package let redaction: Redaction

  /// What the logs say is redacted here, before findings are made of it: whatever a report shows has
  /// passed.
  package init(
    files: [FileSummary], classification: Classification, clientAborts: Int,
    redaction: Redaction = Redaction(), digest: Digest = Digest()
  ) {
    var redactor = Redactor(redaction)
    var (files, classification) = (files, classification)
    for index in classification.cases.indices { classification.cases[index].place = index }
    asLogged = (digest, classification)
    redactor.redact(&classification)
    for index in files.indices { redactor.redact(&files[index]) }
    self.redaction = redaction
    self.redactor = redactor
    self.files = files
    self.classification = classification
    self.clientAborts = clientAborts
    findings = Diagnosis.findings(of: classification.cases)
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
  package var formats: Int { Set(files.compactMap(\.format)).count }

  /// Share of the records that could be read, 0...1; `nil` where there are none.
  package var coverage: Double? {
    records == 0 ? nil : Double(records - min(records, unreadRecords)) / Double(records)
  }

  /// Findings that say something, and those that say what is missing.
  package var asserted: [Finding] { findings.filter { $0.of.pattern != .insufficient } }
  package var undecided: [Finding] { findings.filter { $0.of.pattern == .insufficient } }
}

/// What became of one input.
package struct FileSummary: Sendable, Codable {
  package var path: String
  /// `nil` when no format knows the file.
  package var format: String?
  package var lines = 0
  package var records = 0
  package var events = 0
  package var chatter = 0
  package var faults = 0
  /// Why the file was not read, or not to its end.
  package var problem: String?

  package init(path: String, format: String?) {
    self.path = path
    self.format = format
  }
}

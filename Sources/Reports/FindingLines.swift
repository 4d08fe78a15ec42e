import Correlator
import Foundation
import LogEvents
import Playbooks

/// One line for each change of a finding, for a pipe, a unit's journal or a chat.
package enum FindingLines {
  /// `2026-11-20 07:12:09Z OPEN CONSTANT orders.example.com:8443 connect-refused 31/31 high: why`.
  package static func text(_ change: FindingLedger.Change) -> String {
    let found = change.entry.finding.of
    var words = [
      moment(change.time), change.kind.rawValue.uppercased(),
      change.was.map { "\($0.rawValue.uppercased())->" + found.pattern.rawValue.uppercased() }
        ?? found.pattern.rawValue.uppercased(),
      change.entry.subject.isEmpty ? "(backend not named)" : change.entry.subject,
    ]
    if let outcome = found.classesByCount.first?.outcome { words.append(outcome.name) }
    words.append(found.requests.map { "\(found.failures)/\($0)" } ?? "\(found.failures)")
    words.append(change.entry.finding.confidence.rawValue)
    return SafeText.terminal(words.joined(separator: " ") + ": " + change.reason) + "\n"
  }

  /// The same as one JSON object; absent values are left out.
  package static func json(_ change: FindingLedger.Change) -> String {
    let finding = change.entry.finding
    let cause = finding.causes.first
    let row = Row(
      time: RFC3339.text(Timestamp(milliseconds: change.time)), event: change.kind.rawValue,
      subject: change.entry.subject, pattern: finding.of.pattern.rawValue,
      was: change.was?.rawValue, class: finding.of.classesByCount.first?.outcome.name,
      failures: finding.of.failures, requests: finding.of.requests,
      start: RFC3339.text(finding.of.interval.start), end: RFC3339.text(finding.of.interval.end),
      gateways: finding.of.gateways, confidence: finding.confidence.rawValue,
      reason: change.reason, claim: finding.claim, cause: cause?.title, owner: cause?.owner,
      next: cause?.steps.first?.text, command: cause?.steps.lazy.compactMap(\.command).first)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let bytes = try? encoder.encode(row) else { return "" }
    return String(decoding: bytes, as: UTF8.self) + "\n"
  }

  private struct Row: Encodable {
    var time: String
    var event: String
    var subject: String
    var pattern: String
    var was: String?
    var `class`: String?
    var failures: Int
    var requests: Int?
    var start: String
    var end: String
    var gateways: [String]
    var confidence: String
    var reason: String
    var claim: String
    var cause: String?
    var owner: String?
    var next: String?
    var command: String?
  }

  static func moment(_ time: Int64) -> String {
    let text = RFC3339.text(Timestamp(milliseconds: time), withMilliseconds: false)
    return text.prefix(10) + " " + text.dropFirst(11)
  }
}

import Correlator
import Foundation
import LogEvents
import Playbooks

/// Alerts as JSON: one object each for programs, or a list as Alertmanager's API takes it.
package enum AlertText {
  /// `{"event":"open","finding":{…}}`; the finding is as `tail --json` has it.
  package static func json(_ alert: AlertSchedule.Alert) -> String {
    let finding = FindingLines.json(alert.change).trimmingCharacters(in: .newlines)
    return "{\"event\":\"\(alert.event.rawValue)\",\"finding\":\(finding)}\n"
  }

  /// Source: Alertmanager, API v2 (openapi.yaml), `postableAlerts`.
  package static func alertmanager(_ alerts: [AlertSchedule.Alert]) -> String {
    let rows = alerts.map { alert in
      let finding = alert.change.entry.finding
      var row = Row(
        labels: [
          "alertname": "logtriage", "backend": alert.change.entry.subject,
          "severity": finding.confidence == .high ? "critical" : "warning",
        ],
        annotations: [
          "summary": finding.claim, "pattern": finding.of.pattern.rawValue,
          "confidence": finding.confidence.rawValue,
          "next": finding.causes.first?.steps.first?.text ?? "",
        ],
        startsAt: RFC3339.text(Timestamp(milliseconds: alert.startsAt)))
      row.endsAt = alert.endsAt.map { RFC3339.text(Timestamp(milliseconds: $0)) }
      return row
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let bytes = try? encoder.encode(rows) else { return "[]" }
    return String(decoding: bytes, as: UTF8.self)
  }

  private struct Row: Encodable {
    var labels: [String: String]
    var annotations: [String: String]
    var startsAt: String
    var endsAt: String?
  }
}

import Correlator
import LogEvents
import Playbooks

/// The findings as CSV (RFC 4180), one row each; no cell can start a formula.
package enum CSVReport {
  package static func text(_ report: Report) -> String {
    let header = [
      "pattern", "backend", "class", "failures", "requests", "start", "end", "confidence", "reason",
      "gateways", "cause", "owner", "next", "command",
    ]
    var rows = [header]
    for finding in report.findings {
      let found = finding.of
      let cause = finding.causes.first
      let command = cause?.steps.lazy.compactMap(\.command).first
      rows.append([
        found.pattern.rawValue,
        found.backends.isEmpty ? found.backend : found.backends.joined(separator: " "),
        found.classesByCount.first?.outcome.name ?? "", "\(found.failures)",
        found.requests.map(String.init) ?? "", RFC3339.text(found.interval.start),
        RFC3339.text(found.interval.end), finding.confidence.rawValue, found.confidenceReason,
        found.gateways.joined(separator: " "), cause?.title ?? "", cause?.owner ?? "",
        cause?.steps.first?.text ?? "", command ?? "",
      ])
    }
    return rows.map { $0.map(SafeText.cell).joined(separator: ",") + "\r\n" }.joined()
  }
}

import Correlator
import LogEvents
import Playbooks

/// The report as CSV (RFC 4180): one table, or each of four; no cell can start a formula.
package enum CSVReport {
  /// What a table has a row for.
  package enum Table: String, Sendable, CaseIterable {
    case findings, backends, files
    /// Failures per slice of time, backend, gateway and class.
    case failures
  }

  package static func text(_ report: Report, _ table: Table = .findings) -> String {
    let rows =
      switch table {
      case .findings: findings(report)
      case .backends: backends(report)
      case .files: files(report)
      case .failures: failures(report)
      }
    return rows.map { $0.map(SafeText.cell).joined(separator: ",") + "\r\n" }.joined()
  }

  private static func findings(_ report: Report) -> [[String]] {
    let header = [
      "pattern", "backend", "class", "failures", "requests", "start", "end", "confidence", "reason",
      "gateways", "cause", "owner", "next", "command",
    ]
    return [header]
      + report.findings.map { finding in
        let found = finding.of
        let cause = finding.causes.first
        let command = cause?.steps.lazy.compactMap(\.command).first
        return [
          found.pattern.rawValue,
          found.backends.isEmpty ? found.backend : found.backends.joined(separator: " "),
          found.classesByCount.first?.outcome.name ?? "", "\(found.failures)",
          found.requests.map(String.init) ?? "", RFC3339.text(found.interval.start),
          RFC3339.text(found.interval.end), finding.confidence.rawValue, found.confidenceReason,
          found.gateways.joined(separator: " "), cause?.title ?? "", cause?.owner ?? "",
          cause?.steps.first?.text ?? "", command ?? "",
        ]
      }
  }

  private static func backends(_ report: Report) -> [[String]] {
    let header = ["backend", "failures", "successes", "retries", "gateways", "pools", "services"]
    let classes = Outcome.allCases.filter(\.countsAgainstBackend)
    return [header + classes.map(\.name)]
      + report.classification.backends.map { backend in
        [
          backend.name, "\(backend.failures)", backend.successes.map(String.init) ?? "",
          "\(backend.attempts)", backend.gateways.joined(separator: " "),
          backend.pools.joined(separator: " "), backend.services.joined(separator: " "),
        ] + classes.map { "\(backend.classes[$0] ?? 0)" }
      }
  }

  private static func files(_ report: Report) -> [[String]] {
    let header = ["file", "format", "lines", "records", "events", "chatter", "faults", "problem"]
    return [header]
      + report.files.map {
        [
          $0.path, $0.format ?? "", "\($0.lines)", "\($0.records)", "\($0.events)",
          "\($0.chatter)", "\($0.faults)", $0.complaint ?? "",
        ]
      }
  }

  private static func failures(_ report: Report) -> [[String]] {
    let cube = report.detail.cube
    let rows = cube.failed.map { row -> (cell: Int, text: [String]) in
      let start = cube.start + Int64(row.cell) * cube.widthMilliseconds
      return (
        row.cell,
        [
          RFC3339.text(Timestamp(milliseconds: start)), "\(cube.widthMilliseconds / 1000)",
          cube.backends[row.backend], cube.gateways[row.gateway], row.outcome.name, "\(row.count)",
        ]
      )
    }
    let sorted = rows.enumerated().sorted {
      ($0.element.cell, $0.offset) < ($1.element.cell, $1.offset)
    }
    return [["start", "seconds", "backend", "gateway", "class", "failures"]]
      + sorted.map(\.element.text)
  }
}

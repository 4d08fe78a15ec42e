import Correlator
import Playbooks

/// Numbers of a running tail in Prometheus' text format, version 0.0.4.
package struct MetricsText {
  private var lines: [String] = []

  package init() {}

  package var text: String { lines.joined(separator: "\n") + "\n" }

  /// One metric with all its samples.
  package mutating func add(
    _ name: String, _ kind: String, _ help: String,
    _ samples: [(labels: [(String, String)], value: Double)]
  ) {
    lines.append("# HELP logtriage_\(name) \(help)")
    lines.append("# TYPE logtriage_\(name) \(kind)")
    for sample in samples {
      let labels = sample.labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
      let value =
        sample.value == sample.value.rounded() && abs(sample.value) < 1e15
        ? "\(Int64(sample.value))" : "\(sample.value)"
      lines.append("logtriage_\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(value)")
    }
  }

  package mutating func add(_ name: String, _ kind: String, _ help: String, _ value: Double) {
    add(name, kind, help, [([], value)])
  }

  /// Findings that are open, one series each with the value 1.
  package mutating func add(open entries: [FindingLedger.Entry]) {
    add(
      "finding_open", "gauge", "Findings that are open.",
      entries.filter { $0.state == .open }.map {
        (
          [
            ("backend", $0.subject), ("pattern", $0.finding.of.pattern.rawValue),
            ("confidence", $0.finding.confidence.rawValue),
          ], 1
        )
      })
  }

  /// Label values: backslash, quote and newline are escaped; what no terminal should see is replaced.
  static func escaped(_ value: String) -> String {
    SafeText.terminal(value).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
  }
}

import Correlator
import LogEvents

/// What is said when no playbook fits: the pattern's first step, and which data would decide.
struct Undecided {
  func cause(for found: Case) -> Cause {
    let endpoint = found.endpoint
    var steps: [Step] = []
    if !found.missing.isEmpty {
      steps.append(Step("Add \(found.missing.joined(separator: "; "))."))
    }
    steps.append(
      Step(
        "\(found.vantagePoint): connect to \(endpoint.spoken) and see whether it is refused, silent "
          + "or accepted.", command: endpoint.connect))
    return Cause(
      fit: 0, title: "no known cause fits these numbers", because: found.confidenceReason,
      refutedBy: "", steps: steps, owner: "unknown", source: "")
  }
}

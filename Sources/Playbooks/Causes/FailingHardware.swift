import Correlator
import LogEvents

/// Isolated failures, tied to nothing: a card, a cable, a switch port, memory.
///
/// Only sporadic cases with known successes may name hardware (correlation.md §1, principle 5).
/// Source: Pivotal 2010526; causes.md §1.
struct FailingHardware: Playbook {
  func cause(of found: Case) -> Cause? {
    guard found.pattern == .sporadic, found.requests != nil else { return nil }
    let endpoint = found.endpoint
    let path = found.share(
      .connectTimeout, .connectUnreachable, .connectionReset, .prematureClose, .responseTimeout,
      .requestBodyFailed, .tlsFailure)
    guard path >= 0.3 else { return nil }
    let cut = found.share(.connectionReset, .prematureClose)
    return Cause(
      fit: cut >= 0.9 ? 0.5 : 0.6 + 0.2 * path,
      title:
        "a flaky path to \(endpoint.name): such failures can be early signs of failing hardware",
      because:
        "\(Words.count(found.failures, "failure")) scattered evenly, not tied to load or bursts",
      refutedBy:
        "clean interface counters on both ends, or failures that share a URL, a client or an "
        + "idle time",
      steps: [
        Step(
          "Read the interface error counters on both ends of the path to \(endpoint.spoken), "
            + "and on the switch ports between.",
          command: "ip -s -s link"),
        Step(
          "Is it one gateway node, one member, one path? Compare the failures by gateway"
            + (found.gateways.isEmpty
              ? "." : " (seen by \(found.gateways.prefix(4).joined(separator: ", "))).")),
        Step(
          "\(found.vantagePoint): capture until the next failure and look for retransmissions.",
          command: found.capture),
      ],
      owner: "network and hosts", source: "Pivotal 2010526")
  }
}

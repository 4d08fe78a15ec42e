import Correlator
import LogEvents

/// No answer to the connection request: a dead host, a missing route, a firewall that drops.
///
/// Source: IBM ibm11285666, "Understanding the Failed to Establish a Backside Connection Error
/// Message"; causes.md §2.
struct SilentDrop: Playbook {
  func cause(of found: Case) -> Cause? {
    let silent = found.share(.connectTimeout, .connectUnreachable)
    guard silent >= 0.5, found.share(.connectUnreachable) < 0.5,
      [.constant, .flapping, .insufficient].contains(found.pattern)
    else { return nil }
    let endpoint = found.endpoint
    let onlyOne =
      found.gateways.count > 1
      ? "several gateways see it: the backend's host or its network rather than one gateway's route"
      : "compare with another gateway: if that one connects, this gateway's route or firewall rule"
    return Cause(
      fit: found.pattern == .constant ? 0.85 * silent : 0.55 * silent,
      title: "no way to \(endpoint.spoken): host down, route missing or firewall dropping",
      because: Case.joined(
        "\(Words.percent(silent)) of the failures are connections that nobody answered",
        found.vantages ?? onlyOne, found.neighbours),
      refutedBy:
        "successes in between (then the backend is too busy to accept), or a refused connection",
      steps: [
        Step(
          "\(found.vantagePoint): connect to \(endpoint.spoken); watch whether it is refused or stays silent.",
          command: endpoint.connect),
        Step(
          "Look for the connection request leaving by the right interface and for any answer.",
          command: found.capture),
        Step(
          "Ask for route and firewall changes just before \(found.from); try other ports of the host."
        ),
      ],
      owner: "network, backend", source: "IBM ibm11285666")
  }
}

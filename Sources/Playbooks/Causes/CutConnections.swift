import Correlator
import LogEvents

/// Established connections are cut: a peer, or a device speaking for it, has a timer shorter than the
/// request needs, sheds load, or crashes.
///
/// Source: Broadcom 97762; causes.md §2, "connection-reset / premature-close".
struct CutConnections: Playbook {
  func cause(of found: Case) -> Cause? {
    let cut = found.share(.connectionReset, .prematureClose)
    guard cut >= 0.6, found.pattern != .keepaliveRace else { return nil }
    let endpoint = found.endpoint
    let fired = FiredTimer(found)
    let reset = found.share(.connectionReset)
    let isIsolated = [.sporadic, .insufficient].contains(found.pattern)
    return Cause(
      fit: fired != nil ? 0.8 * cut : (isIsolated ? 0.55 : 0.62) * cut,
      title: fired != nil
        ? "a timer shorter than the requests need cuts connections to \(endpoint.name)"
        : "\(endpoint.name), or a device speaking for it, cuts established connections",
      because: Case.joined(
        "\(Words.percent(cut)) of the failures are connections cut after they were made, "
          + "\(Words.percent(reset)) by a reset", fired?.sentence,
        fired == nil && found.around.pile != nil
          ? "their durations do not pile up at one value: no timer shows" : nil,
        found.vantages),
      refutedBy: fired != nil
        ? "shorter requests that are cut as well"
        : "the backend's log showing that it answered these requests, with an unbroken uptime",
      steps: [
        Step(
          "Capture at both ends of \(endpoint.spoken): who sends the FIN or RST, and did it arrive before "
            + "the gateway sent?",
          command: found.capture),
        Step(
          fired.map { $0.next }
            ?? "On the backend host: did the process crash or restart \(found.window)? Is it one URL or operation?"
        ),
        Step(
          "Ask for software updates of backend and balancer before \(found.from), and whether a balancer "
            + "sheds connections."),
        Step("Is the gateway's own version known for such a fault? Read its change log."),
      ],
      owner: "network, backend", source: "Broadcom 97762")
  }
}

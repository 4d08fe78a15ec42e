import Correlator
import LogEvents

/// A deployment, a restart or a state change shortly before the first failure; or what a `follows` case
/// measured.
///
/// Source: correlation.md §7, "step", "follows".
struct RecentChange: Playbook {
  func cause(of found: Case) -> Cause? {
    if found.pattern == .follows { return relation(found) }
    guard let change = found.around.change,
      [.constant, .step, .ramp, .partial, .flapping, .backlogCapture, .commonCause].contains(
        found.pattern)
    else { return nil }
    let before = max(0, Double(found.interval.start.milliseconds - change.time) / 1000)
    let when = RFC3339.text(Timestamp(milliseconds: change.time), withMilliseconds: false)
    let at = change.gateway.isEmpty ? "" : " on \(change.gateway)"
    let isState = change.kind == .serverDown
    return Cause(
      fit: isState ? 0.3 : 0.5,
      title: isState
        ? "the balancer had taken \(found.endpoint.name) out before the failures began"
        : "a \(change.kind == .deploy ? "deployment" : "restart")\(at) went before the failures",
      because:
        "\(change.kind.rawValue) logged \(Words.duration(before)) before the first failure, at \(when)",
      refutedBy: "the same failures before \(when), or after it was taken back",
      steps: [
        Step(
          isState
            ? "Read the reason that the balancer gave at \(when)."
            : "Take the change of \(when) back, or compare with a node that did not get it.")
      ],
      owner: isState ? "backend" : "who deployed", source: "logtriage, method")
  }

  private func relation(_ found: Case) -> Cause {
    let lag = Words.duration(found.seconds ?? 0)
    return Cause(
      fit: 0.6,
      title: "failures of \(found.endpoint.name) begin \(lag) after it is taken out",
      because:
        "\(Int(found.measure("followed") ?? 0)) of \(Int(found.measure("downs") ?? 0)) times, spread "
        + Words.duration(found.measure("spreadSeconds") ?? 0),
      refutedBy: "outs without failures, or failures that begin before them",
      steps: [
        Step(
          "Which goes first, the check or the failures? Read the balancer's reason at \(found.from)."
        ),
        Step(
          "Does something still send to the member after it is out (second balancer, cached name)?"),
      ],
      owner: "balancer, backend", source: "logtriage, method")
  }
}

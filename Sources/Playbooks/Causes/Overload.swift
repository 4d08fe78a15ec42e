import Correlator
import LogEvents

/// More requests arrive than the backend takes.
///
/// Source: Pivotal 2010526; causes.md §1, §2.
struct Overload: Playbook {
  func cause(of found: Case) -> Cause? {
    guard found.pattern == .clustered || found.share(.overload) >= 0.5 else { return nil }
    let endpoint = found.endpoint
    let isLoadLinked = found.measure("loadLinked") == 1
    let inside = found.measure("requestsPerSecondInside") ?? 0
    let burst = found.intervals.max {
      $0.end.milliseconds - $0.start.milliseconds < $1.end.milliseconds - $1.start.milliseconds
    }
    let when = RFC3339.text(burst?.start ?? found.interval.start, withMilliseconds: false)
    let load = inside > 0 ? " with \(Words.rate(inside)) at the bursts" : ""
    return Cause(
      fit: isLoadLinked ? 0.9 : 0.65,
      title: "\(endpoint.name) receives more than it accepts",
      because: isLoadLinked
        ? "the share of failures rises with the request rate, and other requests succeed meanwhile"
        : "failures come in bursts while other requests succeed; load does not explain them, so a pause "
          + "or a slow dependency is as likely",
      refutedBy: "bursts at ordinary load with free workers and an empty queue",
      steps: [
        Step(
          "Compare the limits of \(endpoint.spoken) (workers, connections, listen queue)\(load), "
            + "worst from \(when)."),
        Step(
          "On the backend host: is the listen queue full (Recv-Q above Send-Q)?",
          command: endpoint.listeners),
        Step("Look for pauses (garbage collection, slow dependency, batch job) at \(when)."),
      ],
      owner: "backend (load)", source: "Pivotal 2010526")
  }
}

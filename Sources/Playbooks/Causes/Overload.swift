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
      because: Case.joined(
        isLoadLinked
          ? "the share of failures rises with the request rate, and other requests succeed meanwhile"
          : found.pattern == .clustered
            ? "failures come in bursts while other requests succeed; load does not explain them, so a pause "
              + "or a slow dependency is as likely"
            : "\(Words.percent(found.share(.overload))) of the failures say that there was no room",
        atWork(found)),
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

  /// Little's law over the busiest burst, where nearly all exchanges have a duration.
  private func atWork(_ found: Case) -> String? {
    guard let work = found.around.concurrency else { return nil }
    let when = RFC3339.text(work.busiest.start, withMilliseconds: false)
    let outside = work.outside.map { ", \(Words.ratio($0)) outside of the bursts" } ?? ""
    return
      "about \(Words.ratio(work.inside)) exchanges were at work at once in the burst of \(when) "
      + "(rate times mean duration of \(Words.duration(Double(work.meanMilliseconds) / 1000)))\(outside): "
      + "compare with the configured limit"
  }
}

import Correlator
import LogEvents

/// The failures share a URL or a client: a bad operation or a bad caller rather than a bad backend.
///
/// Source: Pivotal 2010526; causes.md §2, "request-body-failed".
struct BadRequest: Playbook {
  func cause(of found: Case) -> Cause? {
    guard [.urlConcentrated, .clientConcentrated].contains(found.pattern), let key = found.key
    else {
      return nil
    }
    let isURL = found.pattern == .urlConcentrated
    let share = Words.percent(found.measure("share") ?? 0)
    let lift = found.measure("lift").map { ", \(Words.ratio($0)) times the rest" } ?? ""
    return Cause(
      fit: 0.85,
      title: isURL
        ? "the operation behind \(key) fails on \(found.endpoint.name)"
        : "the caller \(key) sends what \(found.endpoint.name) cannot serve",
      because: "\(share) of the failures are on it\(lift)",
      refutedBy: "other \(isURL ? "URLs" : "clients") failing at the same rate",
      steps: [
        Step(
          isURL
            ? "Read the application's log for \(key) at "
              + "\(RFC3339.text(found.interval.start, withMilliseconds: false))."
            : "Compare a failing request of \(key) with one of another caller: size, method, headers."
        )
      ],
      owner: isURL ? "application" : "caller", source: "Pivotal 2010526")
  }
}

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
        : "what the caller \(key) sends fails on \(found.endpoint.name), or its path to there",
      because: Case.joined(
        "\(share) of the \(Words.number(found.failures)) failures are on it\(lift)",
        found.measure("lift") == nil ? "share, not lift: successes are unknown" : nil,
        FiredTimer(found)?.sentence, found.vantages),
      refutedBy: "other \(isURL ? "URLs" : "clients") failing at the same rate",
      steps: [
        Step(
          isURL
            ? "Read the application's log for \(key) at "
              + "\(RFC3339.text(found.interval.start, withMilliseconds: false))."
            : "Compare a failing request of \(key) with one of another caller: size, method, headers."
        ),
        Step(
          isURL
            ? "\(found.vantagePoint): send that request and another one by hand; does only the first fail?"
            : "Send the same request from elsewhere: does it fail too?",
          command: found.endpoint.url.map { "curl -skv -m 180 -o /dev/null \($0)" }),
      ],
      owner: isURL ? "application" : "caller", source: "Pivotal 2010526")
  }
}

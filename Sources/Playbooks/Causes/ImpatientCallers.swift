import Correlator
import Glibc
import LogEvents

/// Callers leave more often while the backend is in trouble: a symptom of it, no second fault.
///
/// Source: causes.md §2, "client-abort"; formats/haproxy.md §3.
struct ImpatientCallers: Playbook {
  func cause(of found: Case) -> Cause? {
    let around = found.around
    let slow = found.share(.responseTimeout, .overload, .connectTimeout, .poolExhausted)
    guard slow >= 0.3, around.abortsInside >= 8, around.secondsInside > 1,
      around.secondsOutside > 1
    else { return nil }
    let inside = Double(around.abortsInside) / around.secondsInside
    let outside = Double(around.abortsOutside) / around.secondsOutside
    guard inside >= 3 * outside, isMore(around) else { return nil }
    return Cause(
      fit: 0.15,
      title:
        "callers give up on \(found.endpoint.name) meanwhile: a symptom of slow answers, not their cause",
      because: "\(Words.number(around.abortsInside)) callers left in the "
        + "\(Words.duration(around.secondsInside)) of the finding, \(Words.number(around.abortsOutside)) in "
        + "the other \(Words.duration(around.secondsOutside))",
      refutedBy: "callers that leave at once, or as often at other times",
      steps: [
        Step(
          "Mend the slowness first; count callers that left as lost requests, not as a second fault."
        )
      ],
      owner: "callers (symptom)", source: "HAProxy configuration manual, session states")
  }

  /// Poisson bound: at most one in ten thousand by chance.
  private func isMore(_ around: Surroundings) -> Bool {
    let rate = Double(around.abortsOutside + 1) / around.secondsOutside
    let mean = rate * around.secondsInside
    let count = Double(around.abortsInside)
    guard count > mean else { return false }
    return count - mean - count * log(count / mean) < -9.2
  }
}

import Correlator
import LogEvents

/// The sentence that a finding opens with: what is measured, nothing of a cause
/// (correlation.md §7).
enum Claim {
  static func sentence(_ found: Case) -> String {
    let backend = found.endpoint.name
    let failures = Words.count(found.failures, "failure")
    let from = RFC3339.text(found.interval.start, withMilliseconds: false)
    let to = RFC3339.text(found.interval.end, withMilliseconds: false)
    switch found.pattern {
    case .constant:
      if found.measure("neverWorked") != nil {
        return "No request to \(backend) ever succeeded in these logs (\(failures))."
      }
      guard let due = found.measure("successesDue") else {
        return "Requests to \(backend) failed steadily from \(from) to \(to) (\(failures)); "
          + "whether any succeeded is not in these logs."
      }
      let leaked = Int(found.measure("successesSeen") ?? 0)
      let successes = leaked == 0 ? "No request" : "Only \(Words.count(leaked, "request"))"
      return "\(successes) to \(backend) succeeded from \(from) to \(to) "
        + "(\(failures); about \(Words.number(Int(due.rounded()))) successes were due)."
    case .flapping:
      let phases = Int(found.measure("phases") ?? 0)
      let down = Words.duration(found.measure("medianDownSeconds") ?? 0)
      let up = Words.duration(found.measure("medianUpSeconds") ?? 0)
      return "\(backend) went down and up \(phases) times, median \(down) down, \(up) up "
        + "(\(failures))."
    case .clustered:
      let bursts = Words.count(max(1, found.intervals.count), "burst")
      guard let inside = found.measure("requestsPerSecondInside"),
        let outside = found.measure("requestsPerSecondOutside"), outside > 0, inside > 0
      else { return "Failures of \(backend) come in \(bursts) (\(failures))." }
      let good = Words.rate(found.measure("successesPerSecondInside") ?? 0)
      if found.measure("loadLinked") == 1 {
        return "Failures of \(backend) come in \(bursts) (\(failures)); while they last, "
          + "\(Words.ratio(inside / outside)) times the usual requests arrive and \(good) still succeed."
      }
      return "Failures of \(backend) come in \(bursts) (\(failures)) at "
        + "\(Words.ratio(inside / outside)) times the usual load; \(good) still succeed."
    case .sporadic:
      return "\(failures) of \(backend), isolated and evenly scattered from \(from) to \(to)"
        + share(found) + "."
    case .periodic:
      return
        "Failures of \(backend) recur every \(Words.duration(found.seconds ?? 0)) (\(failures))."
    case .ramp:
      return
        "The share of failing requests to \(backend) grew\(levels(found, "ratioFirst", "ratioLast")) "
        + "until \(to) (\(failures))."
    case .step:
      return "Since \(from) a steady share of the requests to \(backend) fails"
        + "\(levels(found, "ratioBefore", "ratioAfter")) (\(failures))."
    case .partial:
      return "A steady share of the requests to \(backend) fails\(share(found)), whatever time and "
        + "load (\(failures))."
    case .backlogCapture:
      return
        "\(backend) goes on timing out although other ports of its host recovered (\(failures))."
    case .keepaliveRace:
      return "Failures of \(backend) hit requests sent about "
        + "\(Words.duration(found.seconds ?? 0)) after the one before (\(failures))."
    case .urlConcentrated:
      return "The failures of \(backend) share the URL \(found.key ?? "?") (\(failures))."
    case .clientConcentrated:
      return "The failures of \(backend) share the client \(found.key ?? "?") (\(failures))."
    case .commonCause:
      return
        "\(Words.count(found.backends.count, "backend")) failed together from \(from) to \(to)."
    case .follows:
      return "Failures of \(backend) begin \(Words.duration(found.seconds ?? 0)) after "
        + "\(found.follows ?? "a change") (\(failures))."
    case .insufficient:
      let requests = found.requests.map { " among \(Words.number($0)) requests" } ?? ""
      return "\(failures) of \(backend)\(requests): too few to tell a pattern."
    }
  }

  private static func share(_ found: Case) -> String {
    guard let requests = found.requests, requests > 0 else { return "" }
    return " (\(Words.percent(Double(found.failures) / Double(requests))) of the requests)"
  }

  private static func levels(_ found: Case, _ before: String, _ after: String) -> String {
    guard let low = found.measure(before), let high = found.measure(after) else { return "" }
    return " (\(Words.percent(low)) before, \(Words.percent(high)) after)"
  }
}

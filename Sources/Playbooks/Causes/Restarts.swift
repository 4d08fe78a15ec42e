import Correlator
import LogEvents

/// Down and up again and again: a crash loop with back-off, or a health check that is too tight.
///
/// Source: correlation.md §7, "flapping".
struct Restarts: Playbook {
  func cause(of found: Case) -> Cause? {
    guard found.pattern == .flapping else { return nil }
    let phases = Int(found.measure("phases") ?? 0)
    let down = Words.duration(found.measure("medianDownSeconds") ?? 0)
    let up = Words.duration(found.measure("medianUpSeconds") ?? 0)
    return Cause(
      fit: 0.65,
      title:
        "\(found.endpoint.name) goes down and comes back: a restart loop, or a check that is too tight",
      because: Case.joined(
        "\(phases) phases without a success, median \(down) down and \(up) up", found.vantages),
      refutedBy: "successes inside the phases, or a process whose uptime spans them",
      steps: [
        Step(
          "On the backend host: compare start times and exit codes of the process with the phases "
            + "\(found.window)."),
        Step("Compare the health check's interval and thresholds with \(down) down and \(up) up."),
      ],
      owner: "backend", source: "logtriage, method")
  }
}

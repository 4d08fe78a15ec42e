import Correlator
import LogEvents

/// The share of failures grows gradually: something fills up or leaks.
///
/// Source: correlation.md §7, "ramp".
struct FillingResource: Playbook {
  func cause(of found: Case) -> Cause? {
    guard found.pattern == .ramp else { return nil }
    return Cause(
      fit: 0.6,
      title: "something of \(found.endpoint.name) fills up: memory, threads, connections, disk",
      because: "the share of failures grows gradually \(found.window), without a jump",
      refutedBy: "a sudden change of the share, or load that grew as fast",
      steps: [
        Step(
          "On the backend host: what grew \(found.window) (memory, open files, threads, pool sizes, disk)?",
          command: found.endpoint.port.map { "ss -s; ss -tn 'sport = :\($0)' | wc -l" }),
        Step("Does a restart put the share back to where it was?"),
      ],
      owner: "backend", source: "logtriage, method")
  }
}

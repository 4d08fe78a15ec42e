import Correlator
import LogEvents

/// Several backends failed together: what they share is to be looked at before any of them.
///
/// Source: correlation.md §6.2; LB Wiki, "Troubleshooting End to End Connectivity In Three Steps".
struct SharedCause: Playbook {
  func cause(of found: Case) -> Cause? {
    guard found.pattern == .commonCause else { return nil }
    let shared = found.key ?? "no host, gateway or subnet alone: network, names or the gateways"
    let when = RFC3339.text(found.interval.start, withMilliseconds: false)
    return Cause(
      fit: 0.9, title: "one cause for \(found.backends.count) backends; common to them: \(shared)",
      because:
        "they failed with the same start and end: \(found.backends.prefix(4).joined(separator: ", "))"
        + (found.backends.count > 4 ? " and \(found.backends.count - 4) more" : ""),
      refutedBy: "one of them that succeeded meanwhile from the same gateway",
      steps: [
        Step("Ask what changed at \(when) on \(found.key ?? "the path that they share")."),
        Step(
          "From another gateway: connect to one of the backends, to tell gateway from network.",
          command: found.backends.lazy.compactMap { Endpoint($0).connect }.first),
      ],
      owner: found.key?.hasPrefix("host") == true ? "backend host" : "network", source: "LB Wiki")
  }
}

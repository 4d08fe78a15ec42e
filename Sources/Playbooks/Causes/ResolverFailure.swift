import Correlator
import LogEvents

/// The backend's name cannot be resolved: one name is a record, all names on one node a resolver.
///
/// Source: IBM ibm11285666; causes.md §2, "dns-failure".
struct ResolverFailure: Playbook {
  func cause(of found: Case) -> Cause? {
    let unresolved = found.share(.dnsFailure)
    guard unresolved >= 0.5 else { return nil }
    let others = found.around.unresolved
    let host = found.endpoint.host
    let nodes = found.gateways.isEmpty ? "the gateway" : found.gateways.joined(separator: ", ")
    return Cause(
      fit: 0.9 * unresolved,
      title: others.isEmpty
        ? "the name \(host ?? found.endpoint.name) cannot be resolved on \(nodes)"
        : "the resolver of \(nodes) fails: \(others.count + 1) names at once",
      because: Case.joined(
        "\(Words.percent(unresolved)) of the failures are name lookups",
        others.isEmpty
          ? "no other name failed meanwhile: its record rather than the resolver"
          : "other names failed too (\(Case.spelled(others))): the resolver rather than a record",
        found.vantages),
      refutedBy: others.isEmpty
        ? "other names that fail on the same gateway, or this one resolving there"
        : "another name that resolves on the same gateway meanwhile",
      steps: [
        Step(
          "\(found.vantagePoint): resolve the name, with the system's resolver and its cache.",
          command: host.map { "getent ahosts \($0)" }),
        Step(
          "Ask the name server itself and compare; a difference is the gateway's cache.",
          command: host.map { "dig +nocmd +noall +answer +comments \($0)" }),
        Step("Ask for changes of the zone or of the resolver settings just before \(found.from)."),
      ],
      owner: "DNS", source: "IBM ibm11285666")
  }
}

import Correlator
import LogEvents

/// The gateway is told that there is no way: a route is missing, or the last hop finds no host.
///
/// Source: IBM ibm11285666; load-balancers.md §2, "connect-unreachable".
struct NoRoute: Playbook {
  func cause(of found: Case) -> Cause? {
    let told = found.share(.connectUnreachable)
    guard told >= 0.5 else { return nil }
    let endpoint = found.endpoint
    let host = endpoint.host
    return Cause(
      fit: found.hasSuccessesBetween ? 0.6 * told : 0.88 * told,
      title: "no route to \(endpoint.name): something on the way says so",
      because: Case.joined(
        "\(Words.percent(told)) of the failures were told unreachable, not left without an answer",
        found.vantages, found.neighbours),
      refutedBy:
        "a connection that is refused or accepted from the same gateway: then there is a way",
      steps: [
        Step(
          "\(found.vantagePoint): which route and interface lead to \(endpoint.spoken)?",
          command: host.map { "ip route get \($0)" }),
        Step(
          "Does the host answer on its own network (neighbour table of the last hop)?",
          command: host.map { "tcpdump -i any -nn -c 20 'icmp or icmp6 or arp or host \($0)'" }),
        Step(
          "Ask for route, address and interface changes just before \(found.from); last success "
            + "\(found.lastSuccess.map { RFC3339.text($0) } ?? "not in these logs")."),
      ],
      owner: "network", source: "IBM ibm11285666")
  }
}

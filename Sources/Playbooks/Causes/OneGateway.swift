import Correlator
import LogEvents

/// One gateway node fails to reach the backend while the others reach it.
///
/// Source: causes.md §2; Pivotal 2010526; correlation.md §6.2.
struct OneGateway: Playbook {
  func cause(of found: Case) -> Cause? {
    let failing = found.around.gateways.filter { $0.failures > 0 }
    let fine = found.around.gateways.filter { $0.failures == 0 && $0.successes > 0 }
    guard let bad = failing.first, failing.count == 1, bad.failures >= 5, !fine.isEmpty else {
      return nil
    }
    // The others would have failed as often by chance alone in one of a thousand cases.
    let ratio = Double(bad.failures) / Double(bad.failures + bad.successes)
    let served = fine.reduce(0) { $0 + $1.successes }
    guard Chance.noneOf(served, ratio: min(ratio, 0.999)) < 0.001 else { return nil }
    let isConnect =
      found.share(.connectRefused, .connectTimeout, .connectUnreachable, .dnsFailure) >= 0.5
    return Cause(
      fit: isConnect ? 0.93 : 0.8,
      title:
        "only \(bad.name) fails to reach \(found.endpoint.name): its route, firewall rule, names or settings",
      because: "\(Case.spelled([bad])); meanwhile \(Case.spelled(fine))",
      refutedBy: "a failure of the same kind on another gateway in the same time",
      steps: [
        Step(
          "From \(bad.name) and from \(fine[0].name): connect to \(found.endpoint.spoken) and compare.",
          command: found.endpoint.connect),
        Step(
          "Compare route, source address, resolver and version of \(bad.name) with \(fine[0].name).",
          command: found.endpoint.host.map { "ip route get \($0)" }),
      ],
      owner: "gateway, network", source: "IBM ibm11285666")
  }
}

/// Chances that decide whether a difference may be told.
enum Chance {
  /// That none of `count` requests fails at a ratio.
  static func noneOf(_ count: Int, ratio: Double) -> Double {
    var chance = 1.0
    for _ in 0..<min(count, 100_000) {
      chance *= 1 - ratio
      if chance < 1e-9 { break }
    }
    return chance
  }
}

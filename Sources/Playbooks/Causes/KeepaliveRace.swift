import Correlator
import LogEvents

/// A pooled connection is reused just when the other end closes it.
///
/// Source: Broadcom 97762, "Unable to obtain HTTP response from server: Connection Reset"; Pivotal
/// 2010526; causes.md §2.
struct KeepaliveRace: Playbook {
  func cause(of found: Case) -> Cause? {
    let cut = found.share(.connectionReset, .prematureClose)
    guard cut >= 0.6,
      [.sporadic, .keepaliveRace, .partial, .insufficient].contains(found.pattern)
    else { return nil }
    let endpoint = found.endpoint
    let isMeasured = found.pattern == .keepaliveRace
    let timer = found.seconds.map { Words.duration($0) }
    return Cause(
      fit: isMeasured ? 0.95 : 0.75 * cut,
      title: "keep-alive race: \(endpoint.name) closes idle connections that the gateway reuses",
      because:
        "\(Words.percent(cut)) of the failures are connections cut after the request was sent"
        + (isMeasured ? ", after \(timer ?? "the same") idle time" : ""),
      refutedBy:
        "the same failures on first requests of new connections, or with reuse switched off",
      steps: [
        Step(
          "Set the gateway's idle time-out for \(endpoint.spoken) below that of the backend"
            + (timer.map { " (about \($0))" } ?? "")
            + "; for a test switch reuse off (httpd: SetEnv proxy-nokeepalive 1)."),
        Step(
          "\(found.vantagePoint): capture and see whether a FIN or RST arrives before the request is sent.",
          command: found.capture),
      ],
      owner: "timers", source: "Broadcom 97762")
  }
}

import Correlator
import LogEvents

/// Some connections cannot be made while others succeed: the listener is there, not always for all.
///
/// Source: causes.md §2, "connect-refused", "connect-timeout"; load-balancers.md §6.8.
struct SomeConnectsFail: Playbook {
  func cause(of found: Case) -> Cause? {
    let connect = found.share(.connectRefused, .connectTimeout, .connectUnreachable)
    guard connect >= 0.6, found.hasSuccessesBetween else { return nil }
    let refused = found.share(.connectRefused)
    let endpoint = found.endpoint
    let isRefused = refused * 2 >= connect
    return Cause(
      fit: 0.55 * connect,
      title: isRefused
        ? "\(endpoint.name) refuses some connections: short restarts, a full accept queue that answers "
          + "with a reset, or one of several addresses"
        : "\(endpoint.name) leaves some connections unanswered: a full accept queue, one of several "
          + "addresses, or loss on the way",
      because: Case.joined(
        "\(Words.percent(connect)) of the failures are connections, \(Words.percent(refused)) refused",
        served(found), found.vantages),
      refutedBy: isRefused
        ? "an uptime of the process that spans the failures, and a queue that never fills"
        : "a listen queue that never fills and one address behind the name",
      steps: [
        Step(
          "On the backend host: does the listen queue fill (Recv-Q near Send-Q), do overflows grow?",
          command: endpoint.listeners.map {
            "\($0); nstat -az TcpExtListenOverflows TcpExtListenDrops"
          }),
        Step(
          "\(found.vantagePoint): all addresses behind the name, each tried by itself.",
          command: endpoint.host.map { "getent ahosts \($0)" }),
        Step("Compare the start times of the process with the failures \(found.window)."),
      ],
      owner: "backend", source: "Pivotal 2010526")
  }

  private func served(_ found: Case) -> String? {
    guard let requests = found.requests, requests > found.failures else { return nil }
    return
      "\(Words.number(requests - found.failures)) of \(Words.number(requests)) requests were served "
      + "meanwhile"
  }
}

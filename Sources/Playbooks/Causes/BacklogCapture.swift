import Correlator
import LogEvents

/// The listen queue of one port is held by connection requests that their sender has given up.
///
/// Source: Stratus OpenVOS, "TCP backlog capture"; causes.md §3.
struct BacklogCapture: Playbook {
  func cause(of found: Case) -> Cause? {
    guard found.pattern == .backlogCapture else { return nil }
    let endpoint = found.endpoint
    let fine = found.around.ports.filter { $0.successes > 0 }
    return Cause(
      // The more neighbours recovered, the surer.
      fit: min(0.95, 0.85 + 0.03 * Double(fine.count)),
      title: "the listen queue of \(endpoint.spoken) is captured by dead requests",
      because: Case.joined(
        "the port times out although other ports of its host, which failed with it, recovered",
        fine.isEmpty ? nil : "served on them meanwhile: \(Case.spelled(fine))"),
      refutedBy: "an empty listen queue on the host while connections still time out",
      steps: [
        Step(
          "On the backend host: is the queue of the listener full (Recv-Q above Send-Q), and do overflows "
            + "grow (TcpExtListenOverflows)? On OpenVOS: analyze_system, full when backlog + 1 == syncnt.",
          command: endpoint.listeners),
        Step(
          "Pause the client or restart the listener to empty the queue; let the firewall answer with a "
            + "reset instead of dropping."),
        Step(
          "OpenVOS: set the SYN_RCVD abort time (set_stcp_param syn_rcvd_abort, 1 to 180 s, 0 is about 100 s) "
            + "below the client's time-out, for all ports; version 17.1 with the POSIX libraries mends it."
        ),
        Step(
          "Look for SYN-ACKs repeated for one old connection while newer requests get nothing.",
          command: found.capture),
      ],
      owner: "backend, firewall", source: "Stratus OpenVOS")
  }
}

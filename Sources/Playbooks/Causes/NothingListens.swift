import Correlator
import LogEvents

/// The host answers, nobody accepts on the port.
///
/// Source: Pivotal 2010526, "Interpreting web server mod_proxy_http error messages"; causes.md §2.
struct NothingListens: Playbook {
  func cause(of found: Case) -> Cause? {
    let refused = found.share(.connectRefused)
    let connect = found.share(.connectRefused, .connectTimeout, .connectUnreachable)
    // A refusal is an answer; other gateways often log the same fault without its cause.
    guard refused >= 0.2, connect >= 0.8,
      [.constant, .flapping, .insufficient].contains(found.pattern)
    else {
      return nil
    }
    let endpoint = found.endpoint
    return Cause(
      fit: found.pattern == .constant ? 0.9 * connect : 0.6 * connect,
      title: "nothing listens on \(endpoint.spoken)",
      because: Case.joined(
        "\(Words.percent(refused)) of the failures are logged as refused connections: the host answers, "
          + "the port does not; routes and names are fine", found.neighbours, found.vantages),
      refutedBy: "a connection from the same gateway to the same port that succeeds",
      steps: [
        Step(
          "\(found.vantagePoint): connect to \(endpoint.spoken) once; refused again means that nothing "
            + "listens, or a firewall resets in its name.",
          command: endpoint.connect),
        Step(
          "On the backend host: is the process running, and does it listen on this port and address?",
          command: endpoint.listeners),
        Step("Find what stopped or moved the service just before \(found.from)."),
      ],
      owner: "backend", source: "Pivotal 2010526")
  }
}

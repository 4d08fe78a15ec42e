import Correlator
import LogEvents

/// The backend's bytes are no valid HTTP, or its headers are too long for the gateway.
///
/// Source: causes.md §2, "bad-gateway-response / http-5xx"; formats/load-balancers.md §2.
struct BadAnswer: Playbook {
  func cause(of found: Case) -> Cause? {
    let bad = found.share(.badGatewayResponse)
    guard bad >= 0.5 else { return nil }
    let endpoint = found.endpoint
    let isVague = found.hasVagueAnswers
    return Cause(
      fit: isVague ? 0.45 * bad : 0.75 * bad,
      title: isVague
        ? "\(endpoint.name) gave no answer that the balancer could use (its log does not tell which)"
        : "\(endpoint.name) answers what the gateway cannot read as HTTP",
      because: Case.joined(
        "\(Words.percent(bad)) of the failures are answers that could not be used: "
          + (isVague
            ? "a refusal, a reset and a malformed answer look alike there"
            : "the network works, protocol, port, header size or version do not"),
        FiredTimer(found)?.sentence, found.vantages),
      refutedBy: isVague
        ? "the member's own log showing complete answers"
        : "a complete and valid answer to the same request by hand",
      steps: [
        Step(
          "\(found.vantagePoint): send a failing request to \(endpoint.spoken) and read the raw answer.",
          command: endpoint.target.map {
            "printf 'GET / HTTP/1.1\\r\\nHost: \($0.host)\\r\\nConnection: close\\r\\n\\r\\n' | "
              + "nc -w 5 \($0.host) \($0.port) | head -c 600"
          }),
        Step(
          "Is it TLS spoken to a plain port or the reverse, an AJP port spoken to in HTTP, headers larger "
            + "than the gateway allows? What was deployed before \(found.from)?"),
      ],
      owner: "application",
      source: "AWS, Troubleshoot your Application Load Balancers; Pivotal 2010526")
  }
}

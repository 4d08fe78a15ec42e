import Correlator
import LogEvents

/// Connected and headers sent, but the request's body could not be passed on.
///
/// Source: Pivotal 2010526; causes.md §2, "request-body-failed".
struct StalledBody: Playbook {
  func cause(of found: Case) -> Cause? {
    let stalled = found.share(.requestBodyFailed)
    guard stalled >= 0.5 else { return nil }
    let endpoint = found.endpoint
    let isHTTPD = found.around.products.contains("apache-mod-proxy")
    return Cause(
      fit: 0.8 * stalled,
      title:
        "\(endpoint.name) stops reading request bodies: it crashed, hung or closed while reading",
      because: Case.joined(
        "\(Words.percent(stalled)) of the failures broke while the request was sent; connecting worked",
        FiredTimer(found)?.sentence, found.vantages),
      refutedBy: "failures that go away without connection reuse: then it is a keep-alive race",
      steps: [
        Step(
          isHTTPD
            ? "For a test send without connection reuse (httpd: SetEnv proxy-nokeepalive 1); measure its cost."
            : "For a test switch the reuse of connections to \(endpoint.spoken) off; measure its cost."
        ),
        Step(
          "On the backend host: did the process crash or hang \(found.window), and is there a limit on "
            + "the size of a body?"),
        Step(
          "Compare URL, method and body size of failed requests with those that were served.",
          command: found.capture),
        Step("Is the gateway's own version known for such a fault? Read its change log."),
      ],
      owner: "application", source: "Pivotal 2010526")
  }
}

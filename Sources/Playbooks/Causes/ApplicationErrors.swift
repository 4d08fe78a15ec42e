import Correlator
import LogEvents

/// The backend is reached and answers with errors: an application or version problem, not the network.
///
/// Source: causes.md §2, "bad-gateway-response / http-5xx".
struct ApplicationErrors: Playbook {
  func cause(of found: Case) -> Cause? {
    let answered = found.share(.http5xx, .badGatewayResponse)
    guard answered >= 0.6, found.share(.http5xx) >= 0.5 else { return nil }
    let endpoint = found.endpoint
    let isStatusAlone = found.isStatusAlone
    return Cause(
      fit: (isStatusAlone ? 0.45 : 0.7) * answered,
      title: isStatusAlone
        ? "\(endpoint.name) is answered with errors, its own or the gateway's"
        : "\(endpoint.name) answers with errors of its own",
      because: Case.joined(
        isStatusAlone
          ? "\(Words.percent(answered)) of the failures are known by their status alone: without the error "
            + "log of the gateway it does not tell who made the answer"
          : "\(Words.percent(answered)) of the failures are answers of the backend: the network works",
        FiredTimer(found)?.sentence, found.vantages),
      refutedBy: "the backend's own log showing these requests as served",
      steps: [
        Step("Read the log of the application behind \(endpoint.spoken) at \(found.from).")
      ],
      owner: "application", source: "Pivotal 2010526")
  }
}

import Correlator
import LogEvents

/// The balancer had no usable member: a consequence; what took the last one out is the cause.
///
/// Source: causes.md §2, "pool-exhausted / server-down"; formats/nginx.md §3.2.
struct NoMemberLeft: Playbook {
  func cause(of found: Case) -> Cause? {
    let induced = found.share(.poolExhausted)
    guard induced >= 0.5 else { return nil }
    let count = found.classes[.poolExhausted] ?? 0
    let onset = found.around.onset
    let first = onset.map {
      "the first failure that led there: \($0.backend) \($0.exemplar.outcome.name) at "
        + "\(RFC3339.text($0.exemplar.time)) (\($0.exemplar.file):\($0.exemplar.line))"
    }
    let pool = found.pool ?? found.endpoint.name
    return Cause(
      fit: 0.88 * induced,
      title: onset.map { "no member of \(pool) was left, after \($0.backend) failed" }
        ?? "no member of \(pool) was left: a consequence of what took the last one out",
      because: Case.joined(
        "\(Words.number(count)) of \(Words.number(found.failures)) failures are induced: no member was "
          + "tried", first ?? "the failure that led there is not in these logs"),
      refutedBy:
        "a member that was up and served meanwhile: then the rule that picks members is wrong",
      steps: clientSide(found) + [
        Step(
          onset.map {
            "Mend \($0.backend) first (\($0.exemplar.outcome.name)); these failures end with it."
          }
            ?? "Find the health-check or state lines of the members of \(pool) before \(found.from)."
        ),
        Step(
          "Are checks and passive marking too strict? (nginx: max_fails=1 fail_timeout=10s takes a member "
            + "out after one failure.)"),
      ],
      owner: "backend", source: "nginx documentation, max_fails; LB Wiki")
  }

  /// What callers saw depends on the balancer.
  private func clientSide(_ found: Case) -> [Step] {
    guard found.around.products.contains("f5-bigip") else { return [] }
    return [
      Step(
        "To callers it was a reset (BIG-IP 9 and later reset at the request) or a hang (version 4 stays "
          + "silent for about 15 s): both are this cause.")
    ]
  }
}

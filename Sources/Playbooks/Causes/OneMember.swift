import Correlator
import LogEvents

/// One member of a pool fails while its siblings serve, or a share that fits one of N behind a name.
///
/// Source: correlation.md §7, "partial"; causes.md §1.
struct OneMember: Playbook {
  func cause(of found: Case) -> Cause? { ofPool(found) ?? hidden(found) }

  private func ofPool(_ found: Case) -> Cause? {
    let fine = found.around.members.filter(\.isFine)
    guard !fine.isEmpty, fine.count * 2 > found.around.members.count, found.failures >= 5,
      found.pattern != .insufficient
    else { return nil }
    let pool = found.pool ?? "its pool"
    return Cause(
      fit: 0.58,
      title: "\(found.endpoint.name) alone of \(pool) fails: the member, not the service",
      because:
        "\(fine.count) of \(found.around.members.count) other members served without a failure "
        + "meanwhile (\(Case.spelled(fine)))",
      refutedBy: "failures of the other members once this one is out",
      steps: [
        Step(
          "Take \(found.endpoint.spoken) out of \(pool) and watch whether all failures end; then compare "
            + "its version, settings and load with a sibling's."),
        Step(
          "\(found.vantagePoint): connect to it by itself.", command: found.endpoint.connect),
      ],
      owner: "backend", source: "logtriage, method")
  }

  /// Several addresses behind one name, of which one fails: a steady share of about 1/N.
  private func hidden(_ found: Case) -> Cause? {
    guard found.pattern == .partial || found.pattern == .step, let requests = found.requests,
      requests > 0
    else { return nil }
    let after = found.pattern == .step ? found.measure("ratioAfter") : nil
    let share = after ?? Double(found.failures) / Double(requests)
    // Three standard errors, and narrow enough to tell 1/N from 1/(N+1).
    let error = 3 * (share * (1 - share) / Double(requests)).squareRoot()
    guard error < 0.03,
      let members = (2...8).first(where: { abs(share - 1 / Double($0)) <= error + 0.005 })
    else { return nil }
    return Cause(
      fit: 0.5,
      title: "the share fits one bad member of about \(members) behind \(found.endpoint.name)",
      because:
        "\(Words.percent(share)) of the requests fail, whatever the load: 1 in \(members) is "
        + "\(Words.percent(1 / Double(members)))",
      refutedBy: "one address behind the name, or failures on each of them",
      steps: [
        Step(
          "List the addresses behind the name and try each by itself.",
          command: found.endpoint.host.map { "getent ahosts \($0)" })
      ],
      owner: "backend", source: "logtriage, method")
  }
}

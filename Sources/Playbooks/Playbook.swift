import Correlator
import LogEvents

/// Knows one cause: sees the numbers of a case, never log text.
package protocol Playbook: Sendable {
  /// The cause, if the case's numbers can carry it.
  func cause(of found: Case) -> Cause?
}

/// Diagnosis: from cases to findings.
package enum Diagnosis {
  /// Findings in the order in which they should be looked at.
  package static func findings(of cases: [Case]) -> [Finding] {
    cases.map(finding).sorted(by: isWorse)
  }

  package static func finding(of found: Case) -> Finding {
    var causes = PlaybookShelf.all.compactMap { $0.cause(of: found) }
    causes.sort { ($1.fit, $0.title) < ($0.fit, $1.title) }
    if causes.isEmpty { causes = [Undecided().cause(for: found)] }
    causes[0].steps += Collection.steps(for: found)
    return Finding(of: found, claim: Claim.sentence(found), causes: causes)
  }

  /// Asserted before remarks, lasting before passing, then by the number of failures.
  private static func isWorse(_ a: Finding, _ b: Finding) -> Bool {
    let (first, second) = (rank(a), rank(b))
    if first != second { return first > second }
    if a.of.failures != b.of.failures { return a.of.failures > b.of.failures }
    return (a.of.backend, a.of.interval.start.milliseconds)
      < (b.of.backend, b.of.interval.start.milliseconds)
  }

  private static func rank(_ finding: Finding) -> Int {
    if finding.of.pattern == .insufficient { return 0 }
    return finding.confidence == .low ? 1 : 2
  }
}

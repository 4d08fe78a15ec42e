import LogEvents
import Testing

@testable import Correlator

@Suite("Before and after")
struct ComparisonTests {
  private func side(
    _ backends: [(name: String, failures: Int, successes: Int?)], seconds: Int64 = 3600,
    pattern: Pattern? = nil
  ) -> Classification {
    var side = Classification()
    side.window = Interval(
      start: Timestamp(milliseconds: Story.start),
      end: Timestamp(milliseconds: Story.start + seconds * 1000))
    side.backends = backends.map {
      BackendSummary(
        name: $0.name, gateways: [], pools: [], services: [], failures: $0.failures,
        successes: $0.successes, attempts: 0,
        classes: $0.failures > 0 ? [.http5xx: $0.failures] : [:])
    }
    if let pattern, let window = side.window {
      side.cases = backends.filter { $0.failures > 0 }.map {
        Case(
          pattern: pattern, backend: $0.name, interval: window, failures: $0.failures,
          confidence: 0.9)
      }
    }
    return side
  }

  private func verdict(
    _ a: (Int, Int?), _ b: (Int, Int?), seconds: (Int64, Int64) = (3600, 3600)
  ) -> Comparison.Verdict? {
    Comparison(
      side([("be", a.0, a.1)], seconds: seconds.0), side([("be", b.0, b.1)], seconds: seconds.1)
    ).rows.first?.verdict
  }

  /// Values by R: binom.test(15, 20, 0.5), fisher.test(matrix(c(3, 97, 12, 88), 2)) with doubled tail.
  @Test("The tests are exact")
  func exact() {
    #expect(abs(ExactTest.rates(5, in: 1, 15, in: 1) - 0.041389) < 1e-5)
    #expect(abs(ExactTest.rates(0, in: 1, 1, in: 1) - 1) < 1e-9)
    // Tail of the hypergeometric: P(X >= 12) with 15 failures among 200, 100 drawn.
    var tail = 0.0
    for k in 12...15 {
      tail += (choose(15, k) * choose(185, 100 - k)) / choose(200, 100)
    }
    #expect(abs(ExactTest.proportions(3, of: 100, 12, of: 100) - 2 * tail) < 1e-9)
    #expect(ExactTest.proportions(5, of: 100, 5, of: 100) == 1)
    #expect(ExactTest.rates(1_000_000, in: 1, 1_010_000, in: 1) < 1e-6)
  }

  private func choose(_ n: Int, _ k: Int) -> Double {
    (0..<k).reduce(1.0) { $0 * Double(n - $1) / Double($1 + 1) }
  }

  @Test("New, gone, grown, shrunk; and what may be chance is none of them")
  func verdicts() {
    #expect(verdict((0, 1000), (40, 960)) == .new)
    #expect(verdict((40, 960), (0, 1000)) == .gone)
    #expect(verdict((10, 990), (60, 940)) == .grown)
    #expect(verdict((60, 940), (10, 990)) == .shrunk)
    #expect(verdict((10, 990), (14, 986)) == .same)
    #expect(verdict((0, 1000), (2, 998)) == .same)
    #expect(verdict((10, nil), (60, nil)) == .grown)
  }

  @Test("Logs of another length are compared by rate; more traffic alone is no growth")
  func lengths() {
    #expect(verdict((60, nil), (360, nil), seconds: (3600, 21_600)) == .same)
    #expect(verdict((60, nil), (60, nil), seconds: (3600, 21_600)) == .shrunk)
    #expect(verdict((60, 5940), (600, 59_400)) == .same)
    let uneven = Comparison(side([("be", 1, 9)]), side([("be", 1, 9)], seconds: 7200))
    #expect(uneven.lengthsDiffer)
    #expect(!Comparison(side([("be", 1, 9)]), side([("be", 1, 9)], seconds: 3650)).lengthsDiffer)
  }

  @Test("One of two hundred backends that differs a little is chance")
  func correctsForMany() {
    let quiet = (0..<200).map { (name: "be\($0)", failures: 10, successes: Int?(990)) }
    var loud = quiet
    loud[7].failures = 24
    #expect(verdict((10, 990), (24, 990)) == .same || verdict((10, 990), (24, 990)) == .grown)
    #expect(Comparison(side(quiet), side(loud)).rows.allSatisfy { $0.verdict == .same })
    loud[7].failures = 90
    #expect(Comparison(side(quiet), side(loud)).rows.first?.verdict == .grown)
    #expect(Comparison(side(quiet), side(loud)).rows.first?.backend == "be7")
  }

  @Test("Another pattern at the same rate is a change")
  func patterns() {
    let a = side([("be", 40, 960)], pattern: .sporadic)
    let b = side([("be", 41, 959)], pattern: .clustered)
    #expect(Comparison(a, b).rows.first?.verdict == .changed)
    #expect(Comparison(a, a).rows.first?.verdict == .same)
    #expect(Comparison(side([]), side([])).rows.isEmpty)
  }
}

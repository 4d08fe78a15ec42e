import Glibc

/// Exact tests of two counts: whether their difference is more than chance.
///
/// Two-sided by doubling the smaller tail. Both condition on the sum of the counts, so that nothing is
/// assumed of the rate that they share.
package enum ExactTest {
  /// Two Poisson counts in exposures of different length (Przyborowski, Wilenski 1940): given the sum,
  /// the second is binomial.
  package static func rates(_ first: Int, in a: Double, _ second: Int, in b: Double) -> Double {
    let total = first + second
    guard total > 0, a > 0, b > 0 else { return 1 }
    let (logP, logQ) = (log(b / (a + b)), log(a / (a + b)))
    return twoSided(second, from: 0, to: total) { k in
      logChoose(total, k) + Double(k) * logP + Double(total - k) * logQ
    }
  }

  /// Two proportions (Fisher 1935): given all failures, those of the second sample are hypergeometric.
  package static func proportions(_ first: Int, of n: Int, _ second: Int, of m: Int) -> Double {
    guard n > 0, m > 0, first <= n, second <= m, first >= 0, second >= 0 else { return 1 }
    let total = first + second
    let all = logChoose(n + m, total)
    return twoSided(second, from: max(0, total - n), to: min(total, m)) { k in
      logChoose(m, k) + logChoose(n, total - k) - all
    }
  }

  /// Which of many tests stand when at most a share of the positives may be false (Benjamini, Hochberg
  /// 1995).
  package static func standing(_ chances: [Double], falseShare: Double = 0.01) -> [Bool] {
    let ranked = chances.indices.sorted { (chances[$0], $0) < (chances[$1], $1) }
    var last = -1
    for (rank, index) in ranked.enumerated()
    where chances[index] <= falseShare * Double(rank + 1) / Double(chances.count) {
      last = rank
    }
    var standing = [Bool](repeating: false, count: chances.count)
    for (rank, index) in ranked.enumerated() where rank <= last { standing[index] = true }
    return standing
  }

  private static func twoSided(
    _ seen: Int, from least: Int, to most: Int, _ logMass: (Int) -> Double
  ) -> Double {
    let upper = tail(seen, through: most, by: 1, logMass)
    let lower = tail(seen, through: least, by: -1, logMass)
    return min(1, 2 * min(upper, lower))
  }

  /// The masses from `start` outwards, as long as they add anything.
  private static func tail(
    _ start: Int, through end: Int, by step: Int, _ logMass: (Int) -> Double
  ) -> Double {
    var sum = 0.0
    var before = -Double.infinity
    for k in stride(from: start, through: end, by: step) {
      let mass = logMass(k)
      sum += exp(mass)
      // Past the mode the masses fall.
      if mass < before, exp(mass) < sum * 1e-12 { break }
      // The tail holds the mode: it is no smaller one.
      if sum > 0.75 { return 1 }
      before = mass
    }
    return min(1, sum)
  }

  private static func logChoose(_ n: Int, _ k: Int) -> Double {
    guard k >= 0, k <= n else { return -.infinity }
    return lgamma(Double(n) + 1) - lgamma(Double(k) + 1) - lgamma(Double(n - k) + 1)
  }
}

import Glibc

/// Fisher's exact test of a table of two by two, one-sided.
///
/// Fisher, R. A. (1922), "On the interpretation of χ² from contingency tables".
enum Fisher {
  /// Chance that at least `failed` of `allFailed` drawn exchanges have a trait, when `failed + served` of
  /// `allFailed + allServed` have it and failing has nothing to do with it.
  static func chance(failed: Int, of allFailed: Int, served: Int, of allServed: Int) -> Double {
    let traits = failed + served
    let all = allFailed + allServed
    guard failed > 0, allFailed > 0, allServed > 0 else { return 1 }
    let whole = logChoose(all, allFailed)
    var sum = 0.0
    for count in failed...max(failed, min(traits, allFailed))
    where traits - count <= allServed {
      sum += exp(
        logChoose(traits, count) + logChoose(all - traits, allFailed - count) - whole)
    }
    return min(1, sum)
  }

  private static func logChoose(_ n: Int, _ k: Int) -> Double {
    guard k >= 0, k <= n else { return -.infinity }
    return lgamma(Double(n) + 1) - lgamma(Double(k) + 1) - lgamma(Double(n - k) + 1)
  }
}

/// Holm's correction: which of many tests hold together at one level of error.
///
/// Holm, S. (1979), "A simple sequentially rejective multiple test procedure".
enum Holm {
  /// For each chance whether it is significant at `level`, all of them taken together.
  static func significant(_ chances: [Double], level: Double) -> [Bool] {
    var answer = [Bool](repeating: false, count: chances.count)
    for (rank, index) in chances.indices.sorted(by: { chances[$0] < chances[$1] }).enumerated() {
      guard chances[index] <= level / Double(chances.count - rank) else { break }
      answer[index] = true
    }
    return answer
  }
}

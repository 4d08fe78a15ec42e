import Glibc

/// Maximum log-likelihoods and tail bounds that the classifier compares.
///
/// Natural logarithms.
enum Likelihood {
  /// Of `f` failures among `n` requests at their own ratio.
  static func binomial(_ f: Double, _ n: Double) -> Double {
    guard n > 0, f > 0, f < n else { return 0 }
    return f * log(f / n) + (n - f) * log(1 - f / n)
  }

  /// Of `f` failures in an exposure `e` at their own rate.
  static func poisson(_ f: Double, _ e: Double) -> Double {
    guard e > 0, f > 0 else { return 0 }
    return f * log(f / e) - f
  }

  /// Chernoff: at most ln P(Bin(m, q) ≥ k); 0 where k is not above the mean.
  static func logTail(atLeast k: Double, of m: Double, chance q: Double) -> Double {
    guard m > 0, q > 0, q < 1, k > m * q else { return 0 }
    let share = min(1, k / m)
    var divergence = share * log(share / q)
    if share < 1 { divergence += (1 - share) * log((1 - share) / (1 - q)) }
    return -m * divergence
  }

  /// Normal score of a chi-square value (Wilson, Hilferty 1931).
  static func normalScore(chiSquare x: Double, degrees k: Double) -> Double {
    guard k > 0, x >= 0 else { return 0 }
    return (cbrt(x / k) - (1 - 2 / (9 * k))) / sqrt(2 / (9 * k))
  }
}

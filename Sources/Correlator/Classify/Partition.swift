/// The best cut of a row of bins into stretches of one rate each, by dynamic programming
/// (correlation.md §5.8): every stretch costs a penalty, so that chance makes none.
struct Partition {
  /// Stretches, in order.
  private(set) var ranges: [Range<Int>] = []
  /// Log-likelihood of the stretches together, without penalties.
  private(set) var likelihood = 0.0

  /// Of at least one bin; `part` gives the log-likelihood of one rate from a bin up to, not
  /// including, another.
  init(bins: Int, penalty: Double, likelihood part: (Int, Int) -> Double) {
    var best = [Double](repeating: -.infinity, count: bins + 1)
    var cut = [Int](repeating: 0, count: bins + 1)
    best[0] = 0
    for end in 1...bins {
      for start in 0..<end {
        let value = best[start] + part(start, end) - penalty
        if value > best[end] {
          best[end] = value
          cut[end] = start
        }
      }
    }
    var at = bins
    while at > 0 {
      likelihood += part(cut[at], at)
      ranges.append(cut[at]..<at)
      at = cut[at]
    }
    ranges.reverse()
  }
}

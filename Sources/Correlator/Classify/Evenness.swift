import Glibc

/// Whether failures are spread evenly, and by how much not (correlation.md §5.8 "Even?").
struct Evenness {
  /// Normal score of the largest deviation over the scales tried.
  var score = 0.0
  /// Excess variance a failure at that scale: the size of the effect.
  var excess = 0.0

  /// Of positions in 0...1, each with a weight of one unit.
  init(positions: [Double]) {
    let m = Double(positions.count)
    guard positions.count >= 4 else { return }
    var bins = 4
    while bins <= min(1024, positions.count) {
      var counts = [Double](repeating: 0, count: bins)
      for u in positions { counts[min(bins - 1, max(0, Int(u * Double(bins))))] += 1 }
      let k = Double(bins)
      let x = k / m * counts.reduce(0) { $0 + $1 * $1 } - m
      let z = Likelihood.normalScore(chiSquare: max(0, x), degrees: k - 1)
      if bins == 4 || z > score {
        score = z
        excess = (x - (k - 1)) / m
      }
      bins *= 2
    }
  }

  /// Of failures among requests in bins: the deviation from one ratio for all.
  init(bins: [Bin], per unit: Double) {
    let f = bins.reduce(0.0) { $0 + $1.failures }
    let n = bins.reduce(0.0) { $0 + $1.requests }
    guard n > 0, f > 0, f < n, bins.count >= 4 else { return }
    let p = f / n
    for width in [1, 2, 4, 8, 16] where bins.count / width >= 4 {
      var x = 0.0
      var used = 0.0
      var at = 0
      while at < bins.count {
        let part = bins[at..<min(bins.count, at + width)]
        let requests = part.reduce(0.0) { $0 + $1.requests }
        let failures = part.reduce(0.0) { $0 + $1.failures }
        let expected = requests * p
        if expected > 0 {
          x += (failures - expected) * (failures - expected) / (expected * (1 - p))
          used += 1
        }
        at += width
      }
      x /= unit
      let z = Likelihood.normalScore(chiSquare: x, degrees: used - 1)
      if z > score {
        score = z
        excess = (x - (used - 1)) / (f / unit)
      }
    }
  }
}

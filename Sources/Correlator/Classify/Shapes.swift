import Glibc
import LogEvents

/// A stretch of the log with about as much traffic as any other.
struct Bin {
  var start: Int64
  var end: Int64
  var failures = 0.0
  var requests = 0.0

  /// Seconds.
  var duration: Double { max(0.001, Double(end - start) / 1000) }
  var load: Double { requests / duration }
}

/// What explains how the failure ratio changes: one step, one block, time, or load
/// (correlation.md §5.8 "Shapes").
struct Shapes {
  let bins: [Bin]
  /// Log-likelihood gain of the best partition over one ratio.
  var gain = 0.0
  var segments = 1
  /// Shares of the gain.
  var step = 0.0
  var overTime = 0.0
  var overLoad = 0.0
  /// Index of the first bin after the best single change.
  var stepAt = 0
  /// Failures and requests before each bin, and of all.
  private var failures = [0.0]
  private var requests = [0.0]

  /// Bins of equal traffic over the slices, and what explains their ratios.
  init(_ timeline: Timeline, units: Int) {
    bins = Self.equalTraffic(timeline, count: min(max(16, units / 2), 192))
    explain()
  }

  /// Of failures in equal slices of time, where requests are not known: time is the exposure.
  init(_ rates: RateBlocks, bins wanted: Int = 64) {
    let width = max(1, rates.counts.count / wanted)
    var bins: [Bin] = []
    var at = 0
    while at < rates.counts.count {
      let end = min(rates.counts.count, at + width)
      var bin = Bin(start: rates.time(ofBin: at), end: rates.time(ofBin: end))
      bin.failures = rates.counts[at..<end].reduce(0, +)
      // So fine a unit that failures are rare in it.
      bin.requests = bin.duration * 1_000_000
      bins.append(bin)
      at = end
    }
    self.bins = bins
    explain()
  }

  private static func equalTraffic(_ timeline: Timeline, count: Int) -> [Bin] {
    let total = Double(timeline.failures + timeline.successes)
    guard total > 0, let first = timeline.slices.first else { return [] }
    var bins: [Bin] = []
    var current = Bin(start: first.start, end: first.end)
    var seen = 0.0
    for slice in timeline.slices {
      current.failures += Double(slice.failures)
      current.requests += Double(slice.requests)
      current.end = slice.end
      seen += Double(slice.requests)
      if seen >= total * Double(bins.count + 1) / Double(count) {
        bins.append(current)
        current = Bin(start: slice.end, end: slice.end)
      }
    }
    if current.requests > 0 { bins.append(current) }
    return bins
  }

  private mutating func explain() {
    let m = bins.count
    guard m >= 4 else { return }
    for bin in bins {
      failures.append((failures.last ?? 0) + bin.failures)
      requests.append((requests.last ?? 0) + bin.requests)
    }
    let flat = likelihood(0, m)
    let partition = Partition(bins: m, penalty: 3 * log(Double(m)), likelihood: likelihood)
    segments = partition.ranges.count
    gain = partition.likelihood - flat
    guard gain > 1e-9 else {
      gain = 0
      return
    }
    var bestStep = -Double.infinity
    for split in 1..<m {
      let value = likelihood(0, split) + likelihood(split, m)
      if value > bestStep { (bestStep, stepAt) = (value, split) }
    }
    step = (bestStep - flat) / gain
    overTime = (Self.isotonic(bins) - flat) / gain
    overLoad = (Self.isotonic(bins.sorted { $0.load < $1.load }) - flat) / gain
  }

  /// The bins of the best inner stretch, and its share of the gain; `nil` where there is no gain.
  ///
  /// Asked apart, because it tries all stretches.
  func block() -> (bins: Range<Int>, share: Double)? {
    guard gain > 0 else { return nil }
    let m = bins.count
    var best = (value: -Double.infinity, bins: 0..<0)
    for start in 0..<m {
      for end in (start + 1)...m where end - start < m {
        let outer = Likelihood.binomial(
          failures[m] - failures[end] + failures[start],
          requests[m] - requests[end] + requests[start])
        let value = likelihood(start, end) + outer
        if value > best.value { best = (value, start..<end) }
      }
    }
    return (best.bins, (best.value - likelihood(0, m)) / gain)
  }

  /// Of one ratio from a bin up to, not including, another.
  private func likelihood(_ start: Int, _ end: Int) -> Double {
    Likelihood.binomial(failures[end] - failures[start], requests[end] - requests[start])
  }

  /// Likelihood of the best non-decreasing ratio (pool adjacent violators).
  private static func isotonic(_ bins: [Bin]) -> Double {
    var pools: [(f: Double, n: Double)] = []
    for bin in bins {
      pools.append((bin.failures, bin.requests))
      while pools.count > 1 {
        let (a, b) = (pools[pools.count - 2], pools[pools.count - 1])
        guard a.f * b.n >= b.f * a.n else { break }
        pools.removeLast()
        pools[pools.count - 1] = (a.f + b.f, a.n + b.n)
      }
    }
    return pools.reduce(0) { $0 + Likelihood.binomial($1.f, $1.n) }
  }

  // MARK: Step or ramp

  /// How much better, in log-likelihood, a step fits than any ramp; negative when a ramp is better.
  ///
  /// With equal numbers of parameters and matched totals.
  func stepAgainstRamp() -> (lead: Double, rampStart: Int64?) {
    guard let first = bins.first, let last = bins.last else { return (0, nil) }
    let total = bins.reduce(0.0) { $0 + $1.failures }
    func likelihood(_ weights: [Double]) -> Double {
      let sum = zip(weights, bins).reduce(0.0) { $0 + $1.0 * $1.1.requests }
      guard sum > 0 else { return -.infinity }
      var value = 0.0
      for (weight, bin) in zip(weights, bins) {
        let expected = max(1e-9, total * weight * bin.requests / sum)
        value += bin.failures * log(expected) - expected
      }
      return value
    }
    func ratio(_ part: ArraySlice<Bin>) -> Double {
      part.reduce(0.0) { $0 + $1.failures } / max(1, part.reduce(0.0) { $0 + $1.requests })
    }
    // The step lies within the bin before, or at its end.
    let edge = max(0, stepAt - 1)
    let least = ratio(bins[...]) / 1000
    let (low, high) = (max(ratio(bins[..<edge]), least), max(ratio(bins[stepAt...]), least))
    let within = min(max(ratio(bins[edge..<stepAt]), low), max(low, high))
    let stepped = likelihood(
      bins.indices.map { $0 < edge ? low : $0 < stepAt ? within : high })
    let length = Double(last.end - first.start)
    var bestRamp = -Double.infinity
    var rampStart: Int64?
    for place in 0...10 {
      let from = 0.05 * Double(place)
      for growth in [0.0, 10, 30, 100] {
        let weights = bins.map { bin -> Double in
          let middle = (Double(bin.start + bin.end) / 2 - Double(first.start)) / length
          let progress = max(0, (middle - from) / (1 - from))
          let base = 0.01
          if growth == 0 { return base + progress }
          return place == 0 || progress > 0 ? exp(progress * log(growth)) / growth : base / growth
        }
        let value = likelihood(weights)
        if value > bestRamp {
          bestRamp = value
          rampStart = first.start + Int64(from * length)
        }
      }
    }
    return (stepped - bestRamp, rampStart)
  }
}

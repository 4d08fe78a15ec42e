import Glibc
import LogEvents

/// Failures in equal slices of time, cut where their rate changes (correlation.md §5.9).
struct RateBlocks {
  struct Block {
    var bins: Range<Int>
    var failures: Double
    var seconds: Double
    var isHigh = false
    var rate: Double { failures / max(seconds, 1e-9) }
  }

  /// Failures of each bin.
  let counts: [Double]
  let start: Int64
  /// Milliseconds.
  let binWidth: Double
  private(set) var segments: [Block] = []
  /// Log-likelihood gain of the partition over one rate.
  private(set) var gain = 0.0

  init(_ timeline: Timeline, over range: ClosedRange<Int64>, bins wanted: Int = 256) {
    let length = Double(range.upperBound - range.lowerBound) + 1
    let m = max(4, min(wanted, Int(length / 1000)))
    start = range.lowerBound
    binWidth = length / Double(m)
    var counts = [Double](repeating: 0, count: m)
    for slice in timeline.slices where slice.failures > 0 {
      let from = max(slice.firstFailure, range.lowerBound)
      let to = max(from, slice.lastFailure)
      // A wide slice is spread over its bins.
      let first = Int(Double(from - range.lowerBound) / binWidth)
      let last = min(m - 1, Int(Double(to - range.lowerBound) / binWidth))
      guard first < m, first <= last else { continue }
      let share = Double(slice.failures) / Double(last - first + 1)
      for bin in first...last { counts[bin] += share }
    }
    self.counts = counts
    partition()
  }

  func time(ofBin bin: Int) -> Int64 { start + Int64(Double(bin) * binWidth) }

  private mutating func partition() {
    let m = counts.count
    var sums = [0.0]
    for count in counts { sums.append((sums.last ?? 0) + count) }
    let seconds = binWidth / 1000
    func part(_ a: Int, _ b: Int) -> Double {
      Likelihood.poisson(sums[b] - sums[a], Double(b - a) * seconds)
    }
    let best = Partition(bins: m, penalty: 2 + 1.5 * log(Double(m)), likelihood: part)
    segments = best.ranges.map {
      Block(
        bins: $0, failures: sums[$0.upperBound] - sums[$0.lowerBound],
        seconds: Double($0.count) * seconds)
    }
    gain = max(0, best.likelihood - part(0, m))
    markHigh()
  }

  /// Segments above the rate that splits them best into two levels.
  private mutating func markHigh() {
    guard segments.count > 1 else { return }
    let order = segments.indices.sorted { segments[$0].rate < segments[$1].rate }
    let all = segments.reduce((0.0, 0.0)) { ($0.0 + $1.failures, $0.1 + $1.seconds) }
    var low = (0.0, 0.0)
    var best = (value: -Double.infinity, count: 1)
    for (count, index) in order.enumerated().dropLast() {
      low = (low.0 + segments[index].failures, low.1 + segments[index].seconds)
      let value =
        Likelihood.poisson(low.0, low.1) + Likelihood.poisson(all.0 - low.0, all.1 - low.1)
      if value > best.value { best = (value, count + 1) }
    }
    for index in order[best.count...] { segments[index].isHigh = true }
  }

  /// Contiguous high segments.
  var blocks: [Block] {
    var blocks: [Block] = []
    for segment in segments where segment.isHigh {
      if let last = blocks.last, last.bins.upperBound == segment.bins.lowerBound {
        blocks[blocks.count - 1].bins = last.bins.lowerBound..<segment.bins.upperBound
        blocks[blocks.count - 1].failures += segment.failures
        blocks[blocks.count - 1].seconds += segment.seconds
      } else {
        blocks.append(segment)
      }
    }
    return blocks
  }

  /// Share of the gain that two levels (high and low) explain.
  var twoLevelShare: Double {
    guard gain > 0 else { return 0 }
    let high = segments.filter(\.isHigh).reduce((0.0, 0.0)) {
      ($0.0 + $1.failures, $0.1 + $1.seconds)
    }
    let all = segments.reduce((0.0, 0.0)) { ($0.0 + $1.failures, $0.1 + $1.seconds) }
    let value =
      Likelihood.poisson(high.0, high.1)
      + Likelihood.poisson(all.0 - high.0, all.1 - high.1)
    return (value - Likelihood.poisson(all.0, all.1)) / gain
  }
}

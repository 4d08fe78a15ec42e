import LogEvents

/// How long a backend had been idle (same stream) before each request: 8 bins an octave from 1 ms.
package struct IdleHistogram: Sendable, Equatable, Codable {
  static let binCount = IdleBins.count

  /// One count a bin; empty while nothing was counted.
  package private(set) var failures: [Int] = []
  package private(set) var all: [Int] = []

  mutating func add(gapMilliseconds gap: Int64, isFailure: Bool, count: Int) {
    let bin = IdleBins.bin(gap)
    if all.isEmpty { all = [Int](repeating: 0, count: Self.binCount) }
    all[bin] += count
    guard isFailure else { return }
    if failures.isEmpty { failures = [Int](repeating: 0, count: Self.binCount) }
    failures[bin] += count
  }

  /// Counts a success, where one was counted before.
  mutating func addSuccess(gapMilliseconds gap: Int64) {
    let bin = IdleBins.bin(gap)
    if bin < all.count {
      all[bin] &+= 1
    } else {
      add(gapMilliseconds: gap, isFailure: false, count: 1)
    }
  }

  /// Adds successes by their bins.
  mutating func add(successes: Span<UInt32>) {
    for bin in successes.indices where successes[bin] > 0 {
      if all.isEmpty { all = [Int](repeating: 0, count: Self.binCount) }
      all[bin] += Int(successes[bin])
    }
  }

  mutating func merge(_ other: IdleHistogram) {
    Self.merge(&failures, other.failures)
    Self.merge(&all, other.all)
  }

  private static func merge(_ ours: inout [Int], _ theirs: [Int]) {
    guard !theirs.isEmpty else { return }
    guard !ours.isEmpty else {
      ours = theirs
      return
    }
    for bin in ours.indices { ours[bin] += theirs[bin] }
  }

  /// Lower edge of a bin in milliseconds.
  static func edge(_ bin: Int) -> Double {
    let octave = bin / IdleBins.perOctave
    return Double(UInt64(1) << UInt64(min(62, octave))) * (1 + Double(bin % IdleBins.perOctave) / 8)
  }
}

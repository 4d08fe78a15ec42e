import LogEvents

/// Whether a logger cut the failures off at so many in each interval (correlation.md §5.9, 1).
enum RateLimit {
  /// Intervals of the limiters in use, in seconds.
  private static let intervals: [Int64] = [5, 10, 30, 60, 600]

  static func isLimited(_ timeline: Timeline) -> Bool {
    let failing = timeline.slices.filter { $0.failures > 0 }
    let total = failing.reduce(0) { $0 + $1.failures }
    return intervals.contains { seconds in
      // A limiter counts from the first entry of its interval.
      var ticks: [(start: Int64, count: Int)] = []
      for slice in failing {
        if let last = ticks.last, slice.firstFailure - last.start < seconds * 1000 {
          ticks[ticks.count - 1].count += slice.failures
        } else {
          ticks.append((slice.firstFailure, slice.failures))
        }
      }
      guard ticks.count >= 6 else { return false }
      let values = Dictionary(ticks.map { ($0.count, 1) }, uniquingKeysWith: +)
      guard let most = values.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }) else {
        return false
      }
      let share = Double(most.value) / Double(ticks.count)
      guard most.key >= 4 ? share >= 0.5 : most.key > 1 && share >= 0.8,
        most.key * most.value * 2 >= total
      else { return false }
      let distances = zip(ticks, ticks.dropFirst()).map { $1.start - $0.start }
      let near = distances.filter { abs($0 - seconds * 1000) <= seconds * 150 }.count
      return Double(near) >= 0.6 * Double(distances.count)
    }
  }
}

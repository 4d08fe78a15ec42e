import LogEvents

/// Whether a logger cut the failures off at so many in each interval (correlation.md §5.9, 1).
enum RateLimit {
  /// Intervals of the limiters in use, in seconds.
  private static let intervals: [Int64] = [5, 10, 30, 60, 600]

  static func isLimited(_ timeline: Timeline) -> Bool {
    let failing = timeline.slices.filter { $0.failures > 0 }
    return intervals.contains { seconds in
      isLimited(ticks(failing, seconds * 1000), seconds * 1000)
        // A limiter with a clock of its own: first entries lie somewhat more or less apart, but keep
        // their phase, which a failure that comes so long after the last one does not.
        || isLimited(ticks(failing, seconds * 850), seconds * 1000, isLocked: true)
    }
  }

  private typealias Tick = (start: Int64, count: Int)

  /// Failures from the first one on for so many milliseconds, and again.
  private static func ticks(_ failing: [Slice], _ length: Int64) -> [Tick] {
    var ticks: [Tick] = []
    for slice in failing {
      if let last = ticks.last, slice.firstFailure - last.start < length {
        ticks[ticks.count - 1].count += slice.failures
      } else {
        ticks.append((slice.firstFailure, slice.failures))
      }
    }
    return ticks
  }

  private static func isLimited(
    _ ticks: [Tick], _ interval: Int64, isLocked: Bool = false
  ) -> Bool {
    guard let first = ticks.first, ticks.count >= 6 else { return false }
    let total = ticks.reduce(0) { $0 + $1.count }
    let values = Dictionary(ticks.map { ($0.count, 1) }, uniquingKeysWith: +)
    guard let most = values.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }) else {
      return false
    }
    let share = Double(most.value) / Double(ticks.count)
    guard most.key >= 4 ? share >= 0.5 : most.key > 1 && share >= 0.8,
      most.key * most.value * 2 >= total
    else { return false }
    let distances = zip(ticks, ticks.dropFirst()).map { $1.start - $0.start }
    let near = distances.filter { abs($0 - interval) <= interval * 15 / 100 }.count
    guard Double(near) >= 0.6 * Double(distances.count) else { return false }
    guard isLocked else { return true }
    let offPhase = ticks.count { tick in
      let phase = (tick.start - first.start + interval / 2) % interval - interval / 2
      return abs(phase) > interval / 10
    }
    return offPhase * 10 <= ticks.count
  }
}

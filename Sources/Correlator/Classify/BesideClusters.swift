import LogEvents

/// Single failures far from all clusters: a background with a cause of its own, or the overflow of single
/// requests near the limit (correlation.md §5.8, "Beside clusters").
struct BesideClusters {
  let timeline: Timeline
  let covered: ClosedRange<Int64>

  struct Answer {
    var incidents: [Incident]
    /// The quiet stretches, in order.
    var stretches: [ClosedRange<Int64>]
    var requests: Int
    var score: Double
    /// Requests just before the failures, as a multiple of the usual.
    var load: Double

    var failures: Int { incidents.reduce(0) { $0 + $1.failures } }
  }

  /// Failures that make a group, and the share of the log that a stretch without one must have.
  private static let groupSize = 5
  private static let leastShare = 0.2
  /// What tells a background from overflow in scenarios of known truth: a background has more incidents
  /// of one failure each, and they come at the usual load (below 1.10, overflow mostly above 1.14).
  private static let leastIncidents = 10
  private static let mostFailuresEach = 1.3
  private static let mostLoad = 1.12

  func answer() -> Answer? {
    let stretches = quietStretches()
    guard !stretches.isEmpty else { return nil }
    let incidents = timeline.incidents().filter { incident in
      stretches.contains { $0.contains(incident.start) }
    }
    guard incidents.count >= Self.leastIncidents else { return nil }
    let slices = timeline.slices.filter { slice in
      stretches.contains { slice.start >= $0.lowerBound && slice.end <= $0.upperBound }
    }
    let requests = slices.reduce(0) { $0 + $1.requests }
    let failures = incidents.reduce(0) { $0 + $1.failures }
    guard requests > 0, failures * 100 <= requests,
      Double(failures) <= Self.mostFailuresEach * Double(incidents.count)
    else { return nil }
    let positions = positions(of: incidents, in: stretches)
    let even = Evenness(positions: positions)
    let middle = positions.count { $0 >= 0.25 && $0 <= 0.75 }
    guard even.score < 3, middle * 3 >= positions.count else { return nil }
    let load = load(before: incidents, slices, stretches)
    guard load < Self.mostLoad else { return nil }
    return Answer(
      incidents: incidents, stretches: stretches, requests: requests, score: even.score,
      load: load)
  }

  /// Stretches of a fifth of the log or more without a group of failures, away from the groups.
  private func quietStretches() -> [ClosedRange<Int64>] {
    let length = covered.upperBound - covered.lowerBound
    let margin = length / 50
    let groups = timeline.incidents(within: max(5000, length / 333)).filter {
      $0.failures >= Self.groupSize
    }
    var stretches: [ClosedRange<Int64>] = []
    var from = covered.lowerBound
    func close(_ end: Int64) {
      guard end > from, Double(end - from) >= Self.leastShare * Double(length) else { return }
      stretches.append(from...end)
    }
    for group in groups {
      close(group.start - margin)
      from = max(from, group.end + margin)
    }
    close(covered.upperBound)
    return stretches
  }

  /// Places of the incidents in the stretches laid end to end, 0...1.
  private func positions(
    of incidents: [Incident], in stretches: [ClosedRange<Int64>]
  ) -> [Double] {
    let total = stretches.reduce(0.0) { $0 + Double($1.upperBound - $1.lowerBound) }
    return incidents.compactMap { incident in
      var before = 0.0
      for stretch in stretches {
        if stretch.contains(incident.start) {
          return (before + Double(incident.start - stretch.lowerBound)) / total
        }
        before += Double(stretch.upperBound - stretch.lowerBound)
      }
      return nil
    }
  }

  /// The largest mean over windows in which so many requests are due: overflow follows a crowd.
  private func load(
    before incidents: [Incident], _ slices: [Slice], _ stretches: [ClosedRange<Int64>]
  ) -> Double {
    let seconds = stretches.reduce(0.0) { $0 + Double($1.upperBound - $1.lowerBound) } / 1000
    let rate = slices.reduce(0.0) { $0 + Double($1.requests) } / max(1, seconds)
    var largest = 0.0
    for due in [6.0, 15, 40, 100] {
      let width = Int64(due / max(rate, 1e-9) * 1000)
      guard width >= timeline.width else { continue }
      var seen = 0.0
      var expected = 0.0
      for incident in incidents {
        let (near, local) = requests(before: incident.start, width, slices)
        seen += near
        expected += local
      }
      if expected > 0 { largest = max(largest, seen / expected) }
    }
    return largest
  }

  /// Requests in the window that ends at `time`, and those due by the sixteen windows around it.
  private func requests(
    before time: Int64, _ width: Int64, _ slices: [Slice]
  ) -> (near: Double, due: Double) {
    let reach = width * 8
    var low = 0
    var high = slices.count
    while low < high {
      let middle = (low + high) / 2
      if slices[middle].end <= time - reach { low = middle + 1 } else { high = middle }
    }
    var near = 0.0
    var around = 0.0
    while low < slices.count, slices[low].start < time + reach {
      let slice = slices[low]
      let share = { (from: Int64, to: Int64) -> Double in
        let overlap = min(slice.end, to) - max(slice.start, from)
        return overlap <= 0
          ? 0 : Double(slice.requests) * Double(overlap) / Double(max(1, slice.end - slice.start))
      }
      near += share(time - width, time)
      around += share(time - reach, time + reach)
      low += 1
    }
    return (near, around / 16)
  }
}

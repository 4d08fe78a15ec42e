import LogEvents

/// Which case each failure of a backend belongs to, so that the cases' counts add up to the total.
///
/// The narrowest case takes its failures first: an outage out of what is scattered around it. A case
/// never takes more than it counts; what is left of it at the edges of its cells is taken from the
/// nearest cells.
struct Attribution {
  /// A case and the cells that its intervals touch.
  private struct Claim {
    var place: Int
    var quota: Int
    var ranges: [ClosedRange<Int>]
    var length: Int { ranges.reduce(0) { $0 + $1.count } }
  }

  private var claims: [Claim] = []

  init(cases: [Case], backend: String, start: Int64, width: Int64) {
    func cells(_ interval: Interval) -> ClosedRange<Int> {
      let first = Int(floorDivide(interval.start.milliseconds - start, width))
      let last = Int(floorDivide(interval.end.milliseconds - start, width))
      return first...max(first, last)
    }
    for (place, found) in cases.enumerated()
    where found.backend == backend && found.backends.isEmpty && found.failures > 0 {
      let parts = found.intervals.isEmpty ? [found.interval] : found.intervals
      claims.append(Claim(place: place, quota: found.failures, ranges: parts.map(cells)))
    }
    claims.sort { ($0.length, $0.place) < ($1.length, $1.place) }
  }

  func attributed(_ rows: [Cube.Failed]) -> [Cube.Failed] {
    var open = rows
    var taken: [Cube.Failed] = []
    for claim in claims {
      var quota = claim.quota
      // Inside first, then outwards.
      let order = open.indices.map { (distance: Self.distance(open[$0].cell, claim.ranges), $0) }
        .sorted { $0 < $1 }
      for (_, index) in order where quota > 0 && open[index].count > 0 {
        var row = open[index]
        row.count = min(quota, row.count)
        row.place = claim.place
        quota -= row.count
        open[index].count -= row.count
        taken.append(row)
      }
    }
    return taken + open.filter { $0.count > 0 }
  }

  private static func distance(_ cell: Int, _ ranges: [ClosedRange<Int>]) -> Int {
    var least = Int.max
    for range in ranges {
      if range.contains(cell) { return 0 }
      least = min(
        least, cell < range.lowerBound ? range.lowerBound - cell : cell - range.upperBound)
    }
    return least
  }
}

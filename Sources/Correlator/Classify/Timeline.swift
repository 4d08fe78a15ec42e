import LogEvents

/// A slice of time with what failed and what succeeded in it.
///
/// Times in milliseconds since 1970.
struct Slice {
  var start: Int64
  var end: Int64
  var failures = 0
  var successes = 0
  var firstFailure = Int64.max
  var lastFailure = Int64.min
  var firstSuccess = Int64.max
  var lastSuccess = Int64.min

  var requests: Int { failures + successes }
}

/// Failures and successes of one backend on a common grid, in order of time.
struct Timeline {
  var slices: [Slice] = []
  /// Width of the cells in milliseconds.
  var width: Int64
  /// Uncertainty of a time stamp: 0, or 999 ms where stamps are whole seconds.
  var resolution: Int64

  var failures: Int { slices.reduce(0) { $0 + $1.failures } }
  var successes: Int { slices.reduce(0) { $0 + $1.successes } }

  init(failures: CellSeries, successes: CountSeries, resolution: Int64) {
    // Without exemplars, because a copy of one would own its texts anew.
    var failures = failures.counts
    var successes = successes
    let level = max(failures.level, successes.level)
    failures.coarsen(to: level)
    successes.coarsen(to: level)
    width = failures.widthMilliseconds
    self.resolution = resolution
    var (f, s) = (0, 0)
    while f < failures.cells.count || s < successes.cells.count {
      let failureIndex = f < failures.cells.count ? failures.cells[f].index : .max
      let successIndex = s < successes.cells.count ? successes.cells[s].index : .max
      let index = min(failureIndex, successIndex)
      var slice = Slice(start: index * width, end: (index + 1) * width)
      if failureIndex == index {
        let cell = failures.cells[f]
        slice.failures = cell.count
        slice.firstFailure = cell.first
        slice.lastFailure = cell.last
        f += 1
      }
      if successIndex == index {
        let cell = successes.cells[s]
        slice.successes = cell.count
        slice.firstSuccess = cell.first
        slice.lastSuccess = cell.last
        s += 1
      }
      append(slice)
    }
  }

  /// A cell whose successes all precede its failures, or the reverse, is two slices.
  private mutating func append(_ slice: Slice) {
    guard slice.failures > 0, slice.successes > 0 else {
      slices.append(slice)
      return
    }
    var failing = slice
    failing.successes = 0
    failing.firstSuccess = .max
    failing.lastSuccess = .min
    var working = slice
    working.failures = 0
    working.firstFailure = .max
    working.lastFailure = .min
    if slice.lastSuccess + resolution < slice.firstFailure {
      working.end = slice.firstFailure
      failing.start = slice.firstFailure
      slices += [working, failing]
    } else if slice.lastFailure + resolution < slice.firstSuccess {
      failing.end = slice.firstSuccess
      working.start = slice.firstSuccess
      slices += [failing, working]
    } else {
      slices.append(slice)
    }
  }

  /// The slices that lie in [start, end].
  func restricted(to range: ClosedRange<Int64>) -> Timeline {
    var part = self
    part.slices = slices.filter { $0.start <= range.upperBound && $0.end > range.lowerBound }
    return part
  }

  /// Groups of failures less than `distance` milliseconds apart: what one disturbance may have caused.
  func incidents(within distance: Int64 = 3000) -> [Incident] {
    var incidents: [Incident] = []
    for slice in slices where slice.failures > 0 {
      if let last = incidents.last, slice.firstFailure - last.end < distance {
        incidents[incidents.count - 1].end = max(last.end, slice.lastFailure)
        incidents[incidents.count - 1].failures += slice.failures
      } else {
        incidents.append(
          Incident(
            start: slice.firstFailure, end: slice.lastFailure, failures: slice.failures))
      }
    }
    return incidents
  }
}

/// Failures close together in time.
struct Incident {
  var start: Int64
  var end: Int64
  var failures: Int
}

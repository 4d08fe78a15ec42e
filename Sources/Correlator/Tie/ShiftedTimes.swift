/// Times of a gateway whose clock is wrong, as they would read on the others'.
extension BackendDigest {
  /// The fine sample stays: a period is the same on every clock.
  func shifted(by milliseconds: Int64) -> BackendDigest {
    var shifted = self
    shifted.failures = failures.shifted(by: milliseconds) { $0.time &+= milliseconds }
    shifted.successes = successes.shifted(by: milliseconds) { _ in }
    shifted.work = work.shifted(by: milliseconds)
    shifted.classSeries = classSeries.shifted(by: milliseconds)
    shifted.failedSample = failedSample.shifted(by: milliseconds)
    shifted.servedSample = servedSample.shifted(by: milliseconds)
    shifted.runs = RunList()
    for run in knownRuns { shifted.runs.add(run.shifted(by: milliseconds)) }
    shifted.stretches = []
    return shifted
  }
}

extension Series {
  /// Cells move by whole widths; what happened in them moves as far as they allow.
  ///
  /// `move` moves an exemplar.
  func shifted(by milliseconds: Int64, _ move: (inout Kept) -> Void) -> Series {
    let width = widthMilliseconds
    let steps = floorDivide(milliseconds &+ width / 2, width)
    let moved = cells.map { cell -> Cell in
      var cell = cell
      cell.index &+= steps
      let range = (cell.index &* width)...(cell.index &* width &+ width - 1)
      cell.first = min(max(cell.first &+ milliseconds, range.lowerBound), range.upperBound)
      cell.last = min(max(cell.last &+ milliseconds, range.lowerBound), range.upperBound)
      if var exemplar = cell.exemplar {
        move(&exemplar)
        cell.exemplar = exemplar
      }
      return cell
    }
    return Series(limit: limit, level: level, cells: moved)
  }
}

extension ExchangeTime {
  /// As far as whole cells allow.
  func shifted(by milliseconds: Int64) -> ExchangeTime {
    var shifted = self
    let steps = floorDivide(milliseconds &+ widthMilliseconds / 2, widthMilliseconds)
    shifted.move(by: steps)
    return shifted
  }
}

extension SuccessFreeRun {
  func shifted(by milliseconds: Int64) -> SuccessFreeRun {
    var shifted = self
    shifted.firstFailure &+= milliseconds
    shifted.lastFailure &+= milliseconds
    shifted.lastSuccess = lastSuccess.map { $0 &+ milliseconds }
    shifted.nextSuccess = nextSuccess.map { $0 &+ milliseconds }
    return shifted
  }
}

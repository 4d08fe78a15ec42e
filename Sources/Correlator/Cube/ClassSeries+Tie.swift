import LogEvents

extension ClassSeries {
  /// The series of the failures that are left of an access log once the error log's are taken out.
  ///
  /// Each slice keeps as many as `cells` say, each class as many as `classes` say; where a slice does
  /// not tell enough of a class, another class of `classes` fills it.
  func reduced(to failures: CellSeries, classes: [Outcome: Int]) -> ClassSeries {
    var failures = failures
    var ours = self
    let level = max(level, failures.level)
    failures.coarsen(to: level)
    ours.coarsen(to: level)
    var quota = classes
    var left: [Cell] = []
    var at = 0
    for slice in failures.cells {
      while at < ours.cells.count, ours.cells[at].index < slice.index { at += 1 }
      var open = slice.count
      func take(_ outcome: Outcome, _ most: Int) {
        let taken = min(open, most, quota[outcome] ?? 0)
        guard taken > 0 else { return }
        open -= taken
        quota[outcome, default: 0] -= taken
        left.append(Cell(index: slice.index, outcome: outcome, count: taken))
      }
      while at < ours.cells.count, ours.cells[at].index == slice.index {
        take(ours.cells[at].outcome, ours.cells[at].count)
        at += 1
      }
      for outcome in quota.keys.sorted(by: { $0.rawValue < $1.rawValue }) { take(outcome, open) }
      if open > 0 { left.append(Cell(index: slice.index, outcome: .other, count: open)) }
    }
    return ClassSeries(level: level, cells: left)
  }
}

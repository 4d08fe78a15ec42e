/// As `ShiftedTimes`, for what is counted.
extension ClassSeries {
  /// Cells move by whole widths.
  func shifted(by milliseconds: Int64) -> ClassSeries {
    let steps = floorDivide(milliseconds &+ widthMilliseconds / 2, widthMilliseconds)
    let moved = cells.map { cell -> Cell in
      var cell = cell
      cell.index &+= steps
      return cell
    }
    return ClassSeries(level: level, cells: moved)
  }
}

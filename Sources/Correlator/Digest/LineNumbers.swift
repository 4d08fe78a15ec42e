/// Pieces of a file are read side by side: how many lines came before one is known when those are read.
///
/// All lines of a digest move alike, so that nothing changes its place among what was kept.
extension Digest {
  /// Numbers the lines of all records that were kept by so many more.
  package mutating func moveLines(by count: Int) {
    guard count != 0 else { return }
    let count = UInt32(truncatingIfNeeded: count)
    // In place: going over the keys would have all of it copied.
    var place = backends.startIndex
    while place < backends.endIndex {
      backends.values[place].moveLines(by: count)
      backends.formIndex(after: &place)
    }
  }
}

extension BackendDigest {
  fileprivate mutating func moveLines(by count: UInt32) {
    failures.moveLines(by: count)
    samples.moveLines(by: count)
    failedSample.moveLines(by: count)
    servedSample.moveLines(by: count)
  }
}

extension CellSeries {
  fileprivate mutating func moveLines(by count: UInt32) {
    changeExemplars { $0.line &+= count }
  }
}

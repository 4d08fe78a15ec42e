import LogEvents

/// Lines in a row that no envelope is around, each a record of its own: what reading has to find out of
/// other lines, their format knows of these at a glance.
extension RecordReader {
  /// Reads such lines from `start` on; returns where it left, which is the first line that may be another.
  ///
  /// What it tells is what reading them one by one tells.
  mutating func readBareLines(
    _ block: Span<UInt8>, from start: Int, escape: Int, _ batch: inout EventBatch,
    _ deliver: Deliver
  ) -> Int {
    guard !isWithinRecord, rejects == nil, !envelope.lastHeader.isKnown,
      var end = bareEnd(block, from: start, escape)
    else { return start }
    flush(&batch, deliver)
    isLost = false
    var at = start
    // The next line must begin a record, or it might be the rest of this one.
    while let nextEnd = bareEnd(block, from: end + 1, escape) {
      if batch.isFull { hand(&batch, deliver) }
      batch.stand(at: offset + at)
      let line = block.extracting(at..<end)
      counts.lines += 1
      counts.records += 1
      let number = linesBefore + counts.lines
      let context = RecordContext(line: UInt32(truncatingIfNeeded: number))
      (at, end) = (end + 1, nextEnd)
      if let error = readAs(nil, line, context, &batch, deliver) {
        fault(error, line: number, in: line)
        if isLost { lose(line, context.line, &batch, deliver) }
        break
      }
    }
    return at
  }

  /// Where the line ends that begins at `start`, if it is one that is read so.
  private func bareEnd(_ block: Span<UInt8>, from start: Int, _ escape: Int) -> Int? {
    let end = farPosition(of: .newline, in: block, start, block.count)
    guard end < block.count, end < escape, end > start, end - start <= Self.longestRecord,
      block[end - 1] > .space, format.standsBare(block.extracting(start..<end))
    else { return nil }
    return end
  }

  /// Keeps a line that its format does not know.
  private mutating func lose(
    _ line: Span<UInt8>, _ number: UInt32, _ batch: inout EventBatch, _ deliver: Deliver
  ) {
    isLost = false
    guard unknown.isWatching else { return }
    unknown.append(line, number: number)
    if !isMultiline, unknown.isEnough { search(&batch, deliver) }
  }
}

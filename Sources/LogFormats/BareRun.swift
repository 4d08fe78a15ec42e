import LogEvents

/// Lines of one block in a row that no envelope is around, each a record of its own: what reading has to find
/// out of other lines, their format knows of these at a glance.
package struct BareRun {
  /// Where the next line begins in the block.
  private(set) var at: Int
  /// Lines that were read, the last of which may have been a fault.
  private(set) var count = 0
  /// Those that tell nothing of a backend.
  private(set) var chatter = 0
  /// Whether the next line waits for room in the batch.
  private(set) var isHeldUp = false
  /// The line that was read last.
  private(set) var last = ByteRange.empty
  /// Where the block begins in its file.
  private let offset: Int
  /// Lines before the first one.
  private let linesBefore: Int
  /// Where the next escape sequence stands in the block.
  private let escape: Int

  /// The lines from `start` on of a block that begins at `offset`, behind so many lines; `escape` is where an
  /// escape sequence stands.
  init(at start: Int, offset: Int, linesBefore: Int, escape: Int) {
    at = start
    self.offset = offset
    self.linesBefore = linesBefore
    self.escape = escape
  }

  /// The number of the line that was read last.
  var number: Int { linesBefore &+ count }

  /// The line that begins at `start`, if it may be one that stands bare.
  @inline(__always)
  func line(_ block: Span<UInt8>, from start: Int) -> ByteRange? {
    let end = farPosition(of: .newline, in: block, start, block.count)
    guard end < block.count, end < escape, end > start, end &- start <= RecordReader.longestRecord,
      block[end &- 1] > .space
    else { return nil }
    return ByteRange(start, end)
  }

  /// Has the format read the lines from the next one on; returns why it could not read the last one.
  @inline(__always)
  mutating func read(
    _ block: Span<UInt8>, by format: inout some LogFormat, into batch: inout EventBatch
  ) -> RecordFault? {
    isHeldUp = false
    let joins = format.joins
    guard var next = line(block, from: at), format.standsBare(block, next) else { return nil }
    // The line behind it must begin a record, or it might be the rest of this one.
    while let later = line(block, from: next.end &+ 1), format.standsBare(block, later) {
      if batch.isFull {
        isHeldUp = true
        return nil
      }
      batch.stand(at: offset &+ at)
      count &+= 1
      (last, next) = (next, later)
      at = later.start
      let (events, told) = (batch.events.count, batch.chatter)
      do throws(RecordFault) {
        let context = RecordContext(line: UInt32(truncatingIfNeeded: number))
        try format.read(block.extracting(last.start..<last.end), context, into: &batch)
      } catch {
        return error
      }
      // As `RecordReader` counts them.
      if batch.events.count == events, !joins || batch.chatter != told { chatter &+= 1 }
    }
    return nil
  }
}

extension LogFormat {
  @inline(__always)
  fileprivate func standsBare(_ block: Span<UInt8>, _ line: ByteRange) -> Bool {
    standsBare(block.extracting(line.start..<line.end))
  }
}

extension RecordReader {
  /// Reads bare lines from `start` on; returns where it left, which is the first line that may be another.
  ///
  /// What it tells is what reading them one by one tells.
  mutating func readBareLines(
    _ block: Span<UInt8>, from start: Int, escape: Int, _ batch: inout EventBatch,
    _ deliver: Deliver
  ) -> Int {
    guard !isWithinRecord, rejects == nil, !envelope.lastHeader.isKnown else { return start }
    var run = BareRun(
      at: start, offset: offset, linesBefore: linesBefore + counts.lines, escape: escape)
    guard let first = run.line(block, from: start), format.standsBare(block, first) else {
      return start
    }
    flush(&batch, deliver)
    isLost = false
    let chatter = counts.chatter
    let before = (lines: counts.lines, records: counts.records)
    var fault: RecordFault?
    repeat {
      let events = batch.events.count
      fault = format.readBare(block, &run, into: &batch)
      counts.events += batch.events.count - events
      if run.isHeldUp { hand(&batch, deliver) }
    } while run.isHeldUp
    counts.lines = before.lines + run.count
    counts.records = before.records + run.count
    counts.chatter = chatter + run.chatter
    if run.count > (fault == nil ? 0 : 1) { unknown.clear() }
    if let fault {
      let line = block.extracting(run.last.start..<run.last.end)
      self.fault(fault, line: run.number, in: line)
      if isLost { lose(line, UInt32(truncatingIfNeeded: run.number), &batch, deliver) }
    }
    return run.at
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

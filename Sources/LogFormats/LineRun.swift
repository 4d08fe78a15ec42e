import LogEvents

/// Whole lines of one block, one after the other, that need nothing but their format: behind the
/// header of the line before, or without any, and with no colours, blanks or carriage returns.
///
/// A format goes over those of its most usual shape in one loop, and leaves the run at the first other
/// one, which `RecordReader` then reads as it reads all lines. What the lines share is settled once a run.
package struct LineRun {
  /// Where the next line begins in the block.
  private(set) var at: Int
  /// The number of the next line.
  private(set) var number: UInt32
  /// Lines that were read.
  private(set) var count = 0
  /// Whether a record's time was that of its header.
  private(set) var usesCarriedTime = false
  /// Where the block begins in its file.
  private let offset: Int
  private var header: LastHeader
  private let hasHeader: Bool
  /// Whether there is a header whose stamps leave something out.
  private let isAssumed: Bool
  /// What all headers say: host and severity.
  let carrier: RecordContext
  /// Where the next escape sequence stands in the block.
  private let escape: Int
  private var end = 0
  /// Where the line begins that was read last.
  private var last = 0
  /// The clock in the header of the line that was given last, where that is assumed.
  private var clock = HeaderPattern.Clock()
  /// Where the line behind that one begins without its header, if it was looked at.
  private var follower: Int?

  /// The lines from `start` on of a block that begins at `offset`, the first of which has this number;
  /// `escape` is where an escape sequence stands.
  init(
    at start: Int, offset: Int, number: UInt32, header: LastHeader, escape: Int
  ) {
    self.offset = offset
    self.number = number
    self.header = header
    self.escape = escape
    at = start
    hasHeader = header.isKnown
    isAssumed = hasHeader && header.isAssumed
    carrier = header.isKnown ? header.told : RecordContext(line: 0)
  }

  /// The next line without its header: where it begins and ends.
  ///
  /// `nil` where the run is over: the block ends, the batch is full, or the line has another envelope.
  @inline(__always)
  mutating func next(_ block: Span<UInt8>, _ batch: inout EventBatch) -> ByteRange? {
    guard let body = begin(block, &batch) else { return nil }
    end = farPosition(of: .newline, in: block, body, block.count)
    return isWhole(block) ? ByteRange(body, end) : nil
  }

  /// Where the next line begins without its header, for a format that meets its end on the way.
  @inline(__always)
  mutating func begin(_ block: Span<UInt8>, _ batch: inout EventBatch) -> Int? {
    // Asked every sixteenth line: a batch may hold some more than makes it full.
    guard count & 15 != 15 || !batch.isFull, at < block.count else { return nil }
    batch.stand(at: offset &+ at)
    guard hasHeader else { return at }
    guard let body = follower ?? header.peelAlike(block, from: at) else { return nil }
    follower = nil
    if isAssumed { clock = header.clock }
    return body
  }

  /// Where the line ends that was begun, up to `start` without a newline.
  @inline(__always)
  mutating func end(_ block: Span<UInt8>, from start: Int) -> Int? {
    end = block.nearPosition(of: .newline, from: start)
    return isWhole(block) ? end : nil
  }

  /// Whether the line is one as the run has them.
  @inline(__always)
  private func isWhole(_ block: Span<UInt8>) -> Bool {
    end < block.count && end < escape && end &- at <= RecordReader.longestRecord && end > at
      && block[end &- 1] > .space
  }

  /// Whether the line behind the one that was given last is known to be another record, and not a logger's
  /// word that it came again.
  @inline(__always)
  mutating func isFollowed(_ block: Span<UInt8>) -> Bool {
    guard hasHeader else { return true }
    guard let body = header.peelAlike(block, from: end &+ 1) else { return false }
    follower = body
    return block[body].isDigit
  }

  /// The line that was given last has been read, and told of `time`, in milliseconds
  /// since 1970.
  @inline(__always)
  mutating func pass(_ time: Int64) {
    if isAssumed, header.time(at: clock) == time { usesCarriedTime = true }
    count &+= 1
    number &+= 1
    last = at
    at = end &+ 1
  }

  /// The header of the line that was read last; `nil` where lines have none.
  mutating func lastHeader(_ block: Span<UInt8>) -> LastHeader? {
    guard hasHeader else { return nil }
    // That of the line behind it was looked at, too.
    _ = header.peelAlike(block, from: last)
    return header
  }
}

extension RecordReader {
  /// Has the format go over the lines from `start` on as far as they are usual; returns where it left.
  ///
  /// What it tells is what reading them one by one tells.
  mutating func readRun(
    _ block: Span<UInt8>, from start: Int, escape: Int, _ batch: inout EventBatch
  ) -> Int {
    // A full batch is handed on when its next line is known not to repeat the last one.
    guard !isWithinRecord, rejects == nil, !batch.isFull else { return start }
    let number = UInt32(truncatingIfNeeded: linesBefore + counts.lines + 1)
    var run = LineRun(
      at: start, offset: offset, number: number, header: envelope.lastHeader, escape: escape)
    format.readRun(block, &run, into: &batch)
    if run.count > 0 { settle(&run, block) }
    return run.at
  }

  private mutating func settle(_ run: inout LineRun, _ block: Span<UInt8>) {
    counts.lines += run.count
    counts.records += run.count
    counts.events += run.count
    unknown.clear()
    if run.usesCarriedTime { usesCarriedTime = true }
    if let header = run.lastHeader(block) {
      lastRecords.note(envelope.settle(header, ofLine: run.number &- 1))
    }
  }
}

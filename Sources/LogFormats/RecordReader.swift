import LogEvents

/// Cuts the bytes of one file into records, peels their envelopes and has its format read them.
///
/// Feed blocks in order with `consume`; what it leaves unconsumed must stand at the start of the next
/// block. Call `finish` once, after the last block. To go on in the next file of a rotated log, call
/// `goOn` before its first block: lines are counted on, so that every event's line tells its file.
package struct RecordReader: Sendable {
  /// A record longer than this, in bytes, is a fault; its first bytes are still read.
  package static let longestRecord = 64 * 1024

  /// Is handed full batches, with the card of the format that read them.
  package typealias Deliver = (inout EventBatch, FormatCard) -> Void

  var format: any LogFormat
  package let card: FormatCard
  /// Other dialects met in the same file, asked for records that are not in the main one.
  var companions: [(format: any LogFormat, card: FormatCard)] = []
  let isMultiline: Bool
  /// Whether the main dialect is asked after those companions that know their records by a mark.
  let isAskedLast: Bool
  /// Whether the format may go over runs of lines.
  private(set) var mayRun = false
  /// Whether it may count successes instead of telling each, where a consumer lends tallies.
  package var mayCountSuccesses: Bool { mayRun }
  /// Whether the format may know lines that no envelope is around.
  private(set) var mayReadBare = false
  /// Some dialect's records are JSON objects: it is asked before an object is taken for a carrier.
  private(set) var readsJSON = false
  /// Objects that no dialect knew turned out to carry records.
  var opensNested = false
  /// How many objects were records themselves.
  var knownObjects = 0
  var envelope: Envelope
  /// What was read of this file.
  package internal(set) var counts = ReadingCounts()
  /// Lines of the log that were read before what is counted.
  package internal(set) var linesBefore = 0
  /// Where the next block begins in its file, in bytes.
  var offset = 0
  /// Whose events the batch holds: a companion's, or the format's own.
  var owner: Int?
  let settings: FormatSettings
  /// The envelope's clock; what it assumes matters only where a record has no time of its own.
  let carried: TimeAssumptions
  var usesCarriedTime = false
  /// The last records in syslog, which a repetition may stand for.
  var lastRecords = LastRecords()
  /// Copies of records that could not be read, where they are asked for.
  package var rejects: Rejects?
  /// The record under assembly, for formats whose records have several lines.
  var pending: [UInt8] = []
  var pendingContext: RecordContext?
  /// Lines that no dialect knows, until they are enough to be sniffed.
  var unknown = UnknownLines()
  /// Whether no dialect knows the line at hand, or one only takes it for the rest of a record.
  var isLost = false
  var isInsideLongLine = false
  /// The line on which a record began that its carrier split.
  private var partialLine: UInt32?
  /// Whether the last line was a part of a record.
  var isWithinRecord: Bool { partialLine != nil || isInsideLongLine }

  /// Reads a file as sniffing found it, and sniffs again where lines stop fitting.
  package init(_ choice: Sniffer.Choice, _ settings: FormatSettings) {
    self.init(settings) { choice.value(of: choice.format, $0) }
    add(choice)
    unknown.isWatching = true
  }

  /// Reads a file in one format, whatever its lines.
  package init(_ format: any LogFormat.Type, _ settings: FormatSettings) {
    self.init(settings) { format.init($0) }
  }

  private init(_ settings: FormatSettings, _ make: (FormatSettings) -> any LogFormat) {
    var own = settings
    own.assumptions = TimeAssumptions(reference: settings.reference)
    self.settings = own
    format = make(own)
    card = type(of: format).card
    isMultiline = format.isMultiline
    isAskedLast = Self.isLookalike(format)
    carried = TimeAssumptions(reference: settings.reference)
    own.assumptions = carried
    envelope = Envelope(own)
    settle()
  }

  /// Has more dialects read along, those first that know their records by a mark of their own.
  mutating func add(_ choice: Sniffer.Choice) {
    for other in [choice.format] + choice.companions where !reads(other) {
      companions.append((choice.value(of: other, settings), other.card))
    }
    let marked = companions.filter { !Self.isLookalike($0.format) }
    companions = marked + companions.filter { Self.isLookalike($0.format) }
    settle()
  }

  private mutating func settle() {
    let readers = [format] + companions.map(\.format)
    readsJSON = readers.contains { $0.readsJSON }
    envelope.opening = readsJSON ? .objectsInText : .anyText
    envelope.leavesTime = readers.contains { $0.beginsWithTime }
    mayReadBare = companions.isEmpty && type(of: format).knowsBareLines
    mayRun =
      companions.isEmpty && !isMultiline && !envelope.leavesTime && type(of: format).readsRuns
  }

  /// Begins to read amid a log, behind so many bytes and lines.
  package mutating func begin(afterBytes bytes: Int, lines: Int = 0) {
    offset = bytes
    counts.lines = lines
  }

  /// Reads the whole lines of `block`, and at the end of the file the last one too.
  ///
  /// `deliver` is handed the batch whenever it is full. Returns how many bytes were consumed.
  package mutating func consume(
    _ block: Span<UInt8>, atEnd: Bool, into batch: inout EventBatch,
    deliver: Deliver
  ) -> Int {
    var at = 0
    defer { offset += at }
    var escape = -1
    while at < block.count {
      if escape < at { escape = farPosition(of: 0x1b, in: block, at, block.count) }
      if mayRun {
        at = readRun(block, from: at, escape: escape, &batch)
        if at == block.count { break }
      } else if mayReadBare {
        at = readBareLines(block, from: at, escape: escape, &batch, deliver)
      }
      batch.stand(at: offset + at)
      let found = farPosition(of: .newline, in: block, at, block.count)
      let hasEnd = found < block.count
      envelope.mayHaveColours = escape < found
      if !hasEnd, !atEnd {
        guard block.count - at > Self.longestRecord else { return at }
        // A line that outgrows the limit: its head is read now, the rest is passed over.
        if !isInsideLongLine {
          line(block.extracting(at..<(at + Self.longestRecord)), &batch, isCut: true, deliver)
        }
        isInsideLongLine = true
        at = block.count
        return at
      }
      if isInsideLongLine {
        isInsideLongLine = false
      } else {
        // As long as it stands there, or blocks that end within the line end would tell otherwise.
        let isCut = found - at > Self.longestRecord
        var end = isCut ? at + Self.longestRecord : found
        while !isCut, end > at, block[end - 1] == .carriageReturn { end -= 1 }
        line(block.extracting(at..<end), &batch, isCut: isCut, deliver)
      }
      at = hasEnd ? found + 1 : block.count
    }
    return at
  }

  /// Closes what is still open and hands over the last batch; counts are those of the last file.
  package mutating func finish(into batch: inout EventBatch, deliver: Deliver) {
    if unknown.count >= UnknownLines.fewest { search(&batch, deliver) }
    flush(&batch, deliver)
    own(nil, &batch, deliver)
    let before = batch.events.count
    format.finish(into: &batch)
    counts.events += batch.events.count - before
    hand(&batch, deliver)
    for index in companions.indices {
      owner = index
      companions[index].format.finish(into: &batch)
      counts.events += batch.events.count
      hand(&batch, deliver)
    }
    owner = nil
  }

  private mutating func line(
    _ line: Span<UInt8>, _ batch: inout EventBatch, isCut: Bool, _ deliver: Deliver
  ) {
    counts.lines += 1
    rejects?.stand(on: line)
    if isCut { fault(.tooLong, line: linesBefore + counts.lines, in: line) }
    guard line.count > 0 else { return }
    let number = UInt32(truncatingIfNeeded: linesBefore + counts.lines)
    isLost = false
    read(line, number: number, &batch, deliver)
    if pendingContext?.line == number, unknown.isWatching {
      unknown.begin(line, content: pending.count)
    }
    if isLost, unknown.isWatching {
      unknown.append(line, number: number)
      if unknown.isEnough { search(&batch, deliver) }
    }
  }

  /// Peels one line and takes what it carries.
  mutating func read(
    _ line: Span<UInt8>, number: UInt32, _ batch: inout EventBatch, _ deliver: Deliver
  ) {
    var context = RecordContext(line: number)
    let peeled = envelope.peel(line, names: &batch.names, context: &context)
    if let first = partialLine { context.line = first }
    partialLine = nil
    switch peeled {
    case .partial:
      partialLine = context.line
    case .inLine(let start):
      carry(line.extracting(start..<line.count), context, &batch, deliver)
    case .inText:
      // The text is lent out for the call, so that reading it does not copy it.
      let text = envelope.text
      carry(text.span, context, &batch, deliver)
    }
  }

  mutating func take(
    _ body: Span<UInt8>, _ context: RecordContext, _ batch: inout EventBatch, _ deliver: Deliver
  ) {
    if body.byte(0) == UInt8(ascii: "{"), takeObject(body, context, &batch, deliver) { return }
    guard companions.isEmpty else {
      takeMixed(body, context, &batch, deliver)
      return
    }
    guard isMultiline else {
      read(body, context, &batch, deliver)
      return
    }
    if format.startsRecord(body) || pendingContext == nil {
      begin(body, context, &batch, deliver)
    } else {
      goOn(body)
    }
  }

  /// Holds back a line that starts a record of several lines.
  mutating func begin(
    _ body: Span<UInt8>, _ context: RecordContext, _ batch: inout EventBatch, _ deliver: Deliver
  ) {
    flush(&batch, deliver)
    rejects?.begin()
    pendingContext = context
    pending.append(body, 0, body.count)
  }

  mutating func goOn(_ body: Span<UInt8>) {
    rejects?.goOn()
    isLost = true
    if unknown.isWatching { unknown.isHeld(from: pending.count) }
    guard pending.count < Self.longestRecord else { return }
    pending.append(.newline)
    pending.append(body, 0, min(body.count, Self.longestRecord))
  }

  mutating func flush(_ batch: inout EventBatch, _ deliver: Deliver) {
    guard let context = pendingContext else { return }
    pendingContext = nil
    var record: [UInt8] = []
    swap(&record, &pending)
    let wasLost = isLost
    isLost = false
    rejects?.standOnHeld()
    if companions.isEmpty {
      read(record.span, context, &batch, deliver)
    } else {
      readShared(record.span, context, &batch, deliver)
    }
    rejects?.standOnLine()
    if isLost, unknown.isWatching {
      unknown.replaceHeld(with: record.span, number: context.line)
    } else {
      unknown.dropHeld()
    }
    isLost = wasLost
    record.removeAll(keepingCapacity: true)
    swap(&record, &pending)
  }

  private mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, _ batch: inout EventBatch, _ deliver: Deliver
  ) {
    counts.records += 1
    if let error = readAs(nil, record, context, &batch, deliver) {
      fault(error, line: Int(context.line), in: record)
    }
  }
}

import LogEvents

/// What was read of one file: nothing is dropped without being counted.
package struct ReadingCounts: Sendable, Hashable {
  package var lines = 0
  package var records = 0
  package var events = 0
  /// Records of the dialect that tell nothing of a backend, and records joined to an event.
  package var chatter = 0
  package var faults: [RecordFault: Int] = [:]
  /// First line of each kind of fault.
  package var firstFaultLines: [RecordFault: Int] = [:]

  package init() {}

  package var faultCount: Int { faults.values.reduce(0, +) }
}

/// Cuts the bytes of one file into records, peels their envelopes and has its format read them.
///
/// Feed blocks in order with `consume`; what it leaves unconsumed must stand at the start of the next
/// block. Call `finish` once, after the last block.
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
  /// Some dialect's records are JSON objects: it is asked before an object is taken for a carrier.
  private(set) var readsJSON = false
  /// Objects that no dialect knew turned out to carry records.
  var opensNested = false
  /// How many objects were records themselves.
  var knownObjects = 0
  var envelope: Envelope
  package internal(set) var counts = ReadingCounts()
  /// The record under assembly, for formats whose records have several lines.
  var pending: [UInt8] = []
  var pendingContext: RecordContext?
  /// Lines that no dialect knows, until they are enough to be sniffed.
  var unknown: UnknownLines
  /// Whether no dialect knows the line at hand, or one only takes it for the rest of a record.
  var isLost = false
  private let settings: FormatSettings
  private var isInsideLongLine = false
  /// The line on which a record began that its carrier split.
  private var partialLine: UInt32?

  /// Reads a file as sniffing found it, and sniffs again where lines stop fitting.
  package init(_ choice: Sniffer.Choice, _ settings: FormatSettings) {
    self.init(choice.value(of: choice.format, settings), settings)
    add(choice.companions.map { choice.value(of: $0, settings) })
    unknown.isWatching = true
  }

  /// Reads a file in one format, whatever its lines.
  package init(_ format: any LogFormat.Type, _ settings: FormatSettings) {
    self.init(format.init(settings), settings)
  }

  private init(_ value: any LogFormat, _ settings: FormatSettings) {
    format = value
    card = type(of: value).card
    isMultiline = value.isMultiline
    isAskedLast = Self.isLookalike(value)
    envelope = Envelope(settings)
    unknown = UnknownLines()
    self.settings = settings
    settle()
  }

  /// Has more dialects read along, those first that know their records by a mark of their own.
  mutating func add(_ formats: [any LogFormat]) {
    companions += formats.map { ($0, type(of: $0).card) }
    let marked = companions.filter { !Self.isLookalike($0.format) }
    companions = marked + companions.filter { Self.isLookalike($0.format) }
    settle()
  }

  private mutating func settle() {
    readsJSON = format.readsJSON || companions.contains { $0.format.readsJSON }
    envelope.opening = readsJSON ? .objectsInText : .anyText
    envelope.leavesTime =
      format.beginsWithTime || companions.contains { $0.format.beginsWithTime }
  }

  /// Reads the whole lines of `block`, and at the end of the file the last one too.
  ///
  /// `deliver` is handed the batch whenever it is full. Returns how many bytes were consumed.
  package mutating func consume(
    _ block: Span<UInt8>, atEnd: Bool, into batch: inout EventBatch,
    deliver: Deliver
  ) -> Int {
    var at = 0
    while at < block.count {
      let found = position(of: .newline, in: block, at, block.count)
      let hasEnd = found < block.count
      if !hasEnd, !atEnd {
        guard block.count - at > Self.longestRecord else { return at }
        // A line that outgrows the limit: its head is read now, the rest is passed over.
        if !isInsideLongLine {
          line(block.extracting(at..<(at + Self.longestRecord)), &batch, isCut: true, deliver)
        }
        isInsideLongLine = true
        if batch.isFull { deliver(&batch, card) }
        return block.count
      }
      if isInsideLongLine {
        isInsideLongLine = false
      } else {
        var end = found
        while end > at, block[end - 1] == .carriageReturn { end -= 1 }
        let isCut = end - at > Self.longestRecord
        if isCut { end = at + Self.longestRecord }
        line(block.extracting(at..<end), &batch, isCut: isCut, deliver)
        if batch.isFull { deliver(&batch, card) }
      }
      at = hasEnd ? found + 1 : block.count
    }
    return at
  }

  /// Closes what is still open and hands over the last batch.
  package mutating func finish(into batch: inout EventBatch, deliver: Deliver) {
    if unknown.count >= UnknownLines.fewest { search(settings, &batch, deliver) }
    flush(&batch, deliver)
    let before = batch.events.count
    format.finish(into: &batch)
    counts.events += batch.events.count - before
    deliver(&batch, card)
    for index in companions.indices {
      companions[index].format.finish(into: &batch)
      counts.events += batch.events.count
      deliver(&batch, companions[index].card)
    }
  }

  private mutating func line(
    _ line: Span<UInt8>, _ batch: inout EventBatch, isCut: Bool, _ deliver: Deliver
  ) {
    counts.lines += 1
    if isCut { fault(.tooLong, line: counts.lines) }
    guard line.count > 0 else { return }
    let number = UInt32(truncatingIfNeeded: counts.lines)
    isLost = false
    read(line, number: number, &batch, deliver)
    if isLost, unknown.isWatching {
      unknown.append(line, number: number)
      if unknown.isEnough { search(settings, &batch, deliver) }
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
      take(line.extracting(start..<line.count), context, &batch, deliver)
    case .inText:
      // The text is lent out for the call, so that reading it does not copy it.
      let text = envelope.text
      take(text.span, context, &batch, deliver)
    }
  }

  private mutating func take(
    _ padded: Span<UInt8>, _ context: RecordContext, _ batch: inout EventBatch,
    _ deliver: Deliver
  ) {
    var end = padded.count
    while end > 0, isBlank(padded[end - 1]) { end -= 1 }
    let body = padded.extracting(0..<end)
    if body.byte(0) == UInt8(ascii: "{"), takeObject(body, context, &batch, deliver) { return }
    guard companions.isEmpty else {
      takeMixed(body, context, &batch, deliver)
      return
    }
    guard isMultiline else {
      read(body, context, &batch)
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
    pendingContext = context
    pending.append(body, 0, body.count)
  }

  mutating func goOn(_ body: Span<UInt8>) {
    isLost = true
    unknown.isHeld(from: pending.count)
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
    if companions.isEmpty {
      read(record.span, context, &batch)
    } else {
      readShared(record.span, context, &batch, deliver)
    }
    if isLost, unknown.isWatching { unknown.replaceHeld(with: record.span, number: context.line) }
    isLost = wasLost
    record.removeAll(keepingCapacity: true)
    swap(&record, &pending)
  }

  private mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, _ batch: inout EventBatch
  ) {
    counts.records += 1
    let before = batch.events.count
    do throws(RecordFault) {
      try format.read(record, context, into: &batch)
      note(events: batch.events.count - before)
    } catch {
      fault(error, line: Int(context.line))
    }
  }

  mutating func note(events: Int) {
    counts.events += events
    if events == 0 { counts.chatter += 1 }
    if unknown.count > 0 { unknown.clear() }
  }

  mutating func fault(_ kind: RecordFault, line: Int) {
    if kind == .notThisDialect { isLost = true }
    counts.faults[kind, default: 0] += 1
    if counts.firstFaultLines[kind] == nil { counts.firstFaultLines[kind] = line }
  }
}

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

  private var format: any LogFormat
  package let card: FormatCard
  /// Other dialects met in the same file, asked for records that are not in the main one.
  private var companions: [(format: any LogFormat, card: FormatCard)] = []
  private let isMultiline: Bool
  /// Some of the dialects are JSON objects, others may be carried in such.
  private let isTornOverJSON: Bool
  private var envelope: Envelope
  package private(set) var counts = ReadingCounts()
  /// The record under assembly, for formats whose records have several lines.
  private var pending: [UInt8] = []
  private var pendingContext: RecordContext?
  private var isInsideLongLine = false
  /// The line on which a record began that its carrier split.
  private var partialLine: UInt32?

  package init(_ choice: Sniffer.Choice, _ settings: FormatSettings) {
    self.init(choice.format, companions: choice.companions, settings)
  }

  package init(
    _ format: any LogFormat.Type, companions: [any LogFormat.Type] = [],
    _ settings: FormatSettings
  ) {
    let value = format.init(settings)
    self.format = value
    card = format.card
    self.companions = companions.map { ($0.init(settings), $0.card) }
    isMultiline = value.isMultiline
    envelope = Envelope(settings)
    let readers: [any LogFormat] = [value] + self.companions.map(\.format)
    envelope.opening = readers.contains { $0.readsJSON } ? .objectsInText : .anyText
    envelope.leavesTime = readers.contains { $0.beginsWithTime }
    isTornOverJSON = readers.contains { $0.readsJSON } && readers.contains { !$0.readsJSON }
  }

  /// Counts lines from here on, where reading begins amid a log.
  package mutating func begin(afterLines count: Int) { counts.lines = count }

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
    var context = RecordContext(line: UInt32(truncatingIfNeeded: counts.lines))
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
    _ body: Span<UInt8>, _ context: RecordContext, _ batch: inout EventBatch, _ deliver: Deliver
  ) {
    guard companions.isEmpty else {
      if isTornOverJSON, body.byte(0) == UInt8(ascii: "{") {
        takeObject(body, context, &batch, deliver)
      } else {
        takeMixed(body, context, &batch, deliver)
      }
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
  private mutating func begin(
    _ body: Span<UInt8>, _ context: RecordContext, _ batch: inout EventBatch, _ deliver: Deliver
  ) {
    flush(&batch, deliver)
    pendingContext = context
    pending.append(body, 0, body.count)
  }

  private mutating func goOn(_ body: Span<UInt8>) {
    guard pending.count < Self.longestRecord else { return }
    pending.append(.newline)
    pending.append(body, 0, min(body.count, Self.longestRecord))
  }

  /// A line of a file that several dialects share: it is its reader's, or it starts a record of
  /// several lines, or it continues one.
  ///
  /// What is held back may turn out to be another's: `flush` asks all of them again.
  private mutating func takeMixed(
    _ body: Span<UInt8>, _ context: RecordContext, _ batch: inout EventBatch, _ deliver: Deliver
  ) {
    if isMultiline, format.startsRecord(body) {
      begin(body, context, &batch, deliver)
      return
    }
    if readLine(body, context, &batch, deliver) {
      flush(&batch, deliver)
      return
    }
    let starts = companions.contains { $0.format.isMultiline && $0.format.startsRecord(body) }
    if starts || (pendingContext == nil && isMultiline) {
      begin(body, context, &batch, deliver)
    } else if pendingContext != nil {
      goOn(body)
    } else {
      counts.records += 1
      fault(.notThisDialect, line: Int(context.line))
    }
  }

  /// A JSON object in a file that several dialects share: it is a record, or it carries one.
  private mutating func takeObject(
    _ body: Span<UInt8>, _ context: RecordContext, _ batch: inout EventBatch, _ deliver: Deliver
  ) {
    if readLine(body, context, objectsOnly: true, &batch, deliver) {
      flush(&batch, deliver)
      return
    }
    // The body may stand in the envelope's text, which is about to be written anew.
    var object: [UInt8] = []
    object.append(body, 0, body.count)
    var context = context
    let (line, opening) = (context.line, envelope.opening)
    envelope.opening = .anyText
    let peeled = envelope.peel(object.span, names: &batch.names, context: &context)
    envelope.opening = opening
    context.line = line
    switch peeled {
    case .partial: return
    case .inLine(let start):
      takeMixed(object.span.extracting(start..<object.count), context, &batch, deliver)
    case .inText:
      let text = envelope.text
      takeMixed(text.span, context, &batch, deliver)
    }
  }

  /// Whether one of the formats whose records are lines knows this one; then it has been read.
  private mutating func readLine(
    _ body: Span<UInt8>, _ context: RecordContext, objectsOnly: Bool = false,
    _ batch: inout EventBatch, _ deliver: Deliver
  ) -> Bool {
    func isAsked(_ format: any LogFormat) -> Bool {
      !format.isMultiline && (format.readsJSON || !objectsOnly)
    }
    if isAsked(format) {
      let before = batch.events.count
      do throws(RecordFault) {
        try format.read(body, context, into: &batch)
        counts.records += 1
        note(events: batch.events.count - before)
        return true
      } catch {
        if error != .notThisDialect {
          counts.records += 1
          fault(error, line: Int(context.line))
          return true
        }
      }
    }
    for index in companions.indices where isAsked(companions[index].format) {
      guard let error = readAs(index, body, context, &batch, deliver) else {
        counts.records += 1
        return true
      }
      if error != .notThisDialect {
        counts.records += 1
        fault(error, line: Int(context.line))
        return true
      }
    }
    return false
  }

  /// Has a companion read a record; returns why it could not.
  private mutating func readAs(
    _ index: Int, _ record: Span<UInt8>, _ context: RecordContext, _ batch: inout EventBatch,
    _ deliver: Deliver
  ) -> RecordFault? {
    // Batches are of one dialect, so what the main one told goes first.
    if batch.events.count > 0 { deliver(&batch, card) }
    do throws(RecordFault) {
      try companions[index].format.read(record, context, into: &batch)
    } catch {
      return error
    }
    note(events: batch.events.count)
    if batch.events.count > 0 { deliver(&batch, companions[index].card) }
    return nil
  }

  private mutating func flush(_ batch: inout EventBatch, _ deliver: Deliver) {
    guard let context = pendingContext else { return }
    pendingContext = nil
    var record: [UInt8] = []
    swap(&record, &pending)
    read(record.span, context, &batch, deliver)
    record.removeAll(keepingCapacity: true)
    swap(&record, &pending)
  }

  private mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, _ batch: inout EventBatch, _ deliver: Deliver
  ) {
    counts.records += 1
    let before = batch.events.count
    do throws(RecordFault) {
      try format.read(record, context, into: &batch)
      note(events: batch.events.count - before)
    } catch {
      if error == .notThisDialect, !companions.isEmpty {
        readForeign(record, context, &batch, deliver)
      } else {
        fault(error, line: Int(context.line))
      }
    }
  }

  /// A record of another dialect: the companions are asked in turn.
  private mutating func readForeign(
    _ record: Span<UInt8>, _ context: RecordContext, _ batch: inout EventBatch, _ deliver: Deliver
  ) {
    var failure = RecordFault.notThisDialect
    for index in companions.indices {
      guard let error = readAs(index, record, context, &batch, deliver) else { return }
      if error != .notThisDialect { failure = error }
    }
    fault(failure, line: Int(context.line))
  }

  private mutating func note(events: Int) {
    counts.events += events
    if events == 0 { counts.chatter += 1 }
  }

  private mutating func fault(_ kind: RecordFault, line: Int) {
    counts.faults[kind, default: 0] += 1
    if counts.firstFaultLines[kind] == nil { counts.firstFaultLines[kind] = line }
  }
}

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
  /// Some of the dialects are JSON objects, others may be carried in such.
  private var isTornOverJSON = false
  var envelope: Envelope
  /// What was read of this file.
  package internal(set) var counts = ReadingCounts()
  /// Lines of the files of this log that were read before.
  package private(set) var linesBefore = 0
  /// Whose events the batch holds: a companion's, or the format's own.
  var owner: Int?
  private var settings: FormatSettings
  /// The envelope's clock; what it assumes matters only where a record has no time of its own.
  private let carried: TimeAssumptions
  private var usesCarriedTime = false
  /// The last records in syslog, which a repetition may stand for.
  private var lastRecords = LastRecords()
  /// Copies of records that could not be read, where they are asked for.
  package var rejects: Rejects?
  /// The record under assembly, for formats whose records have several lines.
  private var pending: [UInt8] = []
  private(set) var pendingContext: RecordContext?
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
    var own = settings
    own.assumptions = TimeAssumptions(reference: settings.reference)
    self.settings = own
    let value = format.init(own)
    self.format = value
    card = format.card
    isMultiline = value.isMultiline
    var carrying = settings
    carried = TimeAssumptions(reference: settings.reference)
    carrying.assumptions = carried
    envelope = Envelope(carrying)
    admit(companions)
  }

  /// Asks these dialects, too.
  private mutating func admit(_ others: [any LogFormat.Type]) {
    for other in others where other != type(of: format) {
      if companions.contains(where: { type(of: $0.format) == other }) { continue }
      companions.append((other.init(settings), other.card))
    }
    let readers: [any LogFormat] = [format] + companions.map(\.format)
    envelope.opening = readers.contains { $0.readsJSON } ? .objectsInText : .anyText
    envelope.leavesTime = readers.contains { $0.beginsWithTime }
    isTornOverJSON = readers.contains { $0.readsJSON } && readers.contains { !$0.readsJSON }
  }

  /// Counts lines from here on, where reading begins amid a log.
  package mutating func begin(afterLines count: Int) { counts.lines = count }

  /// What it reads with, those dialects included that later files added.
  package var choice: Sniffer.Choice {
    var choice = Sniffer.Choice(format: type(of: format))
    choice.companions = companions.map { type(of: $0.format) }
    return choice
  }

  /// What the records of this file left out, so that it had to be assumed.
  package var assumed: (zone: Bool, year: Bool) {
    let (own, envelope) = (settings.assumptions.told, carried.told)
    guard usesCarriedTime else { return own }
    return (own.zone || envelope.zone, own.year || envelope.year)
  }

  /// Begins the next file of the same log: its exchanges may have begun in the one before.
  ///
  /// `companions` are dialects that were found in this file beside the log's own, `reference` is
  /// when it was last changed.
  package mutating func goOn(
    companions: [any LogFormat.Type], reference: Timestamp, into batch: inout EventBatch,
    deliver: Deliver
  ) {
    flush(&batch, deliver)
    linesBefore += counts.lines
    counts = ReadingCounts()
    isInsideLongLine = false
    usesCarriedTime = false
    settings.assumptions.begin(reference: reference)
    carried.begin(reference: reference)
    admit(companions)
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
      }
      at = hasEnd ? found + 1 : block.count
    }
    return at
  }

  /// Reads what is held back of the last record of this file; its exchange may go on.
  package mutating func endFile(into batch: inout EventBatch, deliver: Deliver) {
    flush(&batch, deliver)
  }

  /// Closes what is still open and hands over the last batch.
  package mutating func finish(into batch: inout EventBatch, deliver: Deliver) {
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

  /// Hands the batch on as it is, with the card of the dialect whose events it holds.
  package func hand(_ batch: inout EventBatch, _ deliver: Deliver) {
    batch.settleRepetitions()
    deliver(&batch, owner.map { companions[$0].card } ?? card)
  }

  /// Batches are of one dialect: what another one told goes first.
  mutating func own(_ index: Int?, _ batch: inout EventBatch, _ deliver: Deliver) {
    if owner != index, !batch.events.isEmpty { hand(&batch, deliver) }
    owner = index
  }

  private mutating func line(
    _ line: Span<UInt8>, _ batch: inout EventBatch, isCut: Bool, _ deliver: Deliver
  ) {
    counts.lines += 1
    rejects?.stand(on: line)
    if isCut { fault(.tooLong, line: linesBefore + counts.lines) }
    guard line.count > 0 else { return }
    var context = RecordContext(line: UInt32(truncatingIfNeeded: linesBefore + counts.lines))
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

  /// Takes a record out of its envelope, unless the logger only says how often it came.
  private mutating func carry(
    _ body: Span<UInt8>, _ context: RecordContext, _ batch: inout EventBatch, _ deliver: Deliver
  ) {
    if context.time.isKnown {
      if let told = RepeatedMessage(body) {
        again(told, body, context, &batch, deliver)
        return
      }
      lastRecords.note(context)
    }
    // Not before: the batch may hold what is repeated.
    if batch.isFull { hand(&batch, deliver) }
    take(body, context, &batch, deliver)
  }

  /// A repetition counts for the record before, or is that record itself.
  private mutating func again(
    _ told: RepeatedMessage, _ body: Span<UInt8>, _ context: RecordContext,
    _ batch: inout EventBatch, _ deliver: Deliver
  ) {
    flush(&batch, deliver)
    if let before = lastRecords.before(context) {
      counts.records += 1
      counts.repeated += 1
      batch.addRepetitions(ofLine: before.line, count: told.count, until: context.time)
    } else if let record = told.record {
      take(body.extracting(record.start..<record.end), context, &batch, deliver)
      flush(&batch, deliver)
      if told.count > 1 {
        batch.addRepetitions(ofLine: context.line, count: told.count - 1, until: context.time)
      }
    } else {
      // What is repeated stood in a part of the log that is not here.
      counts.records += 1
      counts.repeated += 1
    }
  }

  mutating func take(
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
    guard pending.count < Self.longestRecord else { return }
    pending.append(.newline)
    pending.append(body, 0, min(body.count, Self.longestRecord))
  }

  mutating func flush(_ batch: inout EventBatch, _ deliver: Deliver) {
    guard let context = pendingContext else { return }
    pendingContext = nil
    var record: [UInt8] = []
    swap(&record, &pending)
    rejects?.standOnHeld()
    read(record.span, context, &batch, deliver)
    rejects?.standOnLine()
    record.removeAll(keepingCapacity: true)
    swap(&record, &pending)
  }

  private mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, _ batch: inout EventBatch, _ deliver: Deliver
  ) {
    counts.records += 1
    own(nil, &batch, deliver)
    let (events, chatter) = (batch.events.count, batch.chatter)
    do throws(RecordFault) {
      try format.read(record, context, into: &batch)
      note(events, chatter, of: nil, context, batch)
    } catch {
      if error == .notThisDialect, !companions.isEmpty {
        readForeign(record, context, &batch, deliver)
      } else {
        fault(error, line: Int(context.line))
      }
    }
  }

  /// Counts what a record told, by what the batch held before.
  mutating func note(
    _ events: Int, _ chatter: Int, of companion: Int?, _ context: RecordContext,
    _ batch: borrowing EventBatch
  ) {
    counts.events += batch.events.count - events
    if batch.events.count == events {
      // A record that joins others says nothing for itself, and is not witnessed.
      let joins = companion.map { companions[$0].format.joins } ?? format.joins
      if !joins || batch.chatter != chatter { counts.chatter += 1 }
    } else if !usesCarriedTime, context.time.isKnown,
      batch.lastTime.milliseconds == context.time.milliseconds
    {
      usesCarriedTime = true
    }
  }

  mutating func fault(_ kind: RecordFault, line: Int) {
    counts.faults[kind, default: 0] += 1
    let line = line - linesBefore
    if counts.firstFaultLines[kind] == nil { counts.firstFaultLines[kind] = line }
    rejects?.keep(kind, line: line)
  }
}

import LogEvents

/// Has one dialect read a record, and counts what that told.
extension RecordReader {
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

  /// Has the format, or a companion, read a record; returns why it could not.
  mutating func readAs(
    _ index: Int?, _ record: Span<UInt8>, _ context: RecordContext, _ batch: inout EventBatch,
    _ deliver: Deliver
  ) -> RecordFault? {
    own(index, &batch, deliver)
    let (events, chatter) = (batch.events.count, batch.chatter)
    do throws(RecordFault) {
      if let index {
        try companions[index].format.read(record, context, into: &batch)
      } else {
        try format.read(record, context, into: &batch)
      }
    } catch {
      return error
    }
    note(events, chatter, context, batch)
    return nil
  }

  /// Counts what a record told, by what the batch held before.
  private mutating func note(
    _ events: Int, _ chatter: Int, _ context: RecordContext, _ batch: borrowing EventBatch
  ) {
    unknown.clear()
    counts.events += batch.events.count - events
    if batch.events.count == events {
      // A record that joins others says nothing for itself, and is not witnessed.
      let joins = owner.map { companions[$0].format.joins } ?? format.joins
      if !joins || batch.chatter != chatter { counts.chatter += 1 }
    } else if !usesCarriedTime, context.time.isKnown,
      batch.lastTime.milliseconds == context.time.milliseconds
    {
      usesCarriedTime = true
    }
  }

  mutating func fault(_ kind: RecordFault, line: Int, in record: Span<UInt8>) {
    if kind == .notThisDialect { isLost = true }
    counts.faults[kind, default: 0] += 1
    let line = line - linesBefore
    if counts.firstFaults[kind] == nil {
      counts.firstFaults[kind] = FirstFault(line: line, in: record)
    }
    rejects?.keep(kind, line: line)
  }
}

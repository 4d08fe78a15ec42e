import LogEvents

/// Records that a logger left out, and how often, in its own words.
extension RecordReader {
  /// Takes a record out of its envelope, unless the logger only says how often it came.
  mutating func carry(
    _ padded: Span<UInt8>, _ context: RecordContext, _ batch: inout EventBatch,
    _ deliver: Deliver
  ) {
    var end = padded.count
    while end > 0, isBlank(padded[end - 1]) { end -= 1 }
    let body = padded.extracting(0..<end)
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
}

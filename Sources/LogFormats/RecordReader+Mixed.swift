import LogEvents

/// Files that several dialects share: each record goes to the first one that knows it.
extension RecordReader {
  /// A line of a file that several dialects share: it is its reader's, or it starts a record of
  /// several lines, or it continues one.
  ///
  /// What is held back may turn out to be another's: `flush` asks all of them again.
  mutating func takeMixed(
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
  mutating func takeObject(
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
  mutating func readLine(
    _ body: Span<UInt8>, _ context: RecordContext, objectsOnly: Bool = false,
    _ batch: inout EventBatch, _ deliver: Deliver
  ) -> Bool {
    func isAsked(_ format: any LogFormat) -> Bool {
      !format.isMultiline && (format.readsJSON || !objectsOnly)
    }
    if isAsked(format) {
      own(nil, &batch, deliver)
      let (events, chatter) = (batch.events.count, batch.chatter)
      do throws(RecordFault) {
        try format.read(body, context, into: &batch)
        counts.records += 1
        note(events, chatter, of: nil, context, batch)
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
  mutating func readAs(
    _ index: Int, _ record: Span<UInt8>, _ context: RecordContext, _ batch: inout EventBatch,
    _ deliver: Deliver
  ) -> RecordFault? {
    own(index, &batch, deliver)
    let (events, chatter) = (batch.events.count, batch.chatter)
    do throws(RecordFault) {
      try companions[index].format.read(record, context, into: &batch)
    } catch {
      return error
    }
    note(events, chatter, of: index, context, batch)
    return nil
  }

  /// A record of another dialect: the companions are asked in turn.
  mutating func readForeign(
    _ record: Span<UInt8>, _ context: RecordContext, _ batch: inout EventBatch, _ deliver: Deliver
  ) {
    var failure = RecordFault.notThisDialect
    for index in companions.indices {
      guard let error = readAs(index, record, context, &batch, deliver) else { return }
      if error != .notThisDialect { failure = error }
    }
    fault(failure, line: Int(context.line))
  }
}

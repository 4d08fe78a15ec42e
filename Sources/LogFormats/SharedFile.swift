import LogEvents

/// Files in which several dialects stand: which of them each line belongs to.
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
    let failure = readLine(body, context, &batch, deliver)
    guard let failure else {
      flush(&batch, deliver)
      return
    }
    let starts = companions.contains { $0.format.isMultiline && $0.format.startsRecord(body) }
    if starts || (pendingContext == nil && isMultiline) {
      begin(body, context, &batch, deliver)
    } else if pendingContext != nil, failure == .notThisDialect {
      goOn(body)
    } else {
      counts.records += 1
      fault(failure, line: Int(context.line), in: body)
    }
  }

  /// Whether an object was read here: as a record of a dialect of objects, or for what it carries.
  mutating func takeObject(
    _ body: Span<UInt8>, _ context: RecordContext, _ batch: inout EventBatch, _ deliver: Deliver
  ) -> Bool {
    let isShared = !companions.isEmpty
    if readsJSON || isShared, readLine(body, context, &batch, deliver) == nil {
      flush(&batch, deliver)
      return true
    }
    guard readsJSON && !isShared || opensNested || mayCarry(body) else { return false }
    // The body may stand in the envelope's text, which is about to be written anew.
    var object: [UInt8] = []
    object.append(body, 0, body.count)
    var carried = context
    guard let peeled = envelope.peelNested(object.span, names: &batch.names, context: &carried)
    else { return false }
    carried.line = context.line
    if case .partial = peeled { return true }
    let text = envelope.text
    guard readsJSON || opensNested || isRecord(text.span, carried, batch.names) else {
      return false
    }
    opensNested = true
    takeMixed(text.span, carried, &batch, deliver)
    return true
  }

  static let enoughObjects = 3

  /// Whether an object that was not opened may be a carrier: no dialect knows it as it is.
  ///
  /// A file whose first `enoughObjects` are records is not asked again.
  private mutating func mayCarry(_ body: Span<UInt8>) -> Bool {
    guard knownObjects < Self.enoughObjects || !companions.isEmpty else { return false }
    guard isRecord(body, RecordContext(line: 0), NameTable()) else { return true }
    knownObjects += 1
    return false
  }

  /// Whether a dialect knows the record, tried on copies.
  private func isRecord(
    _ record: Span<UInt8>, _ context: RecordContext, _ names: NameTable
  ) -> Bool {
    guard !record.isEmpty else { return false }
    for value in [format] + companions.map(\.format) {
      // A record of several lines is not whole yet.
      if value.isMultiline, record[0] != UInt8(ascii: "{"), value.startsRecord(record) {
        return true
      }
      var trial = value
      var batch = EventBatch(names: names)
      if (try? trial.read(record, context, into: &batch)) != nil { return true }
    }
    return false
  }

  /// Has the formats whose records are lines read one; returns why none of them could.
  private mutating func readLine(
    _ body: Span<UInt8>, _ context: RecordContext, _ batch: inout EventBatch, _ deliver: Deliver
  ) -> RecordFault? {
    var failure = RecordFault.notThisDialect
    let mark = isAskedLast ? companions.firstIndex { Self.isLookalike($0.format) } : nil
    let turn = isAskedLast ? mark ?? companions.count : 0
    for index in 0...companions.count {
      let error: RecordFault?
      if index == turn {
        guard !format.isMultiline else { continue }
        error = readAs(nil, body, context, &batch, deliver)
      } else {
        let companion = index < turn ? index : index - 1
        guard !companions[companion].format.isMultiline else { continue }
        error = readAs(companion, body, context, &batch, deliver)
      }
      guard let error else {
        counts.records += 1
        return nil
      }
      if failure == .notThisDialect { failure = error }
    }
    return failure
  }

  static func isLookalike(_ format: any LogFormat) -> Bool { type(of: format).writesCommonShapes }

  /// A record of several lines: those are asked first for whom its first line starts one.
  mutating func readShared(
    _ record: Span<UInt8>, _ context: RecordContext, _ batch: inout EventBatch, _ deliver: Deliver
  ) {
    counts.records += 1
    var failure = RecordFault.notThisDialect
    for isStart in [true, false] {
      if (isMultiline && format.startsRecord(record)) == isStart {
        guard let error = readAs(nil, record, context, &batch, deliver) else { return }
        if error != .notThisDialect { failure = error }
      }
      for index in companions.indices {
        let other = companions[index].format
        guard (other.isMultiline && other.startsRecord(record)) == isStart else { continue }
        guard let error = readAs(index, record, context, &batch, deliver) else { return }
        if error != .notThisDialect { failure = error }
      }
    }
    fault(failure, line: Int(context.line), in: record)
  }
}

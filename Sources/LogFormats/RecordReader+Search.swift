import LogEvents

/// Dialects that are found behind the head of a file.
extension RecordReader {
  /// Sniffs the unknown lines; where another dialect knows them, it reads along from there on.
  mutating func search(_ batch: inout EventBatch, _ deliver: Deliver) {
    let known = [type(of: format)] + companions.map { type(of: $0.format) }
    var choice: Sniffer.Choice?
    for most in UnknownLines.samples where choice == nil {
      choice = Sniffer.stranger(in: unknown.sample(most), beside: known, settings)
    }
    guard let found = choice else {
      unknown.lookedInVain()
      return
    }
    let (faults, length) = unknown.whole
    retract((0..<faults).map { Int(unknown.line($0).number) - linesBefore }.filter { $0 > 0 })
    if let length, pendingContext != nil { pending.removeSubrange(min(length, pending.count)...) }
    // The owner's index is about to be another's.
    own(nil, &batch, deliver)
    add(found)
    readUnknown(&batch, deliver)
  }

  /// Reads the unknown lines again, for more dialects read along now.
  mutating func readUnknown(_ batch: inout EventBatch, _ deliver: Deliver) {
    let lines = (0..<unknown.count).map { unknown.line($0) }
    let bytes = unknown.take()
    unknown.clear()
    unknown.isWatching = false
    for line in lines {
      readAgain(
        bytes.span.extracting(line.range.start..<line.range.end), number: line.number, &batch,
        deliver)
    }
    unknown.isWatching = true
  }

  /// The files before have been accounted for: of their lines only the events count.
  private mutating func readAgain(
    _ line: Span<UInt8>, number: UInt32, _ batch: inout EventBatch, _ deliver: Deliver
  ) {
    envelope.mayHaveColours = true
    guard Int(number) <= linesBefore else {
      rejects?.stand(on: line)
      read(line, number: number, &batch, deliver)
      return
    }
    let (counts, rejects) = (counts, rejects)
    self.rejects = nil
    read(line, number: number, &batch, deliver)
    (self.counts, self.rejects) = (counts, rejects)
  }

  /// Takes back the faults of lines of this file: they are read again.
  private mutating func retract(_ lines: [Int]) {
    guard let first = lines.first else { return }
    let kind = RecordFault.notThisDialect
    counts.records -= lines.count
    counts.faults[kind, default: lines.count] -= lines.count
    if counts.faults[kind] == 0 { counts.faults[kind] = nil }
    if let found = counts.firstFaults[kind], found.line >= first { counts.firstFaults[kind] = nil }
    rejects?.retract(kind, from: first)
  }
}

import LogEvents

/// Reads a file as a run would, and finds the first record that does not fit.
///
/// Blocks as for `RecordReader`.
package struct FormatCheck {
  /// A record that does not fit.
  package struct Place: Sendable {
    /// 1-based.
    package var line: Int
    package var text: [UInt8]
    package var misfit: Misfit
    /// Whether another format, or the built-in one, read it all the same.
    package var isRead: Bool
  }

  /// More neighbours tell no more of what a record of the file looks like.
  private static let mostModels = 100

  private let choice: Sniffer.Choice
  private let settings: FormatSettings
  private let patterns: [OwnerFormat]
  private var reader: RecordReader
  private var batch = EventBatch()
  /// Lines before the block.
  private var lines = 0
  package private(set) var first: Place?

  package init(_ choice: Sniffer.Choice, _ settings: FormatSettings) {
    self.choice = choice
    self.settings = settings
    let readers = [choice.format] + choice.companions
    patterns = settings.ownerFormats.filter { own in
      readers.contains { $0 == own.dialect.reader }
    }
    reader = RecordReader(choice, settings)
  }

  package var counts: ReadingCounts { reader.counts }

  package mutating func consume(_ block: Span<UInt8>, atEnd: Bool) -> Int {
    let used = reader.consume(block, atEnd: atEnd, into: &batch) { batch, _ in batch.clear() }
    if atEnd { reader.finish(into: &batch) { batch, _ in batch.clear() } }
    if first == nil { look(at: block.extracting(0..<used)) }
    lines = reader.counts.lines
    return used
  }

  private mutating func look(at block: Span<UInt8>) {
    let bounds = Self.lines(block)
    for (index, bound) in bounds.enumerated() where !bound.isEmpty && !patterns.isEmpty {
      let line = block.extracting(bound.start..<bound.end)
      let misfits = patterns.map { $0.misfit(line, settings) }
      guard !misfits.contains(nil),
        let farthest = misfits.compactMap({ $0 }).max(by: { $0.column < $1.column })
      else { continue }
      first = Place(
        line: lines + index + 1, text: Self.copy(line), misfit: farthest, isRead: isRead(line))
      return
    }
    let fault = reader.counts.firstFaults.min {
      ($0.value.line, $0.key.rawValue) < ($1.value.line, $1.key.rawValue)
    }
    guard let fault, bounds.indices.contains(fault.value.line - lines - 1) else { return }
    let index = fault.value.line - lines - 1
    let text = block.extracting(bounds[index].start..<bounds[index].end)
    let misfit =
      patterns.isEmpty
      ? guess(fault.key, block, bounds, index)
      : Misfit(column: 1, expected: "a record that tells enough (\(fault.key.sentence))")
    first = Place(line: fault.value.line, text: Self.copy(text), misfit: misfit, isRead: false)
  }

  /// A built-in format tells what it lacks, not where: the most similar record that fits shows it.
  private func guess(
    _ fault: RecordFault, _ block: Span<UInt8>, _ bounds: [ByteRange], _ index: Int
  ) -> Misfit {
    let record = block.extracting(bounds[index].start..<bounds[index].end)
    var best = Misfit(column: 1, expected: "a record of the format (\(fault.sentence))")
    var isFound = false
    let nearest = bounds.indices.sorted { abs($0 - index) < abs($1 - index) }
    for other in nearest.prefix(Self.mostModels) where other != index && !bounds[other].isEmpty {
      let model = block.extracting(bounds[other].start..<bounds[other].end)
      guard let departure = RecordShape.departure(record, from: model),
        !isFound || departure.at >= best.column, isRead(model)
      else { continue }
      isFound = true
      let line = lines + other + 1
      let sample = departure.wanted.count > 0 ? " `\(model.string(departure.wanted))`" : ""
      best = Misfit(
        column: departure.at + 1,
        expected: "\(departure.words), as\(sample) in line \(line) (\(fault.sentence))")
    }
    return best
  }

  /// Whether a line by itself is read.
  private func isRead(_ line: Span<UInt8>) -> Bool {
    var (reader, batch) = (RecordReader(choice, settings), EventBatch())
    _ = reader.consume(line, atEnd: true, into: &batch) { batch, _ in batch.clear() }
    reader.finish(into: &batch) { batch, _ in batch.clear() }
    return reader.counts.records > 0 && reader.counts.faultCount == 0
  }

  private static func copy(_ line: Span<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(line, 0, line.count)
    return bytes
  }

  private static func lines(_ block: Span<UInt8>) -> [ByteRange] {
    var lines: [ByteRange] = []
    var at = 0
    while at < block.count {
      let end = position(of: .newline, in: block, at, block.count)
      var stop = end
      while stop > at, block[stop - 1] == .carriageReturn { stop -= 1 }
      lines.append(ByteRange(at, stop))
      at = end + 1
    }
    return lines
  }
}

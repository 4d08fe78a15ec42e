import LogEvents

/// Finds the format of a file: every format reads the head, the one that understands most wins.
package enum Sniffer {
  /// How well a format read the sample.
  package struct Score: Sendable {
    package var format: any LogFormat.Type
    package var counts: ReadingCounts
    /// The format as it knows the file's layout now.
    fileprivate var reader: any LogFormat

    /// Records that are in the dialect.
    package var known: Int {
      // A record that is too long is read as far as it goes, and may be known.
      let unread = counts.faultCount - (counts.faults[.tooLong] ?? 0)
      return records - min(records, unread)
    }

    /// Those that a logger's word of repetitions is not one of: it is in no dialect.
    private var records: Int { counts.records - counts.repeated }

    /// Whether lines were taken for the rest of a record, which may have been another dialect's.
    var swallowsLines: Bool { counts.lines > counts.records }

    /// 0...1: the share of records that are in the dialect; those that tell of an exchange or a
    /// state weigh a little more than chatter, so that a dialect beats a look-alike.
    package var share: Double {
      guard records > 0 else { return 0 }
      let told = Double(min(counts.events, records))
      return (Double(known) + 0.05 * told) / (1.05 * Double(records))
    }
  }

  /// Least share of records that a format must know to be chosen.
  package static let threshold = 0.3

  /// Every format's score, best first; ties stand in the order of the shelf.
  package static func scores(
    _ head: Span<UInt8>, _ settings: FormatSettings,
    of formats: [any LogFormat.Type] = FormatShelf.all
  ) -> [Score] {
    var scores: [Score] = []
    for format in formats {
      var reader = RecordReader(format, settings)
      var batch = EventBatch()
      _ = reader.consume(head, atEnd: true, into: &batch) { batch, _ in batch.clear() }
      reader.finish(into: &batch) { batch, _ in batch.clear() }
      scores.append(Score(format: format, counts: reader.counts, reader: reader.format))
    }
    return scores.enumerated().sorted { a, b in
      (b.element.share, a.offset) < (a.element.share, b.offset)
    }.map(\.element)
  }

  /// What to read a file with.
  package struct Choice: Sendable {
    package var format: any LogFormat.Type
    /// Other dialects that share the file.
    package var companions: [any LogFormat.Type] = []

    /// What read the head, for what it learned.
    fileprivate var readers: [any LogFormat] = []

    package init(format: any LogFormat.Type) { self.format = format }

    /// What a file is read with.
    init(_ reader: any LogFormat, _ companions: [any LogFormat]) {
      format = type(of: reader)
      self.companions = companions.map { type(of: $0) }
      readers = [reader] + companions
    }

    /// A value to read the file with.
    func value(of format: any LogFormat.Type, _ settings: FormatSettings) -> any LogFormat {
      readers.first { type(of: $0) == format }?.taught(settings) ?? format.init(settings)
    }
  }

  /// The format to read the file with, or `nil` when none knows enough of it.
  package static func choose(_ head: Span<UInt8>, _ settings: FormatSettings) -> Choice? {
    if let own = ownerChoice(head, settings) { return own }
    if let given = settings.format { return Choice(format: given) }
    if let sure = sureChoice(head, settings) { return sure }
    let scores = scores(head, settings)
    return choose(among: scores, atLeast: threshold) ?? minority(of: scores)
  }

  /// Bytes of the head that settle most files, at a tenth of the cost of all of it.
  private static let glance = 24 * 1024

  /// The one format that reads the first lines, all of them, where no other reads any.
  ///
  /// Formats that share their shapes with others are told apart by more lines than these.
  private static func sureChoice(_ head: Span<UInt8>, _ settings: FormatSettings) -> Choice? {
    guard head.count >= 2 * glance,
      let end = head.findLast(.newline, in: ByteRange(0, glance))
    else { return nil }
    let scores = scores(head.extracting(0..<end), settings)
    guard let best = scores.first, best.counts.faults.isEmpty, best.counts.events >= 20,
      best.counts.chatter == 0, !best.swallowsLines, !best.format.writesCommonShapes,
      scores.dropFirst().allSatisfy({ $0.counts.events == 0 })
    else { return nil }
    return choice(of: best, among: scores)
  }

  /// The format that tells most, where none knows its share: the gateway's records stand among those
  /// of other programs, or most are damaged.
  private static func minority(of scores: [Score]) -> Choice? {
    let telling = scores.filter {
      $0.counts.events >= 3 && $0.known * 50 >= $0.counts.records
        && !$0.format.writesCommonShapes
    }
    guard let best = telling.max(by: { $0.counts.events < $1.counts.events }) else { return nil }
    return choice(of: best, among: scores)
  }

  /// The format that knows lines which those of the file do not.
  static func stranger(
    in lines: Span<UInt8>, beside known: [any LogFormat.Type], _ settings: FormatSettings
  ) -> Choice? {
    if let own = ownerChoice(lines, settings), !known.contains(where: { $0 == own.format }) {
      return own
    }
    let others = scores(lines, settings).filter { score in
      score.counts.events > 0 && !known.contains { $0 == score.format }
    }
    return choose(among: others, atLeast: 0.5)
  }

  private static func choose(among scores: [Score], atLeast threshold: Double) -> Choice? {
    guard let first = scores.first, first.known > 0, first.share >= threshold else { return nil }
    // A few damaged records that a look-alike still reads do not make the file the look-alike's.
    let close = scores.filter {
      $0.share >= 0.9 * first.share && $0.counts.events * 10 >= first.counts.events * 9
    }
    return choice(of: close.min { place($0) < place($1) } ?? first, among: scores)
  }

  private static func choice(of best: Score, among scores: [Score]) -> Choice {
    let foreign = best.counts.faults[.notThisDialect] ?? 0
    var choice = Choice(format: best.format)
    if foreign > 0 || best.swallowsLines {
      choice.companions = scores.filter { $0.format != best.format && $0.counts.events > 0 }
        .map(\.format)
    }
    choice.readers = scores.map(\.reader)
    return choice
  }

  private static func place(_ score: Score) -> Int { place(score.format) }

  private static func place(_ format: any LogFormat.Type) -> Int {
    FormatShelf.all.firstIndex { $0 == format } ?? FormatShelf.all.count
  }
}

import LogEvents

/// Finds the format of a file: every format reads the head, the one that understands most wins.
package enum Sniffer {
  /// How well a format read the sample.
  package struct Score: Sendable {
    package var format: any LogFormat.Type
    package var counts: ReadingCounts

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
      scores.append(Score(format: format, counts: reader.counts))
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

    package init(format: any LogFormat.Type) { self.format = format }
  }

  /// The format to read the file with, or `nil` when none knows enough of it.
  package static func choose(_ head: Span<UInt8>, _ settings: FormatSettings) -> Choice? {
    if let own = ownerChoice(head, settings) { return own }
    if let given = settings.format { return Choice(format: given) }
    let scores = scores(head, settings)
    guard let first = scores.first, first.known > 0, first.share >= threshold else { return nil }
    // A few damaged records that a look-alike still reads do not make the file the look-alike's.
    let close = scores.filter {
      $0.share >= 0.9 * first.share && $0.counts.events * 10 >= first.counts.events * 9
    }
    let best = close.min { place($0) < place($1) } ?? first
    let foreign = best.counts.faults[.notThisDialect] ?? 0
    var choice = Choice(format: best.format)
    if foreign > 0 || best.swallowsLines {
      choice.companions = scores.filter { $0.format != best.format && $0.counts.events > 0 }
        .map(\.format)
    }
    return choice
  }

  private static func place(_ score: Score) -> Int { place(score.format) }

  private static func place(_ format: any LogFormat.Type) -> Int {
    FormatShelf.all.firstIndex { $0 == format } ?? FormatShelf.all.count
  }
}

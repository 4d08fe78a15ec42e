import LogEvents

/// Finds the format of a file: every format reads the head, the one that understands most wins.
package enum Sniffer {
  /// How well a format read the sample.
  package struct Score: Sendable {
    package var format: any LogFormat.Type
    package var counts: ReadingCounts

    /// 0...1: the share of records that are in the dialect; those that tell of an exchange or a
    /// state weigh a little more than chatter, so that a dialect beats a look-alike.
    package var share: Double {
      guard counts.records > 0 else { return 0 }
      let known = Double(counts.records - min(counts.records, counts.faultCount))
      let told = Double(min(counts.events, counts.records))
      return (known + 0.05 * told) / (1.05 * Double(counts.records))
    }
  }

  /// Least share of records that a format must know to be chosen.
  package static let threshold = 0.3

  /// Every format's score, best first; ties stand in the order of the shelf.
  package static func scores(_ head: Span<UInt8>, _ settings: FormatSettings) -> [Score] {
    var scores: [Score] = []
    for format in FormatShelf.all {
      var reader = RecordReader(format, settings)
      var batch = EventBatch()
      _ = reader.consume(head, atEnd: true, into: &batch) { $0.clear() }
      reader.finish(into: &batch) { $0.clear() }
      scores.append(Score(format: format, counts: reader.counts))
    }
    return scores.enumerated().sorted { a, b in
      (b.element.share, a.offset) < (a.element.share, b.offset)
    }.map(\.element)
  }

  /// The format to read the file with, or `nil` when none knows enough of it.
  package static func best(_ head: Span<UInt8>, _ settings: FormatSettings) -> Score? {
    guard let best = scores(head, settings).first, best.counts.records > best.counts.faultCount,
      best.share * 1.05 >= threshold
    else { return nil }
    return best
  }
}

import LogEvents

/// Files that may be cut at line ends, their pieces read apart.
///
/// Only where that tells what reading the whole would: a format of single lines that keeps nothing from one
/// to the next, alone in its file, with a clock that needs no record but its own.
package struct Cutting: Sendable {
  private let format: any LogFormat

  /// `nil` where the file must be read whole.
  package init?(_ choice: Sniffer.Choice, _ settings: FormatSettings) {
    // An hour that comes twice and the turn of an assumed year are told by the records before.
    guard choice.companions.isEmpty, settings.zone.isFixed, settings.assumedYear == nil else {
      return nil
    }
    format = choice.format.init(settings)
    guard !format.joins, !format.isMultiline else { return nil }
  }

  /// Whether a piece may begin with `line`.
  package func mayBegin(_ line: Span<UInt8>, after before: Span<UInt8>) -> Bool {
    format.stands(line, apartFrom: before)
  }
}

extension RecordReader {
  /// Reads a piece that so many lines of the file come before; they are not counted.
  package mutating func beginPiece(afterLines lines: Int) { linesBefore += lines }

  /// Whether all that was read could be told without the lines before the first one and, unless it is
  /// the last piece, behind the last one.
  ///
  /// Asked before `finish`. Another dialect, objects that carry records and lines that nobody knows
  /// have a part in how later lines are read.
  package func stoodAlone(asLast isLast: Bool) -> Bool {
    mayStandAlone && (isLast || !isWithinRecord && unknown.count == 0)
  }

  /// Whether nothing was read that reaches over any cut.
  package var mayStandAlone: Bool {
    counts.repeated == 0 && readsOneDialect && !opensNested && !unknown.hasLooked
  }

  /// Whether no other dialect was found behind the head.
  package var readsOneDialect: Bool { companions.isEmpty }
}

extension ReadingCounts {
  /// Counts a further piece of the same file.
  package mutating func merge(_ next: ReadingCounts, linesBefore: Int) {
    lines += next.lines
    records += next.records
    events += next.events
    chatter += next.chatter
    repeated += next.repeated
    faults.merge(next.faults, uniquingKeysWith: +)
    for (kind, var first) in next.firstFaults {
      first.line += linesBefore
      firstFaults[kind] = min(first, firstFaults[kind] ?? first)
    }
  }
}

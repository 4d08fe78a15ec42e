import LogEvents

/// Files that may be cut at line ends, their pieces read apart.
///
/// Only where that tells what reading the whole would: one dialect alone in its file, with a clock that
/// needs no record but its own.
package struct Cutting: Sendable {
  private let format: any LogFormat
  /// Whether later records may go on with what earlier ones left: then a piece is read from some lines before
  /// it on, and what is open where it begins must be what the piece before it left open.
  package let overlaps: Bool

  /// `nil` where the file must be read whole.
  package init?(_ choice: Sniffer.Choice, _ settings: FormatSettings) {
    // An hour that comes twice and the turn of an assumed year are told by the records before.
    guard choice.companions.isEmpty, settings.zone.isFixed, settings.assumedYear == nil else {
      return nil
    }
    format = choice.format.init(settings)
    var state = OpenState(NameTable(), nextLine: 1)
    overlaps = format.tellOpen(to: &state)
    if !overlaps, format.joins || format.isMultiline { return nil }
  }

  /// Whether a piece may begin with `line`.
  package func mayBegin(_ line: Span<UInt8>, after before: Span<UInt8>) -> Bool {
    overlaps ? format.startsRecord(line) : format.stands(line, apartFrom: before)
  }
}

extension RecordReader {
  /// A piece begins here: what was read is counted by the one before.
  package mutating func beginPiece() {
    linesBefore += counts.lines
    counts = ReadingCounts()
  }

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

  /// What has a part in how further lines are read; `nil` where that cannot be told.
  package func openState(_ names: NameTable) -> Int? {
    guard mayStandAlone, !isWithinRecord else { return nil }
    var state = OpenState(names, nextLine: linesBefore + counts.lines + 1)
    state.add(min(knownObjects, Self.enoughObjects))
    state.add(pendingContext == nil)
    if let context = pendingContext {
      state.add(line: context.line)
      state.add(context.time.milliseconds)
      state.add(context.hasMilliseconds)
      state.add(context.host)
      state.add(context.tag)
      state.add(context.severity)
      state.add(pending)
    }
    unknown.tellOpen(to: &state)
    return format.tellOpen(to: &state) ? state.finish() : nil
  }
}

extension ReadingCounts {
  /// Counts the next piece of the same file.
  package mutating func merge(_ next: ReadingCounts) {
    let linesBefore = lines
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

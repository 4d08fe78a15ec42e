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
    var hasher = Hasher()
    overlaps = format.tellOpen(to: &hasher, NameTable())
    if !overlaps, format.joins || format.isMultiline { return nil }
  }

  /// Whether a piece may begin with `line`.
  package func mayBegin(_ line: Span<UInt8>, after before: Span<UInt8>) -> Bool {
    overlaps ? format.startsRecord(line) : format.stands(line, apartFrom: before)
  }
}

extension RecordReader {
  /// Reads a piece that so many lines of the file come before; they are not counted.
  package mutating func beginPiece(afterLines lines: Int) { linesBefore += lines }

  /// Begins the piece here: what was read is counted by the one before.
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

  /// What has a part in how further lines are read, as a number that is the same for the same within one
  /// run; `nil` where that cannot be told.
  package func openState(_ names: NameTable) -> Int? {
    guard mayStandAlone, !isWithinRecord else { return nil }
    var hasher = Hasher()
    hasher.combine(min(knownObjects, Self.enoughObjects))
    hasher.combine(pendingContext == nil)
    if let context = pendingContext {
      hasher.combine(context.line)
      hasher.combine(context.time.milliseconds)
      hasher.combine(context.hasMilliseconds)
      for id in [context.host, context.tag] { hasher.combine(names.hash(id)) }
      hasher.combine(context.severity)
      hasher.combine(pending)
    }
    unknown.tellOpen(to: &hasher)
    guard format.tellOpen(to: &hasher, names) else { return nil }
    return hasher.finalize()
  }
}

extension Event {
  /// All but its texts, which are where they are.
  func tell(to hasher: inout Hasher, _ names: NameTable) {
    hasher.combine(time.milliseconds)
    hasher.combine(line)
    hasher.combine(outcome)
    hasher.combine(severity)
    hasher.combine(journal)
    hasher.combine(note)
    hasher.combine(status)
    hasher.combine(hasMilliseconds)
    hasher.combine(durationMilliseconds)
    hasher.combine(count)
    hasher.combine(spanMilliseconds)
    for id in [backend, address, pool, service, code, gateway, stream] {
      hasher.combine(names.hash(id))
    }
  }
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

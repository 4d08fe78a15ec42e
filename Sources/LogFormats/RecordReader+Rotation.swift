import LogEvents

/// The files of a rotated log, read by one reader.
extension RecordReader {
  /// Begins the next file of the same log: its exchanges may have begun in the one before.
  ///
  /// `choice` is what sniffing found in this file: its dialects read along. `reference` is when it
  /// was last changed.
  package mutating func goOn(
    _ choice: Sniffer.Choice, reference: Timestamp, into batch: inout EventBatch, deliver: Deliver
  ) {
    endFile(into: &batch, deliver: deliver)
    beginPiece()
    offset = 0
    isInsideLongLine = false
    usesCarriedTime = false
    settings.assumptions.begin(reference: reference)
    carried.begin(reference: reference)
    own(nil, &batch, deliver)
    let known = companions.count
    add(choice)
    if companions.count > known, unknown.count > 0 { readUnknown(&batch, deliver) }
  }

  /// Reads what is held back of the last record of this file; its exchange may go on.
  package mutating func endFile(into batch: inout EventBatch, deliver: Deliver) {
    flush(&batch, deliver)
  }

  /// What it reads with, those dialects included that were found behind the head or in later files.
  package var choice: Sniffer.Choice { Sniffer.Choice(format, companions.map(\.format)) }

  /// Whether records of this dialect are read.
  package func reads(_ other: any LogFormat.Type) -> Bool {
    type(of: format) == other || companions.contains { type(of: $0.format) == other }
  }

  /// What the records of this file left out, so that it had to be assumed.
  package var assumed: (zone: Bool, year: Bool) {
    let (own, envelope) = (settings.assumptions.told, carried.told)
    guard usesCarriedTime else { return own }
    return (own.zone || envelope.zone, own.year || envelope.year)
  }
}

import LogEvents

extension Sniffer {
  /// Least share of lines that fit an owner's format for it to be chosen: in a container's output a
  /// format may be one of several.
  private static let leastOwnerShare = 0.1
  /// More lines tell no more about which format it is.
  fileprivate static let mostLines = 2000

  /// The owner's formats that fit the head, most lines first; the built-in formats read what is
  /// left of a mixed file.
  ///
  /// A format that was given for this file (`settings.format`) needs no line that fits.
  static func ownerChoice(_ head: Span<UInt8>, _ settings: FormatSettings) -> Choice? {
    guard !settings.ownerFormats.isEmpty else { return nil }
    let fits = settings.ownerFormats.map { ($0.dialect, $0.fits(head, settings)) }
    let lines = fits.map(\.1.lines).max() ?? 0
    var readers: [(reader: any LogFormat.Type, lines: Int)] = []
    for dialect in OwnerFormat.Dialect.allCases {
      let count = fits.filter { $0.0 == dialect }.map(\.1.fitting).max() ?? 0
      let isGiven = settings.format == dialect.reader
      guard count > 0 || isGiven,
        isGiven || Double(count) >= leastOwnerShare * Double(max(1, lines))
      else { continue }
      readers.append((dialect.reader, count))
    }
    guard let best = readers.max(by: { $0.lines < $1.lines }) else { return nil }
    var choice = Choice(format: best.reader)
    guard best.lines < lines else { return choice }
    choice.companions = readers.map(\.reader).filter { $0 != best.reader }
    choice.companions += scores(head, settings).filter { $0.counts.events > 0 }.map(\.format)
    return choice
  }
}

extension OwnerFormat {
  /// How many of the first lines there are, and how many of them fit.
  func fits(_ head: Span<UInt8>, _ settings: FormatSettings) -> (lines: Int, fitting: Int) {
    var (lines, fitting, at) = (0, 0, 0)
    while at < head.count, lines < Sniffer.mostLines {
      let end = position(of: .newline, in: head, at, head.count)
      var stop = end
      while stop > at, head[stop - 1] == .carriageReturn { stop -= 1 }
      if stop > at, stop - at <= RecordReader.longestRecord {
        lines += 1
        if misfit(head.extracting(at..<stop), settings) == nil { fitting += 1 }
      }
      at = end + 1
    }
    return (lines, fitting)
  }
}

import LogEvents

/// What last stood between the stamps and the transactions of records: few heads of all do.
///
///     [0x80e00126][mpgw][error] mpgw(Orders):
///
/// Comparing a head takes a tenth of the instructions of reading it.
struct DataPowerHeads: Sendable {
  /// A head that was read.
  struct Head: Sendable {
    /// The entry with nothing but what its head tells.
    var entry: DataPowerEntry
    /// Of the domain, which makes transactions of one number two.
    var domainHash: UInt64
    /// `nil` until it was needed.
    var names: (code: NameID, service: NameID)?
  }

  /// Where heads end, and the last eight bytes of each, by place.
  private struct Mark: BitwiseCopyable {
    var range: ByteRange
    var last: UInt64
  }

  private static let limit = 16

  private(set) var heads: [Head] = []
  private var texts: [[UInt8]] = []
  private var marks: [Mark] = []
  private var oldest = 0

  /// The place of the head that stands at `start`.
  func place(_ record: Span<UInt8>, at start: Int) -> Int? {
    for place in marks.indices {
      let mark = marks[place]
      guard mark.range.start == start, mark.range.end <= record.count,
        record.word(at: mark.range.end - 8) == mark.last
      else { continue }
      let text = texts[place]
      if record.holds(text.span, at: start) { return place }
    }
    return nil
  }

  /// Remembers the head of an entry of which no more has been read; returns its place.
  mutating func note(_ record: Span<UInt8>, _ entry: DataPowerEntry) -> Int? {
    // With an object and the space behind it, or what follows might have been read as a part of it.
    let range = entry.head
    guard range.count >= 8, record.byte(range.end - 1) == .space else { return nil }
    var text: [UInt8] = []
    text.append(record, range.start, range.end)
    var entry = entry
    (entry.time, entry.moment, entry.epochMilliseconds) = (nil, nil, nil)
    let head = Head(
      entry: entry, domainHash: textHash(record, entry.domain.start, entry.domain.end))
    let mark = Mark(range: range, last: record.word(at: range.end - 8))
    if heads.count < Self.limit {
      heads.append(head)
      texts.append(text)
      marks.append(mark)
      return heads.count - 1
    }
    let place = oldest
    (heads[place], texts[place], marks[place]) = (head, text, mark)
    oldest = (oldest + 1) % Self.limit
    return place
  }

  mutating func name(_ place: Int, _ names: (code: NameID, service: NameID)) {
    heads[place].names = names
  }
}

/// An owner's format as an array of small steps over the bytes of a record.
///
///     %h [%t] "%r" %D      field until " [", width 26, "] \"", field until "\" ", field until end
///
/// A field ends at the first place where what follows it may begin. When the rest then does not
/// fit, the place after that is tried, so that a user's name may hold blanks; how often is limited,
/// so that no record costs more than a thousand looks.
struct FieldProgram: Sendable {
  enum Step: BitwiseCopyable, Sendable {
    /// A range of `text` that must stand here.
    case literal(ByteRange)
    case field(Field)
    /// What follows may be missing; then go on at the step given.
    case fork(Int)
    /// The record must end here.
    case end
  }

  struct Field: BitwiseCopyable, Sendable {
    var shape: FieldShape
    /// Where its range goes; negative when it is passed over.
    var slot: Int
    /// Literals that may follow, as a range of `stops`.
    var stops = ByteRange.empty
    /// The record may end behind it.
    var mayEnd = false
    /// There is one place at most where it can end.
    var isCertain = false
  }

  /// How often a field of one record may be tried to end elsewhere.
  private static let patience = 1000

  var steps: [Step] = []
  var text: [UInt8] = []
  var stops: [ByteRange] = []
  /// What each slot holds.
  var fields: [PatternField] = []
  /// The directive of each step, as typed.
  var names: [String] = []
  /// The first step from which on a record may be cut.
  var cutStep = 0

  /// What became of one record.
  struct Attempt {
    var patience = FieldProgram.patience
    /// Whether the record may end early, in a text behind all that must be there.
    var allowsCut = false
    /// The step that could not be done farthest into the record, and where.
    var step = 0
    var at = -1

    mutating func fail(_ step: Int, _ at: Int) -> Bool {
      if at > self.at { (self.step, self.at) = (step, at) }
      return false
    }
  }

  /// Fills `ranges`, one a slot, if the whole record fits; a missing field is `.empty`.
  func match(
    _ record: Span<UInt8>, into ranges: inout [ByteRange], _ attempt: inout Attempt
  ) -> Bool {
    for slot in ranges.indices { ranges[slot] = .empty }
    return match(record, from: 0, 0, &ranges, &attempt)
  }

  private func match(
    _ record: Span<UInt8>, from first: Int, _ start: Int, _ ranges: inout [ByteRange],
    _ attempt: inout Attempt
  ) -> Bool {
    var (index, at) = (first, start)
    steps: while true {
      switch steps[index] {
      case .end: return at == record.count || attempt.fail(index, at)
      case .literal(let literal):
        guard stands(literal, record, at) else { return attempt.fail(index, at) }
        at += literal.count
      case .fork(let other):
        attempt.patience -= 1
        guard attempt.patience > 0 else { return false }
        if match(record, from: index + 1, at, &ranges, &attempt) { return true }
        forget(index..<other, &ranges)
        index = other
        continue
      case .field(let field):
        var from = at
        while let end = nextEnd(of: field, record, at, from) {
          let range = ByteRange(at, end)
          attempt.patience -= 1
          guard attempt.patience > 0 else { return false }
          if field.shape.fits(record, range) {
            if field.slot >= 0 { ranges[field.slot] = range }
            if field.isCertain {
              at = end
              index += 1
              continue steps
            }
            if match(record, from: index + 1, end, &ranges, &attempt) { return true }
          } else if !field.shape.mayFitLater {
            break
          }
          from = end + 1
          if field.isCertain || field.shape.width > 0 { break }
        }
        if attempt.allowsCut, index >= cutStep, field.shape.kind == .text, from == at {
          if field.slot >= 0 { ranges[field.slot] = ByteRange(at, record.count) }
          return true
        }
        return attempt.fail(index, at)
      }
      index += 1
    }
  }

  /// The next place at or behind `from` where a field that starts at `start` may end.
  private func nextEnd(
    of field: Field, _ record: Span<UInt8>, _ start: Int, _ from: Int
  ) -> Int? {
    if field.shape.width > 0 {
      let end = start + Int(field.shape.width)
      return end <= record.count ? end : nil
    }
    var from = from
    while from <= record.count {
      var end: Int?
      for stop in field.stops.start..<field.stops.end {
        let hit = record.find(text.span, stops[stop], from, end ?? record.count)
        end = hit ?? end
      }
      guard let end else { return field.mayEnd ? record.count : nil }
      guard field.shape.isEscaped, record.isEscaped(end, since: start) else { return end }
      from = end + 1
    }
    return nil
  }

  private func stands(_ literal: ByteRange, _ record: Span<UInt8>, _ at: Int) -> Bool {
    guard literal.count <= record.count - at else { return false }
    for offset in 0..<literal.count where record[at + offset] != text[literal.start + offset] {
      return false
    }
    return true
  }

  private func forget(_ range: Range<Int>, _ ranges: inout [ByteRange]) {
    for step in range {
      if case .field(let field) = steps[step], field.slot >= 0 { ranges[field.slot] = .empty }
    }
  }
}

extension Span<UInt8> {
  /// The first position in [start, end] where `needle[range]` stands, all of it in the span.
  fileprivate func find(
    _ needle: Span<UInt8>, _ range: ByteRange, _ start: Int, _ end: Int
  ) -> Int? {
    let last = Swift.min(end, count - range.count)
    var at = start
    search: while at <= last {
      guard let hit = find(needle[range.start], at, last + 1) else { return nil }
      at = hit + 1
      for offset in 1..<Swift.max(1, range.count)
      where self[hit + offset] != needle[range.start + offset] {
        continue search
      }
      return hit
    }
    return nil
  }

  /// Whether an odd number of backslashes stands before `position`.
  fileprivate func isEscaped(_ position: Int, since start: Int) -> Bool {
    var at = position
    while at > start, self[at - 1] == UInt8(ascii: "\\") { at -= 1 }
    return (position - at) % 2 == 1
  }
}

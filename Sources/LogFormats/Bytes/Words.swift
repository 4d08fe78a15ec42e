import LogEvents

/// The first words of a record, found in one pass: half the instructions of looking for each space in
/// turn.
struct Words: BitwiseCopyable {
  /// What stands behind so many words is not looked at.
  static let most = 16

  private(set) var count = 0
  private var places = InlineArray<16, Place>(repeating: Place(start: 0, end: 0))

  private struct Place: BitwiseCopyable {
    var start: Int32
    var end: Int32
  }

  /// Words from `start` on, divided by a space; further spaces and tabs behind it divide, too.
  init(_ bytes: Span<UInt8>, from start: Int) {
    var word = start
    var at = start
    while at < bytes.count {
      var spaces = Self.spaces(
        at + 8 <= bytes.count ? bytes.word(at: at) : bytes.word(at, bytes.count))
      while spaces != 0 {
        let space = at + spaces.trailingZeroBitCount / 8
        spaces &= spaces &- 1
        guard space >= word else { continue }
        append(word, space)
        if count == Self.most { return }
        word = space + 1
        while bytes.byte(word) == .space || bytes.byte(word) == .tab { word += 1 }
      }
      at += 8
    }
    if word < bytes.count { append(word, bytes.count) }
  }

  /// The word at a place; `nil` where there are fewer.
  subscript(place: Int) -> ByteRange? {
    guard place < count else { return nil }
    return ByteRange(Int(places[place].start), Int(places[place].end))
  }

  /// Where the word at a place begins, or `end`.
  func start(_ place: Int, orEnd end: Int) -> Int {
    place < count ? Int(places[place].start) : end
  }

  private mutating func append(_ start: Int, _ end: Int) {
    places[count] = Place(
      start: Int32(truncatingIfNeeded: start), end: Int32(truncatingIfNeeded: end))
    count += 1
  }

  /// The top bit of each byte that is a space.
  private static func spaces(_ word: UInt64) -> UInt64 {
    let low: UInt64 = 0x7f7f_7f7f_7f7f_7f7f
    let x = word ^ 0x2020_2020_2020_2020
    return ~(((x & low) &+ low) | x | low)
  }
}

import LogEvents

/// The sixteen numbers of a latency record, of which the eighth tells when the response's header came.
///
///     Latency:   0   5   0   2   6   2   0  80  84  80  83  191  80  80   2   5 [https://...]
///
/// Source: formats/datapower.md §2.3.
struct DataPowerLatencies {
  /// Whether the header came, later than in the first millisecond.
  let hasHeader: Bool

  /// A latency record counts as served when a response header came.
  static func isServed(_ record: Span<UInt8>, _ message: ByteRange) -> Bool {
    if record.has("ExtLatency:", at: message.start) {
      return record.find("TC=", in: message) != nil
    }
    let start =
      record.has("Latency:", at: message.start)
      ? message.start : record.find("Latency:", in: message)
    guard let start else { return false }
    return DataPowerLatencies(record, start + 8).map(\.hasHeader) ?? false
  }

  /// `nil` where fewer numbers stand at `start`.
  ///
  /// 64 bytes at once, then eight a step: only where numbers begin is counted, and the eighth read.
  init?(_ record: Span<UInt8>, _ start: Int) {
    let each: UInt64 = 0x0101_0101_0101_0101
    let top = 0x80 &* each
    var at = start
    var count = 0
    var eighth = 0
    // Whether the byte before is a digit, in the place that it has in the word before.
    var before: UInt64 = 0
    if let chunk = Chunk(record, from: start) {
      let digits = chunk.placesOfDigits
      let others = ~(digits | chunk.places(of: .space))
      // What stands behind the first other byte does not count.
      var begins = digits & ~(digits << 1) & ((others & (0 &- others)) &- 1)
      count = begins.nonzeroBitCount
      if count >= 8 {
        for _ in 0..<7 { _ = begins.takeLowest() }
        eighth = start &+ begins.trailingZeroBitCount
      }
      guard others == 0 || count >= 16 else { return nil }
      before = digits & (1 << 63)
      at &+= 64
    }
    if count >= 16 { at = record.count }
    while at < record.count {
      let word =
        at &+ 8 <= record.count ? record.word(at: at) : record.word(at, record.count)
      let low = word & ~top
      let isDigit = ~(((low ^ (0x30 &* each)) &+ (0x76 &* each)) | word) & top
      let isSpace = ~(((low ^ (0x20 &* each)) &+ (0x7f &* each)) | word) & top
      let isOther = ~(isDigit | isSpace) & top
      // The lowest byte that is neither, and all above it, do not count.
      let counts = isOther == 0 ? .max : (isOther & (0 &- isOther)) &- 1
      var begins = isDigit & ~(isDigit << 8 | before >> 56) & counts
      let more = Int(truncatingIfNeeded: ((begins >> 7) &* each) >> 56)
      if count < 8, count &+ more >= 8 {
        for _ in count..<7 { begins &= begins &- 1 }
        eighth = at &+ begins.trailingZeroBitCount / 8
      }
      count &+= more
      if count >= 16 || isOther != 0 { break }
      before = isDigit
      at &+= 8
    }
    guard count >= 16 else { return nil }
    var end = eighth
    while record.byte(end) == UInt8(ascii: "0") { end += 1 }
    let isPositive = record.byte(end).isDigit
    while record.byte(end).isDigit { end += 1 }
    // Longer ones are no times.
    hasHeader = isPositive && end - eighth <= 18
  }
}

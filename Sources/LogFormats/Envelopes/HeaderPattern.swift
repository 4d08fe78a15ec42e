import LogEvents

/// A header of which only the clock and its fraction may differ, compared by words: a fifth of what
/// `LastHeader` takes, which also knows other process ids.
struct HeaderPattern: BitwiseCopyable, Sendable {
  /// Longer headers are left to `LastHeader`.
  static let longest = 96

  /// The header's bytes, zeros where they may differ.
  private var bytes = InlineArray<6, SIMD16<UInt8>>(repeating: SIMD16(repeating: 0))
  private var masks = InlineArray<6, SIMD16<UInt8>>(repeating: SIMD16(repeating: 0))
  private var chunks = 0
  /// Bytes of the whole header; 0 where there is no pattern.
  private(set) var count = 0
  /// Where the clock stands in it.
  private var clock = 0
  private var digits = 0
  /// The clock of the last header that was like it.
  private(set) var last = Clock()

  struct Clock: BitwiseCopyable {
    /// `23:57:51` as it stands there.
    fileprivate var digits: UInt64 = 0
    /// Of the day.
    fileprivate(set) var second = 0
    /// The digits of the fraction, and what stands behind them.
    fileprivate var fraction: UInt64 = 0
  }

  init() {}

  /// The header [start, end) of `bytes`, whose clock begins at `clock` and has so many digits of a
  /// fraction, behind a mark.
  init(_ bytes: Span<UInt8>, _ start: Int, _ end: Int, clock: Int, digits: Int) {
    guard end - start <= Self.longest, start < end, digits <= 8 else { return }
    // Clock and fraction are looked at as eight bytes each.
    let wanted = max(end - start, clock - start + 17)
    guard wanted <= Self.longest else { return }
    self.clock = clock - start
    self.digits = digits
    count = end - start
    chunks = (wanted + 15) / 16
    let free = self.clock..<(self.clock + 8)
    let fraction = (free.upperBound + 1)..<(free.upperBound + 1 + digits)
    for at in 0..<count where !free.contains(at) && !fraction.contains(at) {
      masks[at / 16][at % 16] = 0xff
      self.bytes[at / 16][at % 16] = bytes[start + at]
    }
  }

  /// Whether a header like it stands at `start`; no where fewer bytes are left than are looked at.
  @inline(__always)
  mutating func isAlike(_ bytes: Span<UInt8>, at start: Int) -> Bool {
    guard count > 0, start >= 0, start &+ chunks &* 16 <= bytes.count else { return false }
    let raw = unsafe bytes.bytes
    var difference = SIMD16<UInt8>(repeating: 0)
    for place in 0..<chunks {
      let chunk = unsafe raw.unsafeLoadUnaligned(
        fromUncheckedByteOffset: start &+ place &* 16, as: SIMD16<UInt8>.self)
      difference |= (chunk & masks[place]) ^ self.bytes[place]
    }
    let halves = unsafe unsafeBitCast(difference, to: SIMD2<UInt64>.self)
    guard halves[0] | halves[1] == 0 else { return false }
    let word = unsafe bytes.uncheckedWord(at: start &+ clock)
    if word != last.digits {
      guard let second = bytes.secondOfDay(start + clock) else { return false }
      (last.digits, last.second) = (word, second)
    }
    guard digits > 0 else { return true }
    // Behind the mark.
    let fraction = unsafe bytes.uncheckedWord(at: start &+ clock &+ 9)
    last.fraction = fraction
    return Span<UInt8>.spellsDigits(fraction, count: digits)
  }

  /// The thousandths of a clock that was told, which its first three digits are.
  func thousandths(of clock: Clock) -> Int {
    guard digits > 0, var fraction = Span<UInt8>.number(clock.fraction, digits: digits) else {
      return 0
    }
    for _ in digits..<max(digits, 3) { fraction &*= 10 }
    for _ in 3..<max(digits, 3) { fraction /= 10 }
    return fraction
  }
}

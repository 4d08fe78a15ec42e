import LogEvents

/// A clock that remembers the stamp it read last: most differ from it in clock and fraction alone, and
/// are told again for a tenth of the instructions.
///
/// Stamps are told again before anything else of a record is known to be right, and set the clock
/// only when the record is: `settle` does that, `again` only remembers how a second is written.
struct StampClock: Sendable {
  /// A stamp that differs from the last one in clock and fraction alone.
  struct Known: BitwiseCopyable {
    var moment: LocalClock.Moment
    /// Where it ends.
    var end: Int
  }

  private var clock: LocalClock
  private var last = Layout()
  private var assumed = (zone: false, year: false)

  init(_ settings: FormatSettings) { clock = LocalClock(settings) }

  /// The moment of the stamp at `start`; `nil` where it must be read.
  mutating func again(_ bytes: Span<UInt8>, at start: Int) -> Known? {
    last.again(bytes, at: start)
  }

  /// Whether the day of the last stamp stands at `start`, whatever is behind it.
  @inline(__always)
  func isSameDay(_ bytes: Span<UInt8>, at start: Int) -> Bool { last.isSameDay(bytes, at: start) }

  /// Whether a day like that of the last stamp and a clock stand at `start`.
  @inline(__always)
  func isDayAgain(_ bytes: Span<UInt8>, at start: Int) -> Bool {
    last.second(bytes, at: start) != nil
  }

  /// The moment of a stamp that was told again.
  func settle(_ moment: LocalClock.Moment) -> LocalClock.Moment {
    if assumed.zone || assumed.year { clock.note(assumed) }
    return moment
  }

  /// The moment of a stamp that was read; it is unknown for an impossible date.
  mutating func settle(
    _ civil: CivilTime, readFrom stamp: ByteRange = .empty, of bytes: Span<UInt8>
  ) -> LocalClock.Moment {
    let time = clock.timestamp(civil)
    if time.isKnown, !stamp.isEmpty, let layout = Layout(bytes, stamp, time),
      clock.isPlain(civil, midnight: layout.midnight / 1000)
    {
      last = layout
      assumed = (zone: civil.offsetSeconds == nil, year: civil.year == 0)
    }
    return LocalClock.Moment(time: time, hasMilliseconds: civil.hasMilliseconds)
  }

  /// When a record was written: as its stamp says, which was told again or read, or else its carrier.
  mutating func moment(
    again known: LocalClock.Moment?, _ civil: CivilTime?, readFrom stamp: ByteRange,
    of record: Span<UInt8>, _ context: RecordContext
  ) -> LocalClock.Moment {
    if let known { return settle(known) }
    if let civil { return settle(civil, readFrom: stamp, of: record) }
    return LocalClock.Moment(time: context.time, hasMilliseconds: context.hasMilliseconds)
  }

  /// What the stamps of one day share.
  private struct Layout: BitwiseCopyable {
    /// The bytes of a stamp; 0 where none can be told again.
    var count = 0
    /// The bytes before the clock, in two words that overlap.
    var day: (UInt64, UInt64) = (0, 0)
    var dayCount = 0
    /// `235751` instead of `23:57:51`.
    var isBasic = false
    /// What divides the fraction from the second, and the number of its digits, which may be 0.
    var mark: UInt8 = 0
    var digits = 0
    /// Zone or year, behind the fraction: the last bytes of the word that ends there.
    var tail: UInt64 = 0
    var tailMask: UInt64 = 0
    var tailCount = 0
    /// The beginning of the day, in milliseconds since 1970.
    var midnight: Int64 = 0
    /// The clock as it was written last, and its second of the day.
    var clock: UInt64 = 0
    var clockSecond = 0

    init() {}

    init?(_ bytes: Span<UInt8>, _ stamp: ByteRange, _ time: Timestamp) {
      isBasic = bytes.byte(stamp.start + 8) == UInt8(ascii: "T")
      if isBasic {
        dayCount = 9
      } else {
        guard let colon = bytes.find(.colon, stamp.start, stamp.end) else { return nil }
        dayCount = colon - 2 - stamp.start
      }
      guard (8...16).contains(dayCount), stamp.end <= bytes.count,
        let second = Self.second(bytes, stamp.start + dayCount, isBasic)
      else { return nil }
      var at = stamp.start + dayCount + (isBasic ? 6 : 8)
      mark = bytes.byte(at)
      if mark == UInt8(ascii: ".") || mark == .comma {
        while bytes.byte(at + 1 + digits).isDigit { digits += 1 }
        guard digits == 3 || digits == 6 else { return nil }
        at += 1 + digits
      }
      tailCount = stamp.end - at
      // ` 2026`, `+0100` and longer ones end with two digits: what stands behind is no part of them, as
      // it may be of `+01`.
      let isWhole =
        (5...7).contains(tailCount) && bytes.byte(stamp.end - 1).isDigit
        && bytes.byte(stamp.end - 2).isDigit
      guard isWhole || tailCount == 1 && bytes.byte(at) == UInt8(ascii: "Z") else { return nil }
      tailMask = .max << UInt64(64 - 8 * tailCount)
      tail = bytes.word(at: stamp.end - 8) & tailMask
      let start = stamp.start
      day = (bytes.word(at: start), bytes.word(at: start + dayCount - 8))
      midnight = time.wholeSecond.milliseconds - Int64(second) * 1000
      (clock, clockSecond) = (clockWord(bytes, start), second)
      count = stamp.count
    }

    func isSameDay(_ bytes: Span<UInt8>, at start: Int) -> Bool {
      count > 0 && start >= 0 && start &+ count <= bytes.count
        && bytes.word(at: start) == day.0 && bytes.word(at: start &+ dayCount &- 8) == day.1
    }

    /// The second of the day of a stamp at `start`, of the same day.
    @inline(__always)
    func second(_ bytes: Span<UInt8>, at start: Int) -> Int? {
      guard isSameDay(bytes, at: start) else { return nil }
      return clockWord(bytes, start) == clock
        ? clockSecond : Self.second(bytes, start &+ dayCount, isBasic)
    }

    /// The clock of a stamp at `start`, which stands there whole.
    @inline(__always)
    private func clockWord(_ bytes: Span<UInt8>, _ start: Int) -> UInt64 {
      isBasic
        ? bytes.word(at: start &+ dayCount &- 2) >> 16 : bytes.word(at: start &+ dayCount)
    }

    mutating func again(_ bytes: Span<UInt8>, at start: Int) -> Known? {
      let end = start &+ count
      guard let second = second(bytes, at: start), bytes.word(at: end &- 8) & tailMask == tail
      else { return nil }
      (clock, clockSecond) = (clockWord(bytes, start), second)
      var time = midnight &+ Int64(second &* 1000)
      if digits > 0 {
        let stop = end &- tailCount
        let word = bytes.word(at: stop &- 8) >> UInt64(truncatingIfNeeded: 64 &- 8 &* digits)
        guard bytes[stop &- digits &- 1] == mark,
          let value = Span<UInt8>.number(word, digits: digits)
        else { return nil }
        time &+= Int64(digits == 3 ? value : value / 1000)
      }
      return Known(
        moment: LocalClock.Moment(
          time: Timestamp(milliseconds: time), hasMilliseconds: digits > 0),
        end: end)
    }

    private static func second(_ bytes: Span<UInt8>, _ at: Int, _ isBasic: Bool) -> Int? {
      guard isBasic else { return bytes.secondOfDay(at) }
      guard at >= 0, at &+ 6 <= bytes.count else { return nil }
      // Six digits at once, and pairs of them.
      let clock = bytes.word(at, at &+ 6) ^ 0x3030_3030_3030
      guard (clock | (clock &+ 0x0606_0606_0606)) & 0xf0f0_f0f0_f0f0 == 0 else { return nil }
      let pairs = clock &* 10 &+ clock >> 8
      return dayClock(hour: pairs, minute: pairs >> 16, second: pairs >> 32)
    }
  }
}

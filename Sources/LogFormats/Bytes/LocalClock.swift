import LogEvents

/// Turns the civil times of one file into UTC, with what was assumed for what records leave out.
struct LocalClock: Sendable {
  /// A time in UTC, and whether the record had a fraction.
  struct Moment: BitwiseCopyable {
    var time: Timestamp
    var hasMilliseconds: Bool
  }

  /// Seconds by which a record may stand behind a later one without the clock having been set back:
  /// records are written at the end of what they stamp with its start.
  private static let disorder: Int64 = 300

  private let zone: ZoneOffsets
  private let assumedYear: Int?
  private let assumptions: TimeAssumptions
  private var lastMonth = 0
  private var wraps = 0
  private var lastLocal = Int64.min
  private var isSecondPass = false
  private var wasRepeated = false
  private var lastStamp = LastStamp()

  init(_ settings: FormatSettings) {
    zone = settings.zone
    assumedYear = settings.assumedYear
    assumptions = settings.assumptions
  }

  /// The moment, or `.unknown` for an impossible date.
  mutating func timestamp(_ civil: CivilTime) -> Timestamp {
    guard civil.isValid else { return .unknown }
    var seconds = civil.seconds(inYear: civil.year == 0 ? year(of: civil) : civil.year)
    if let offset = civil.offsetSeconds {
      seconds -= Int64(offset)
    } else {
      seconds = utcSeconds(local: seconds)
    }
    return Timestamp(milliseconds: seconds * 1000 + Int64(civil.millisecond))
  }

  /// The moment of `20/Nov/2026:23:57:51.236 +0000`, fraction and zone optional; passes it.
  ///
  /// The stamp before is remembered, so that of most records only the clock is read.
  mutating func clfMoment(
    _ scan: inout ByteScanner
  ) throws(RecordFault) -> Moment {
    if let (moment, length) = clfMoment(likeLast: scan.bytes, scan.at) {
      scan.move(to: scan.at + length)
      return moment
    }
    let start = scan.at
    let civil = try scan.clfTime()
    let time = timestamp(civil)
    let moment = Moment(time: time, hasMilliseconds: civil.hasMilliseconds)
    lastStamp = LastStamp()
    if time.isKnown, let second = scan.bytes.secondOfDay(start + 12) {
      let midnight = time.wholeSecond.milliseconds / 1000 - Int64(second)
      if isPlain(civil, midnight: midnight) {
        lastStamp = LastStamp(scan.bytes, ByteRange(start, scan.at), civil, midnight: midnight)
      }
    }
    return moment
  }

  /// The moment of a stamp at `start` that differs from the one before in its clock alone, and its length.
  @inline(__always)
  mutating func clfMoment(likeLast bytes: Span<UInt8>, _ start: Int) -> (Moment, Int)? {
    guard let again = lastStamp.again(bytes, start) else { return nil }
    if lastStamp.assumesZone { assumptions.noteZone() }
    return again
  }

  /// What the stamps of one day share.
  private struct LastStamp {
    /// `20/Nov/2026:` in two words that overlap; 0 where none can be told again.
    var day: (UInt64, UInt64) = (0, 0)
    var hasThousandths = false
    /// The zone with the space before it; nothing where there is none.
    var zone: UInt64 = 0
    var zoneCount = 0
    var assumesZone = false
    /// The beginning of the day, in milliseconds since 1970.
    var midnight: Int64 = 0
    /// `23:57:51` as it was read last, and its second of the day.
    var clock: UInt64 = 0
    var second = 0
    /// `20/Nov/2026:23:57:51.` in three words and the beginning of that second, in milliseconds since 1970,
    /// where three digits follow and no zone; else words that no stamp has.
    private var wholeSecond: (UInt64, UInt64, UInt64) = (.max, .max, .max)
    private var start: Int64 = 0
    /// What stands behind those digits.
    private var behind: UInt8 = 0

    init() {}

    init(_ bytes: Span<UInt8>, _ stamp: ByteRange, _ civil: CivilTime, midnight: Int64) {
      let zoneStart = stamp.start + (civil.hasMilliseconds ? 24 : 20)
      // Fractions of other lengths and other zones than ` +0000` are read anew each time: a shorter
      // one would be taken for the beginning of a longer one.
      guard !bytes.byte(zoneStart).isDigit, stamp.end == zoneStart || stamp.end == zoneStart + 6
      else { return }
      day = (bytes.word(at: stamp.start), bytes.word(at: stamp.start + 4))
      hasThousandths = civil.hasMilliseconds
      zone = bytes.word(zoneStart, stamp.end)
      zoneCount = stamp.end - zoneStart
      assumesZone = civil.offsetSeconds == nil
      self.midnight = midnight * 1000
    }

    /// The moment of a stamp like the last one at `start`, and its length.
    @inline(__always)
    mutating func again(_ bytes: Span<UInt8>, _ start: Int) -> (Moment, Int)? {
      sameSecond(bytes, start) ?? sameDay(bytes, start)
    }

    /// As `again`, of the second of the last one.
    @inline(__always)
    private func sameSecond(_ bytes: Span<UInt8>, _ start: Int) -> (Moment, Int)? {
      guard let words = HalfChunk(bytes, from: start)?.words, words.0 == wholeSecond.0,
        words.1 == wholeSecond.1,
        words.2 & 0xff_ffff_ffff == wholeSecond.2, UInt8(truncatingIfNeeded: words.3) == behind,
        let thousandths = Span<UInt8>.threeDigits(words.2 &>> 40)
      else { return nil }
      let time = Timestamp(milliseconds: self.start &+ Int64(thousandths))
      return (Moment(time: time, hasMilliseconds: true), 24)
    }

    private mutating func sameDay(_ bytes: Span<UInt8>, _ start: Int) -> (Moment, Int)? {
      guard start &+ 32 <= bytes.count, day.0 != 0, bytes.word(at: start) == day.0,
        bytes.word(at: start &+ 4) == day.1
      else { return nil }
      let clock = bytes.word(at: start &+ 12)
      if clock != self.clock {
        guard let second = bytes.secondOfDay(start &+ 12) else { return nil }
        (self.clock, self.second) = (clock, second)
      }
      var time = midnight &+ Int64(second) &* 1000
      var length = 20
      // The fraction's mark, its digits and what stands behind it.
      let fraction = bytes.word(at: start &+ 20)
      if hasThousandths {
        guard UInt8(truncatingIfNeeded: fraction) == UInt8(ascii: "."),
          let thousandths = Span<UInt8>.threeDigits(fraction >> 8),
          !UInt8(truncatingIfNeeded: fraction >> 32).isDigit
        else { return nil }
        time &+= Int64(thousandths)
        length = 24
      } else {
        let mark = UInt8(truncatingIfNeeded: fraction)
        if mark == UInt8(ascii: ".") || mark == .comma { return nil }
      }
      if zoneCount == 0 {
        guard bytes[start &+ length] != .space else { return nil }
      } else {
        guard bytes.word(start &+ length, start &+ length &+ zoneCount) == zone else { return nil }
      }
      if hasThousandths, zoneCount == 0 {
        wholeSecond = (
          bytes.word(at: start), bytes.word(at: start &+ 8),
          bytes.word(at: start &+ 16) & 0xff_ffff_ffff
        )
        behind = UInt8(truncatingIfNeeded: fraction >> 32)
        self.start = midnight &+ Int64(second) &* 1000
      }
      let moment = Moment(
        time: Timestamp(milliseconds: time), hasMilliseconds: hasThousandths)
      return (moment, length &+ zoneCount)
    }
  }

  /// Whether all times of a day that name the zone and the year as `civil` does, or leave them out as
  /// it does, lie as far from its midnight as their clocks say.
  ///
  /// `midnight`: its beginning in seconds since 1970.
  func isPlain(_ civil: CivilTime, midnight: Int64) -> Bool {
    if civil.offsetSeconds == nil, !zone.isConstant(around: midnight) { return false }
    guard civil.year == 0, assumedYear == nil else { return true }
    // The year follows from the file's last change: not while that is in sight.
    return abs(assumptions.reference.milliseconds / 1000 + 86_400 - midnight - 43_200) > 86_400
  }

  /// Notes what records left out.
  func note(_ assumed: (zone: Bool, year: Bool)) {
    if assumed.zone { assumptions.noteZone() }
    if assumed.year { assumptions.noteYear() }
  }

  /// Of an hour that comes twice, the second pass begins where the clock jumps back.
  private mutating func utcSeconds(local: Int64) -> Int64 {
    assumptions.noteZone()
    let (first, second) = zone.offset(local: local)
    defer { lastLocal = local }
    guard let second else {
      (isSecondPass, wasRepeated) = (false, false)
      return local - Int64(first)
    }
    if wasRepeated {
      if lastLocal > local + Self.disorder { isSecondPass = true }
    } else {
      // Who comes from later hours is late by a moment; who comes from earlier ones is on his way.
      isSecondPass = lastLocal > local && lastLocal - local < 43_200
    }
    wasRepeated = true
    return local - Int64(isSecondPass ? second : first)
  }

  /// The year of a record that names none: the assumed one, a year later after each turn of the
  /// year; else the latest that does not lie more than a day after the file's last change.
  private mutating func year(of civil: CivilTime) -> Int {
    assumptions.noteYear()
    if let assumedYear {
      if lastMonth == 12, civil.month == 1 { wraps += 1 }
      if lastMonth == 1, civil.month == 12 { wraps -= 1 }
      lastMonth = civil.month
      return assumedYear + wraps
    }
    let reference = assumptions.reference
    guard reference.isKnown else { return 1970 }
    let limit = reference.milliseconds / 1000 + 86_400
    var year = 1970 + Int(limit / 31_556_952)
    while civil.seconds(inYear: year) > limit { year -= 1 }
    if civil.seconds(inYear: year + 1) <= limit { year += 1 }
    // The day of a leap year is of the latest one.
    if civil.month == 2, civil.day == 29 {
      while !Self.isLeap(year), year > 1970 { year -= 1 }
    }
    return year
  }

  private static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }
}

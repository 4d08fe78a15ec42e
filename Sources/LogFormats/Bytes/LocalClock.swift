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
  /// Which day `rememberedMidnight` is of; 0 is none.
  private var rememberedDay: UInt64 = 0
  /// Seconds since 1970 as if the local day were UTC.
  private var rememberedMidnight: Int64 = 0

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
  /// The day's midnight is remembered, so that a record costs its clock alone.
  mutating func clfMoment(
    _ scan: inout ByteScanner
  ) throws(RecordFault) -> Moment {
    let start = scan.at
    let key = dayKey(scan.bytes, start)
    guard key != 0, key == rememberedDay,
      let second = secondOfDay(scan.bytes, start + 12)
    else {
      let civil = try scan.clfTime()
      let time = timestamp(civil)
      if time.isKnown, civil.offsetSeconds != nil || zone.isFixed {
        rememberedDay = key
        rememberedMidnight = civil.seconds(inYear: civil.year) / 86_400 * 86_400
      }
      return Moment(time: time, hasMilliseconds: civil.hasMilliseconds)
    }
    var civil = CivilTime()
    scan.move(to: start + 20)
    scan.fractionAndZone(into: &civil)
    if civil.offsetSeconds == nil { assumptions.noteZone() }
    guard let offset = civil.offsetSeconds ?? zone.fixedOffset else {
      scan.move(to: start)
      civil = try scan.clfTime()
      return Moment(time: timestamp(civil), hasMilliseconds: civil.hasMilliseconds)
    }
    let seconds = rememberedMidnight + Int64(second - offset)
    return Moment(
      time: Timestamp(milliseconds: seconds * 1000 + Int64(civil.millisecond)),
      hasMilliseconds: civil.hasMilliseconds)
  }

  /// The twelve bytes of `20/Nov/2026:`, as one number; 0 when they are not of that shape.
  private func dayKey(_ bytes: Span<UInt8>, _ at: Int) -> UInt64 {
    guard at >= 0, at + 20 <= bytes.count, bytes[at + 2] == .slash, bytes[at + 6] == .slash,
      bytes[at + 11] == .colon
    else { return 0 }
    var key: UInt64 = 0
    for place in 0..<11 where place != 2 && place != 6 {
      // Nine bytes of seven bits fit.
      key = key << 7 | UInt64(bytes[at + place] & 0x7f)
    }
    return key
  }

  /// Seconds of `23:57:51`, or `nil` for another shape.
  private func secondOfDay(_ bytes: Span<UInt8>, _ at: Int) -> Int? {
    guard at >= 0, at + 8 <= bytes.count, bytes[at + 2] == .colon, bytes[at + 5] == .colon else {
      return nil
    }
    func two(_ place: Int) -> Int? {
      let (tens, ones) = (bytes[place] &- 48, bytes[place + 1] &- 48)
      return tens < 10 && ones < 10 ? Int(tens) * 10 + Int(ones) : nil
    }
    guard let hour = two(at), let minute = two(at + 3), let second = two(at + 6), hour < 24,
      minute < 60, second <= 60
    else { return nil }
    return hour * 3600 + minute * 60 + second
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

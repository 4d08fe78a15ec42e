import LogEvents

/// Days from 1970-01-01 to a day of the Gregorian calendar.
///
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
func daysFromCivil(_ year: Int, _ month: Int, _ day: Int) -> Int {
  let y = month <= 2 ? year - 1 : year
  let era = (y >= 0 ? y : y - 399) / 400
  let yearOfEra = y - era * 400
  let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
  let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/// The parts of a date and time as a record spells them, in the record's own zone.
struct CivilTime: BitwiseCopyable, Hashable, Sendable {
  /// 0 where the record has no year.
  var year = 0
  var month = 0
  var day = 0
  var hour = 0
  var minute = 0
  var second = 0
  var millisecond = 0
  var hasMilliseconds = false
  /// Seconds east of Greenwich; `nil` where the record names no zone.
  var offsetSeconds: Int?

  var isValid: Bool {
    (1...12).contains(month) && (1...31).contains(day) && hour < 24 && minute < 60 && second <= 60
      && (year == 0 || (1970...9999).contains(year))
  }

  /// Seconds since 1970 as if the civil time were UTC.
  func seconds(inYear year: Int) -> Int64 {
    Int64(daysFromCivil(year, month, day)) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
  }
}

/// The UTC offsets of a zone, resolved once by the rim so that no record needs a calendar.
package struct ZoneOffsets: Sendable, Hashable {
  /// An offset that holds from a moment on.
  package struct Step: Sendable, Hashable {
    /// UTC seconds since 1970.
    package var from: Int64
    /// Seconds east of Greenwich.
    package var offset: Int

    package init(from: Int64, offset: Int) {
      self.from = from
      self.offset = offset
    }
  }

  private let steps: [Step]
  private let base: Int

  /// - Parameters:
  ///   - base: the offset before the first step.
  ///   - steps: the changes, in order of time.
  package init(base: Int, steps: [Step] = []) {
    self.base = base
    self.steps = steps
  }

  package static let utc = ZoneOffsets(base: 0)

  /// The offset of a zone that never changes it.
  var fixedOffset: Int? { steps.isEmpty ? base : nil }
  var isFixed: Bool { steps.isEmpty }

  /// UTC seconds of a local time.
  ///
  /// Of a repeated hour the first is taken; a skipped hour counts on from before the change.
  func utcSeconds(local: Int64) -> Int64 { local - Int64(offset(local: local).first) }

  /// The offset of a local time, and the later one of an hour that the clock goes through twice.
  func offset(local: Int64) -> (first: Int, second: Int?) {
    var offset = base
    for step in steps {
      if local - Int64(offset) < step.from {
        let isRepeated = step.offset < offset && local - Int64(step.offset) >= step.from
        return (offset, isRepeated ? step.offset : nil)
      }
      offset = step.offset
    }
    return (offset, nil)
  }
}

/// Turns the civil times of one file into UTC, with what was assumed for what records leave out.
struct LocalClock: Sendable {
  private let zone: ZoneOffsets
  private let assumedYear: Int?
  private let reference: Timestamp
  private var lastMonth = 0
  private var wraps = 0
  private var lastLocal = Int64.min
  private var isSecondPass = false
  /// Which day `rememberedMidnight` is of; 0 is none.
  private var rememberedDay: UInt64 = 0
  /// Seconds since 1970 as if the local day were UTC.
  private var rememberedMidnight: Int64 = 0

  init(_ settings: FormatSettings) {
    zone = settings.zone
    assumedYear = settings.assumedYear
    reference = settings.reference
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
  ) throws(RecordFault) -> (time: Timestamp, hasMilliseconds: Bool) {
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
      return (time, civil.hasMilliseconds)
    }
    var civil = CivilTime()
    scan.move(to: start + 20)
    scan.fractionAndZone(into: &civil)
    guard let offset = civil.offsetSeconds ?? zone.fixedOffset else {
      scan.move(to: start)
      civil = try scan.clfTime()
      return (timestamp(civil), civil.hasMilliseconds)
    }
    let seconds = rememberedMidnight + Int64(second - offset)
    return (
      Timestamp(milliseconds: seconds * 1000 + Int64(civil.millisecond)), civil.hasMilliseconds
    )
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
    let (first, second) = zone.offset(local: local)
    defer { lastLocal = local }
    guard let second else {
      isSecondPass = false
      return local - Int64(first)
    }
    if lastLocal != .min, lastLocal > local + 1800 { isSecondPass = true }
    return local - Int64(isSecondPass ? second : first)
  }

  /// The year of a record that names none: the assumed one, a year later after each turn of the
  /// year; else the latest that does not lie more than a day after the file's last change.
  private mutating func year(of civil: CivilTime) -> Int {
    if let assumedYear {
      if lastMonth == 12, civil.month == 1 { wraps += 1 }
      if lastMonth == 1, civil.month == 12 { wraps -= 1 }
      lastMonth = civil.month
      return assumedYear + wraps
    }
    guard reference.isKnown else { return 1970 }
    let limit = reference.milliseconds / 1000 + 86_400
    var year = 1970 + Int(limit / 31_556_952)
    while civil.seconds(inYear: year) > limit { year -= 1 }
    if civil.seconds(inYear: year + 1) <= limit { year += 1 }
    return year
  }
}

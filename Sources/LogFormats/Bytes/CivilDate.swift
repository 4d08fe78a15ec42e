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

  /// As the person named it.
  package let name: String
  private let steps: [Step]
  private let base: Int

  /// - Parameters:
  ///   - base: the offset before the first step.
  ///   - steps: the changes, in order of time.
  ///   - name: how reports call the zone.
  package init(base: Int, steps: [Step] = [], name: String = "UTC") {
    self.name = name
    self.base = base
    self.steps = steps
  }

  package static let utc = ZoneOffsets(base: 0)

  var isFixed: Bool { steps.isEmpty }

  /// Whether one offset holds on a day and on its neighbours; `midnight` in seconds since 1970.
  func isConstant(around midnight: Int64) -> Bool {
    !steps.contains { abs($0.from - midnight) < 2 * 86_400 }
  }

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

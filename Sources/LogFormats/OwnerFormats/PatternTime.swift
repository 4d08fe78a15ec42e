import LogEvents

/// The time of one record as an owner's format spells it: whole, or in the pieces of `strftime`.
struct PatternTime {
  /// A moment that needs no calendar, or that the clock remembered.
  private var whole: LocalClock.Moment?
  private var stamp: CivilTime?
  private var pieces = CivilTime()
  private var hasPieces = false
  private var isAfternoon: Bool?
  private var fraction: Int?

  /// How much a whole stamp tells: 2 for a fraction, 1 for a zone; `nil` for pieces.
  ///
  /// `hasFraction` tells whether the format gives the fraction as a piece.
  static func rank(_ field: PatternField, hasFraction: Bool) -> Int? {
    switch field {
    case .ctime: 0
    case .iso: 1
    case .epochSeconds: hasFraction ? 3 : 1
    case .clf: 2
    case .epochDecimal, .epochMilliseconds, .epochMicroseconds: 3
    default: nil
    }
  }

  /// Takes the field if it is one of time.
  mutating func take(
    _ field: PatternField, _ record: Span<UInt8>, _ range: ByteRange, _ clock: inout LocalClock
  ) {
    guard !range.isEmpty else { return }
    let number = record.integer(range)
    switch field {
    case .clf:
      var scan = ByteScanner(record, from: range.start)
      whole = try? clock.clfMoment(&scan)
    case .iso:
      var scan = ByteScanner(record, from: range.start)
      stamp = try? scan.isoTime()
    case .ctime:
      var scan = ByteScanner(record, from: range.start)
      stamp = try? scan.ctimeTime()
    case .epochSeconds, .epochDecimal:
      let value = record.milliseconds(ofSeconds: range)
      let hasFraction = record.find(UInt8(ascii: "."), range.start, range.end) != nil
      take(milliseconds: value, hasFraction: hasFraction)
    case .epochMilliseconds: take(milliseconds: number, hasFraction: true)
    case .epochMicroseconds: take(milliseconds: number.map { $0 / 1000 }, hasFraction: true)
    case .thousandths: fraction = number
    case .millionths: fraction = number.map { $0 / 1000 }
    default: takePiece(field, record, range, number)
    }
  }

  private mutating func takePiece(
    _ field: PatternField, _ record: Span<UInt8>, _ range: ByteRange, _ number: Int?
  ) {
    let value = number ?? record.integer(record.trimmed(range)) ?? -1
    switch field {
    case .year: pieces.year = value
    // Two digits are of 1969 to 2068. Source: POSIX strptime, %y.
    case .shortYear: pieces.year = value < 69 ? 2000 + value : 1900 + value
    case .month: pieces.month = value
    case .monthName:
      var scan = ByteScanner(record, from: range.start)
      pieces.month = (try? scan.monthName()) ?? 0
    case .day: pieces.day = value
    case .hour, .halfDayHour: pieces.hour = value
    case .halfDay: isAfternoon = lowercased(record.byte(range.start)) == UInt8(ascii: "p")
    case .minute: pieces.minute = value
    case .second: pieces.second = value
    case .zone:
      let sign = record.byte(range.start) == .dash ? -1 : 1
      let hours = record.integer(ByteRange(range.start + 1, range.start + 3))
      let minutes = record.integer(ByteRange(range.end - 2, range.end))
      guard let hours, let minutes else { return }
      pieces.offsetSeconds = sign * (hours * 3600 + minutes * 60)
    default: return
    }
    hasPieces = true
  }

  private mutating func take(milliseconds: Int?, hasFraction: Bool) {
    guard let milliseconds, milliseconds >= 0 else { return }
    whole = LocalClock.Moment(
      time: Timestamp(milliseconds: Int64(milliseconds)), hasMilliseconds: hasFraction)
  }

  /// The date and time as spelled; `nil` when there was none, or only an epoch.
  var civil: CivilTime? {
    guard var civil = stamp ?? (hasPieces ? pieces : nil) else { return nil }
    if stamp == nil, let isAfternoon, (1...12).contains(civil.hour) {
      civil.hour = civil.hour % 12 + (isAfternoon ? 12 : 0)
    }
    // A piece that could not be read makes the time impossible.
    if min(civil.hour, civil.minute, civil.second) < 0 { civil.month = 0 }
    if !civil.hasMilliseconds, let fraction, (0..<1000).contains(fraction) {
      civil.millisecond = fraction
      civil.hasMilliseconds = true
    }
    return civil
  }

  /// The moment that the fields gave; `nil` when there were none, `.unknown` for an impossible one.
  func moment(_ clock: inout LocalClock) -> LocalClock.Moment? {
    guard var moment = whole else {
      return civil.map {
        LocalClock.Moment(time: clock.timestamp($0), hasMilliseconds: $0.hasMilliseconds)
      }
    }
    if !moment.hasMilliseconds, moment.time.isKnown, let fraction, (0..<1000).contains(fraction) {
      moment.time.milliseconds += Int64(fraction)
      moment.hasMilliseconds = true
    }
    return moment
  }
}

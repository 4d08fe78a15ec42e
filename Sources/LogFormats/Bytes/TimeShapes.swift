import LogEvents

/// The spellings of time that several products share. Each reads from `at`, moves past what it
/// read, and throws `.badTime` when the bytes are not of its shape.
extension ByteScanner {
  /// `2026-11-20T23:57:51.236Z`, `2026-11-20 23:57:51,236 +0100`, any fraction, zone optional.
  mutating func isoTime() throws(RecordFault) -> CivilTime {
    if let time = usualISOTime() { return time }
    var time = CivilTime()
    try date(separatedBy: .dash, into: &time)
    guard next == UInt8(ascii: "T") || next == .space else { throw .badTime }
    step()
    try clock(into: &time)
    zone(into: &time)
    return time
  }

  /// As `isoTime`, without asking for each digit; `nil` where it must be asked.
  private mutating func usualISOTime() -> CivilTime? {
    guard at &+ 32 <= bytes.count, bytes[at + 10] == UInt8(ascii: "T") || bytes[at + 10] == .space,
      let day = bytes.digits(at + 8, 2), let second = bytes.secondOfDay(at + 11)
    else { return nil }
    // `2026-11-` in one word: digits become numbers and dashes nothing.
    let date = bytes.word(at: at) ^ 0x2d30_302d_3030_3030
    let isDate = (date | (date &+ 0x0f06_060f_0606_0606)) & 0xf0f0_f0f0_f0f0_f0f0 == 0
    // The sixtieth second would become the next minute's first.
    guard isDate, bytes[at + 17] < UInt8(ascii: "6") else { return nil }
    func digit(_ place: UInt64) -> Int { Int(truncatingIfNeeded: date >> (place * 8) & 0xff) }
    var time = CivilTime()
    time.year = digit(0) * 1000 + digit(1) * 100 + digit(2) * 10 + digit(3)
    time.month = digit(5) * 10 + digit(6)
    time.day = day
    time.hour = second / 3600
    time.minute = second / 60 % 60
    time.second = second % 60
    move(to: at + 19)
    fraction(into: &time)
    zone(into: &time)
    return time
  }

  /// `2026/11/20 23:57:51`, as nginx writes its error log.
  mutating func slashedTime() throws(RecordFault) -> CivilTime {
    var time = CivilTime()
    try date(separatedBy: .slash, into: &time)
    try mark(.space)
    try clock(into: &time)
    return time
  }

  /// `20231114T081500.200Z`, ISO 8601 basic form; fraction and zone optional.
  mutating func basicTime() throws(RecordFault) -> CivilTime {
    var time = CivilTime()
    time.year = try digits(4)
    time.month = try digits(2)
    time.day = try digits(2)
    try mark(UInt8(ascii: "T"))
    time.hour = try digits(2)
    time.minute = try digits(2)
    time.second = try digits(2)
    fraction(into: &time)
    zone(into: &time)
    return time
  }

  /// `20/Nov/2026:23:57:51.236 +0000`; fraction and zone optional.
  mutating func clfTime() throws(RecordFault) -> CivilTime {
    var time = CivilTime()
    time.day = try digits(2)
    try mark(.slash)
    time.month = try monthName()
    try mark(.slash)
    time.year = try digits(4)
    try mark(.colon)
    try clock(into: &time)
    spacedZone(into: &time)
    return time
  }

  private mutating func spacedZone(into time: inout CivilTime) {
    guard next == .space, bytes.byte(at + 1) == .dash || bytes.byte(at + 1) == UInt8(ascii: "+")
    else { return }
    step()
    zone(into: &time)
  }

  /// `Nov 20 23:57:51` or `Nov  2 23:57:51.123`, the syslog stamp of RFC 3164: no year, no zone.
  mutating func syslogTime() throws(RecordFault) -> CivilTime {
    var time = CivilTime()
    time.month = try monthName()
    try mark(.space)
    skipSpaces()
    time.day = try shortNumber()
    try mark(.space)
    // Cisco and some relays put the year between day and time.
    if bytes.byte(at + 4) == .space {
      time.year = try digits(4)
      try mark(.space)
    }
    try clock(into: &time)
    return time
  }

  /// `Tue Nov 14 08:15:00.123456 2023`, the stamp of C's `ctime`; zone name before the year allowed.
  mutating func ctimeTime() throws(RecordFault) -> CivilTime {
    guard weekdayStandsHere else { throw .badTime }
    move(to: at + 4)
    var time = CivilTime()
    time.month = try monthName()
    try mark(.space)
    skipSpaces()
    time.day = try shortNumber()
    try mark(.space)
    try clock(into: &time)
    try mark(.space)
    time.year = try digits(4)
    return time
  }

  /// `Thu, 28 May 2020 22:48:15 UTC`, the stamp of RFC 1123; `GMT`, `UTC` or an offset.
  mutating func mailTime() throws(RecordFault) -> CivilTime {
    guard bytes.byte(at + 3) == .comma else { throw .badTime }
    move(to: at + 4)
    skipSpaces()
    var time = CivilTime()
    time.day = try shortNumber()
    try mark(.space)
    time.month = try monthName()
    try mark(.space)
    time.year = try digits(4)
    try mark(.space)
    try clock(into: &time)
    if skipIf(" GMT") || skipIf(" UTC") {
      time.offsetSeconds = 0
    } else {
      zone(into: &time)
    }
    return time
  }

  var weekdayStandsHere: Bool {
    guard at + 4 <= end, bytes[at + 3] == .space else { return false }
    switch bytes[at] {
    case UInt8(ascii: "M"): return bytes.has("Mon", at: at)
    case UInt8(ascii: "T"): return bytes.has("Tue", at: at) || bytes.has("Thu", at: at)
    case UInt8(ascii: "W"): return bytes.has("Wed", at: at)
    case UInt8(ascii: "F"): return bytes.has("Fri", at: at)
    case UInt8(ascii: "S"): return bytes.has("Sat", at: at) || bytes.has("Sun", at: at)
    default: return false
    }
  }

  /// `2026-11-20` or the like.
  private mutating func date(
    separatedBy separator: UInt8, into time: inout CivilTime
  ) throws(RecordFault) {
    time.year = try digits(4)
    try mark(separator)
    time.month = try digits(2)
    try mark(separator)
    time.day = try digits(2)
  }

  /// `23:57:51` with an optional fraction after a point or a comma.
  mutating func clock(into time: inout CivilTime) throws(RecordFault) {
    time.hour = try digits(2)
    try mark(.colon)
    time.minute = try digits(2)
    try mark(.colon)
    time.second = try digits(2)
    fraction(into: &time)
  }

  /// A month's English name of three letters, any case.
  mutating func monthName() throws(RecordFault) -> Int {
    let key =
      UInt32(lowercased(bytes.byte(at))) << 16 | UInt32(lowercased(bytes.byte(at + 1))) << 8
      | UInt32(lowercased(bytes.byte(at + 2)))
    let month: Int
    switch key {
    case 0x6a616e: month = 1
    case 0x666562: month = 2
    case 0x6d6172: month = 3
    case 0x617072: month = 4
    case 0x6d6179: month = 5
    case 0x6a756e: month = 6
    case 0x6a756c: month = 7
    case 0x617567: month = 8
    case 0x736570: month = 9
    case 0x6f6374: month = 10
    case 0x6e6f76: month = 11
    case 0x646563: month = 12
    default: throw .badTime
    }
    move(to: at + 3)
    return month
  }

  private mutating func digits(_ count: Int) throws(RecordFault) -> Int {
    var value = 0
    for _ in 0..<count {
      let digit = next &- 48
      guard digit < 10, !isAtEnd else { throw .badTime }
      value = value * 10 + Int(digit)
      step()
    }
    return value
  }

  private mutating func shortNumber() throws(RecordFault) -> Int {
    guard next.isDigit else { throw .badTime }
    return try bytes.byte(at + 1).isDigit ? digits(2) : digits(1)
  }

  private mutating func mark(_ byte: UInt8) throws(RecordFault) {
    guard next == byte, !isAtEnd else { throw .badTime }
    step()
  }

  private mutating func step() { move(to: at + 1) }

  private mutating func fraction(into time: inout CivilTime) {
    guard next == UInt8(ascii: ".") || next == .comma, bytes.byte(at + 1).isDigit else { return }
    step()
    var scale = 100
    while next.isDigit, !isAtEnd {
      time.millisecond += Int(next &- 48) * scale
      scale /= 10
      step()
    }
    time.hasMilliseconds = true
  }

  /// `Z`, `+01:00`, `+0100`, `-05`, after an optional space.
  private mutating func zone(into time: inout CivilTime) {
    let start = next == .space ? at + 1 : at
    let sign = bytes.byte(start)
    if sign == UInt8(ascii: "Z") {
      move(to: start + 1)
      time.offsetSeconds = 0
      return
    }
    guard sign == UInt8(ascii: "+") || sign == .dash,
      let hours = bytes.digits(start + 1, 2), hours < 24
    else { return }
    var stop = start + 3
    if bytes.byte(stop) == .colon { stop += 1 }
    var minutes = 0
    if let more = bytes.digits(stop, 2), more < 60 {
      minutes = more
      stop += 2
    }
    let seconds = hours * 3600 + minutes * 60
    time.offsetSeconds = sign == .dash ? -seconds : seconds
    move(to: stop)
  }
}

extension Span<UInt8> {
  /// The number of exactly so many digits at `start`; `nil` where one is none.
  @inline(__always)
  func digits(_ start: Int, _ count: Int) -> Int? {
    guard start >= 0, start &+ count <= self.count else { return nil }
    var value = 0
    for at in start..<(start &+ count) {
      let digit = self[at] &- 48
      guard digit < 10 else { return nil }
      value = value &* 10 &+ Int(digit)
    }
    return value
  }

  /// The second of the day of `23:57:51` at `at`; `nil` for another shape.
  func secondOfDay(_ at: Int) -> Int? {
    guard at >= 0, at &+ 8 <= count else { return nil }
    // In one word: digits become numbers and colons nothing.
    let clock = word(at: at) ^ 0x3030_3a30_303a_3030
    guard (clock | (clock &+ 0x0606_0f06_060f_0606)) & 0xf0f0_f0f0_f0f0_f0f0 == 0 else {
      return nil
    }
    let pairs = clock &* 10 &+ clock >> 8
    return dayClock(hour: pairs, minute: pairs >> 24, second: pairs >> 48)
  }
}

/// The second of the day that the lowest bytes of three words tell; `nil` where no clock shows them.
func dayClock(hour: UInt64, minute: UInt64, second: UInt64) -> Int? {
  let (hour, minute, second) = (hour & 0xff, minute & 0xff, second & 0xff)
  guard hour < 24, minute < 60, second <= 60 else { return nil }
  return Int(truncatingIfNeeded: hour &* 3600 &+ minute &* 60 &+ second)
}

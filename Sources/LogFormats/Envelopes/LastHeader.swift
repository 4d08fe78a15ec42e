import LogEvents

/// The syslog header that was read last: most lines differ from it in clock and process id alone.
///
/// Comparing a header takes a tenth of the instructions of reading it.
struct LastHeader: Sendable {
  /// The header in pieces: what stands before the clock `23:57:51`, what stands behind the clock
  /// and its fraction, what stands behind the process id.
  ///
  /// No clock begins a header.
  private var front: [UInt8] = []
  private var middle: [UInt8] = []
  private var back: [UInt8] = []
  /// What divides the second's fraction from the clock, and the number of its digits, which may be 0.
  private var mark: UInt8 = 0
  private var digits = 0
  private var hasProcess = false
  /// Seconds since 1970 of the local midnight of its day.
  private var midnight: Int64 = 0
  private(set) var told = RecordContext(line: 0)
  private var assumed = (zone: false, year: false)
  /// The last header with its process id.
  private var pattern = HeaderPattern()
  /// The ends of the process ids of the pattern and of the header that was peeled last.
  private var processes: (ofPattern: UInt64, last: UInt64) = (0, 0)

  /// Whether there is a header to compare with.
  var isKnown: Bool { !front.isEmpty }

  /// Where the record begins, if a header like the last one stands at `start`.
  mutating func peel(
    _ line: Span<UInt8>, from start: Int, _ clock: borrowing LocalClock,
    context: inout RecordContext
  ) -> Int? {
    guard !front.isEmpty, line.holds(front.span, at: start) else { return nil }
    var at = start + front.count
    guard let second = line.secondOfDay(at) else { return nil }
    at += 8
    var millisecond = 0
    if digits > 0 {
      guard line.byte(at) == mark else { return nil }
      var scale = 100
      for _ in 0..<digits {
        at += 1
        let digit = line.byte(at) &- 48
        guard digit < 10 else { return nil }
        millisecond += Int(digit) * scale
        scale /= 10
      }
      at += 1
    }
    guard line.holds(middle.span, at: at) else { return nil }
    at += middle.count
    var process: UInt64 = 0
    if hasProcess {
      let first = at
      while line.byte(at).isDigit { at += 1 }
      guard at > first, at - first <= 10 else { return nil }
      process = line.word(max(first, at - 8), at)
    }
    guard line.holds(back.span, at: at) else { return nil }
    at += back.count
    // A mark of UTF-8 is a part of the header.
    guard line.byte(at) != 0xef else { return nil }
    if hasProcess { note(process, line, start, at) }
    clock.note(assumed)
    let number = context.line
    context = told
    context.line = number
    context.time = Timestamp(milliseconds: (midnight + Int64(second)) * 1000 + Int64(millisecond))
    return at
  }

  /// A gateway that was started anew has another process id: the pattern follows at the second line.
  private mutating func note(_ process: UInt64, _ line: Span<UInt8>, _ start: Int, _ body: Int) {
    defer { processes.last = process }
    guard process != processes.ofPattern, process == processes.last else { return }
    processes.ofPattern = process
    pattern = HeaderPattern(line, start, body, clock: start + front.count, digits: digits)
  }

  /// As `peel`, for headers that differ from the last one in their clock alone, at a fifth of the cost:
  /// where the record begins.
  ///
  /// Apart from the loop that asks it, whose values would leave it no registers.
  @inline(never)
  mutating func peelAlike(_ bytes: Span<UInt8>, from start: Int) -> Int? {
    let body = start &+ pattern.count
    guard pattern.isAlike(bytes, at: start), body < bytes.count, bytes[body] != 0xef else {
      return nil
    }
    return body
  }

  /// That of the header which `peelAlike` knew last.
  var clock: HeaderPattern.Clock { pattern.last }

  /// Whether its stamps leave out their zone or their year.
  var isAssumed: Bool { assumed.zone || assumed.year }

  /// The time of a header with this clock, in milliseconds since 1970.
  func time(at clock: HeaderPattern.Clock) -> Int64 {
    (midnight &+ Int64(clock.second)) &* 1000 &+ Int64(pattern.thousandths(of: clock))
  }

  /// What `peel` would have told of the line that `peelAlike` knew last.
  func context(ofLine line: UInt32, _ clock: borrowing LocalClock) -> RecordContext {
    clock.note(assumed)
    var context = told
    context.line = line
    context.time = Timestamp(milliseconds: time(at: pattern.last))
    return context
  }

  /// Remembers the header [start, body), which is all that `context` knows of.
  mutating func note(
    _ line: Span<UInt8>, _ start: Int, _ body: Int, _ clock: borrowing LocalClock,
    _ context: RecordContext
  ) {
    front.removeAll(keepingCapacity: true)
    pattern = HeaderPattern()
    guard !context.tag.isNone, context.time.isKnown, body < line.count else { return }
    var scan = ByteScanner(line, from: start)
    if scan.next == UInt8(ascii: "<"), let close = line.find(UInt8(ascii: ">"), start, start + 5) {
      scan.move(to: close + 1)
      if line.byte(close + 1) == UInt8(ascii: "1"), line.byte(close + 2) == .space {
        scan.move(to: close + 3)
        // Only a header with all fields (RFC 5424 section 6) and no structured data ends at the same
        // place again.
        guard (start..<body).count(where: { line[$0] == .space }) == 7, line[body - 2] == .dash
        else { return }
      }
    }
    let stamp = scan.at
    guard let civil = scan.next.isDigit ? try? scan.isoTime() : try? scan.syslogTime(),
      let clockStart = line.find(.colon, stamp, scan.at).map({ $0 - 2 }),
      let second = line.secondOfDay(clockStart)
    else { return }
    midnight = context.time.wholeSecond.milliseconds / 1000 - Int64(second)
    guard clock.isPlain(civil, midnight: midnight) else { return }
    var at = clockStart + 8
    mark = line.byte(at)
    digits = 0
    if mark == UInt8(ascii: ".") || mark == .comma {
      while line.byte(at + 1 + digits).isDigit { digits += 1 }
      if digits > 0 { at += 1 + digits }
    }
    var process = ByteRange(body, body)
    if let open = line.findLast(.openBracket, in: ByteRange(at, body)) {
      let end = line.find(.closeBracket, open, body) ?? open
      if line.integer(ByteRange(open + 1, end)) != nil, line.byte(open + 1).isDigit {
        process = ByteRange(open + 1, end)
      }
    }
    hasProcess = !process.isEmpty
    front.append(line, start, clockStart)
    middle = []
    middle.append(line, at, process.start)
    back = []
    back.append(line, process.end, body)
    pattern = HeaderPattern(line, start, body, clock: clockStart, digits: digits)
    processes.ofPattern = line.word(max(process.start, process.end - 8), process.end)
    told = context
    assumed = (zone: civil.offsetSeconds == nil, year: civil.year == 0)
  }
}

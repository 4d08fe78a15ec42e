/// What modules hand to each other: about a thousand events, with the text they point into.
///
/// `clear()` empties events and text and keeps the names: an id stays good for the worker's life.
///
/// Public, as all that is in this module: what belongs to the package alone is not inlined in other modules,
/// which took a twentieth more instructions of every format.
public struct EventBatch: Sendable {
  /// Where a reader should hand the batch on.
  public static let fullCount = 1024
  /// Bytes of text at which it should.
  public static let fullText = 1 << 20

  public var events: [Event] = []
  public var names: NameTable
  public private(set) var text: [UInt8] = []
  /// What the next event is told apart by.
  public var place: UInt32 = 0

  /// What is counted instead of being told.
  public var successes = CountedSuccesses()

  /// Seconds in which records were written that tell nothing of a backend: they show that the log
  /// was alive.
  ///
  /// A second may stand here twice.
  public var witnessed: [Timestamp] = []
  /// Records that were told to be chatter, in all.
  public private(set) var chatter = 0
  /// Repetitions of events that are not in the batch yet.
  private var repetitions: [UInt32: Repetition] = [:]

  public init(names: NameTable = NameTable()) {
    self.names = names
    events.reserveCapacity(Self.fullCount + 64)
    text.reserveCapacity(1 << 16)
  }

  @inlinable
  public var isFull: Bool {
    events.count >= Self.fullCount || witnessed.count >= Self.fullCount
      || text.count >= Self.fullText || successes.isFull
  }

  /// The time of the last event.
  public var lastTime: Timestamp { events.last?.time ?? .unknown }

  /// Appends an event, which has its place where the reader stands.
  @inlinable
  @inline(__always)
  public mutating func append(_ event: Event) {
    var event = event
    event.place = place
    place &+= 1
    if successes.isLent { successes.tell(event, at: events.count) }
    events.append(event)
  }

  /// Counts a success in an access log, of a record that tells nothing more; no where it must be told.
  ///
  /// `part` is that of its member, told by `successes` in this lending.
  @inlinable
  @inline(__always)
  public mutating func countSuccess(
    at time: Int64, lasting duration: Int32, part: Int, pool: NameID, service: NameID,
    hasMilliseconds: Bool
  ) -> Bool {
    successes.take(
      at: time, lasting: duration, place: place, part: part, pool: pool, service: service,
      hasMilliseconds: hasMilliseconds, at: events.count)
  }

  /// The reader has come to this byte of its log, of which 32 bits are enough to draw samples.
  @inlinable
  @inline(__always)
  public mutating func stand(at offset: Int) { place = UInt32(truncatingIfNeeded: offset) }

  /// A logger's word that it wrote a record once instead of often.
  private struct Repetition: Sendable {
    var count: UInt32
    var until: Timestamp
  }

  /// Repetitions that wait for their event; chatter is repeated, too, and never comes.
  private static let mostRepetitions = 4096

  /// Counts `count` more of the event that stands on `line`, up to the time `until`; where it is yet
  /// to come, when it does.
  public mutating func addRepetitions(ofLine line: UInt32, count: UInt32, until: Timestamp) {
    let place = events.lastIndex { $0.line == line }
    if let place {
      add(Repetition(count: count, until: until), at: place)
      return
    }
    if repetitions.count >= Self.mostRepetitions { repetitions.removeAll() }
    let (sum, isOver) = (repetitions[line]?.count ?? 0).addingReportingOverflow(count)
    repetitions[line] = Repetition(count: isOver ? .max : sum, until: until)
  }

  /// Gives the repetitions that wait to the events that have come.
  public mutating func settleRepetitions() {
    guard !repetitions.isEmpty else { return }
    for place in events.indices {
      if let told = repetitions.removeValue(forKey: events[place].line) { add(told, at: place) }
    }
  }

  private mutating func add(_ told: Repetition, at place: Int) {
    let (sum, isOver) = events[place].count.addingReportingOverflow(told.count)
    events[place].count = isOver ? .max : sum
    guard told.until.isKnown, events[place].time.isKnown else { return }
    let span = told.until.milliseconds &- events[place].time.milliseconds
    events[place].spanMilliseconds = max(
      events[place].spanMilliseconds, UInt32(clamping: min(span, Self.longestSpan)))
  }

  /// A day: who repeats itself longer than that has a wrong clock.
  private static let longestSpan: Int64 = 86_400_000

  /// Notes that the log spoke in the second of `time`.
  public mutating func witness(_ time: Timestamp) {
    chatter &+= 1
    guard time.isKnown, witnessed.count < Self.fullCount else { return }
    let time = time.wholeSecond
    if let last = witnessed.last, last == time { return }
    witnessed.append(time)
  }

  /// Copies the bytes [start, end) into the batch's text.
  public mutating func keep(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> TextRange {
    guard start < end else { return .empty }
    let from = text.count
    text.append(bytes, start, end)
    return TextRange(start: UInt32(from), count: UInt32(text.count - from))
  }

  public mutating func keep(_ bytes: [UInt8]) -> TextRange { keep(bytes.span, 0, bytes.count) }

  /// The text of a range, with invalid UTF-8 repaired; `nil` when empty.
  public func string(_ range: TextRange) -> String? {
    guard !range.isEmpty else { return nil }
    let start = Int(range.start)
    return String(decoding: text[start..<(start + Int(range.count))], as: UTF8.self)
  }

  public mutating func clear() {
    events.removeAll(keepingCapacity: true)
    witnessed.removeAll(keepingCapacity: true)
    text.removeAll(keepingCapacity: true)
  }
}

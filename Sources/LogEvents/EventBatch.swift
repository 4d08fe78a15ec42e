/// What modules hand to each other: about a thousand events, with the text they point into.
///
/// `clear()` empties events and text and keeps the names: an id stays good for the worker's life.
package struct EventBatch: Sendable {
  /// Where a reader should hand the batch on.
  package static let fullCount = 1024

  package private(set) var events: [Event] = []
  package var names: NameTable
  package private(set) var text: [UInt8] = []

  /// Seconds in which records were written that tell nothing of a backend: they show that the log
  /// was alive.
  ///
  /// A second may stand here twice.
  package private(set) var witnessed: [Timestamp] = []

  package init(names: NameTable = NameTable()) {
    self.names = names
    events.reserveCapacity(Self.fullCount + 64)
    text.reserveCapacity(1 << 16)
  }

  package var isFull: Bool {
    events.count >= Self.fullCount || witnessed.count >= Self.fullCount || text.count >= 1 << 20
  }

  package mutating func append(_ event: Event) { events.append(event) }

  /// Notes that the log spoke in the second of `time`.
  package mutating func witness(_ time: Timestamp) {
    guard time.isKnown, witnessed.count < Self.fullCount else { return }
    let time = time.wholeSecond
    if let last = witnessed.last, last == time { return }
    witnessed.append(time)
  }

  /// Copies the bytes [start, end) into the batch's text.
  package mutating func keep(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> TextRange {
    guard start < end else { return .empty }
    let from = text.count
    for at in start..<end { text.append(bytes[at]) }
    return TextRange(start: UInt32(from), count: UInt32(end - start))
  }

  package mutating func keep(_ bytes: [UInt8]) -> TextRange { keep(bytes.span, 0, bytes.count) }

  /// The text of a range, with invalid UTF-8 repaired; `nil` when empty.
  package func string(_ range: TextRange) -> String? {
    guard !range.isEmpty else { return nil }
    let start = Int(range.start)
    return String(decoding: text[start..<(start + Int(range.count))], as: UTF8.self)
  }

  package mutating func clear() {
    events.removeAll(keepingCapacity: true)
    witnessed.removeAll(keepingCapacity: true)
    text.removeAll(keepingCapacity: true)
  }
}

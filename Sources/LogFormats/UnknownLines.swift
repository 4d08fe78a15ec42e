import LogEvents

/// Lines in a row that no dialect of the file knows, kept until they are enough to be sniffed.
///
/// A file may change its product far behind the head that was sniffed: two logs concatenated, a
/// collector that was given a second source. Lines are counted, not bytes, so that blocks of any size
/// tell the same.
struct UnknownLines: Sendable {
  /// Fewer lines than this, at the end of the file, are not worth a look.
  static let fewest = 3
  /// How many lines in a row cause a look; doubled after each look in vain, up to `most`.
  private var enough = 12
  private static let most = 256
  /// Bytes that are kept at most.
  private static let limit = 256 * 1024
  /// How many of the last lines are looked at: few first, for those before them may be the rest of a
  /// record of the dialect that is known.
  static let samples = [8, 32]

  var isWatching = false
  private(set) var hasLooked = false
  private var bytes: [UInt8] = []
  private var lines: [(end: Int, number: UInt32)] = []
  /// From which line on they were taken for the rest of the record that is under assembly, and how
  /// long it was before.
  private var held: (index: Int, pending: Int)?
  /// The line that the record under assembly began with, where an envelope was taken off it.
  private var first: [UInt8] = []

  var count: Int { lines.count }
  var isEnough: Bool { lines.count >= enough || bytes.count >= Self.limit }

  func tellOpen(to state: inout OpenState) {
    state.add(lines.count)
    for line in lines { state.add(line: line.number) }
    state.add(bytes)
    state.add(held?.index)
    state.add(held?.pending)
    state.add(first)
  }

  mutating func append(_ line: Span<UInt8>, number: UInt32) {
    bytes.append(line, 0, line.count)
    bytes.append(.newline)
    lines.append((bytes.count, number))
  }

  /// The next line goes on with a record that is `pending` bytes long so far.
  mutating func isHeld(from pending: Int) {
    if held == nil { held = (lines.count, pending) }
  }

  /// A record of which `content` bytes are left without the envelope begins with this line.
  mutating func begin(_ line: Span<UInt8>, content: Int) {
    if content < line.count { first.append(line, 0, line.count) }
  }

  /// The record that lines were taken for the rest of is unknown itself.
  mutating func replaceHeld(with record: Span<UInt8>, number: UInt32) {
    var line: [UInt8] = []
    swap(&line, &first)
    dropHeld()
    // What its envelope says is wanted when it is read again.
    if line.isEmpty {
      append(record, number: number)
    } else {
      line.append(record, record.find(.newline, 0, record.count) ?? record.count, record.count)
      append(line.span, number: number)
    }
  }

  /// The record that lines were taken for the rest of is known.
  mutating func dropHeld() {
    first.removeAll(keepingCapacity: true)
    guard let held else { return }
    lines.removeSubrange(held.index...)
    bytes.removeSubrange((lines.last?.end ?? 0)...)
    self.held = nil
  }

  mutating func clear() {
    guard !lines.isEmpty || held != nil else { return }
    bytes.removeAll(keepingCapacity: true)
    lines.removeAll(keepingCapacity: true)
    held = nil
  }

  mutating func lookedInVain() {
    hasLooked = true
    enough = min(2 * enough, Self.most)
    clear()
  }

  /// The last lines, at most `most` of them.
  @_lifetime(borrow self)
  borrowing func sample(_ most: Int) -> Span<UInt8> {
    let skipped = lines.count - most
    let start = skipped > 0 ? lines[skipped - 1].end : 0
    return bytes.span.extracting(start..<bytes.count)
  }

  /// Line `index` without its line end, and its number in the file.
  func line(_ index: Int) -> (range: ByteRange, number: UInt32) {
    let start = index > 0 ? lines[index - 1].end : 0
    return (ByteRange(start, lines[index].end - 1), lines[index].number)
  }

  /// How many of the lines were records of their own, and how long the one under assembly is
  /// without the others.
  var whole: (count: Int, pending: Int?) { (held?.index ?? lines.count, held?.pending) }

  /// Gives the lines away.
  mutating func take() -> [UInt8] {
    var taken: [UInt8] = []
    swap(&taken, &bytes)
    return taken
  }
}

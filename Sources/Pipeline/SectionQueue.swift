/// Shares a file out among workers: a section each, and when there is none left, the second half of what
/// the slowest still has before it.
///
/// A worker goes on with what it has of its section, so that few digests are to be merged, and only lines
/// before a cut are counted by anybody but who reads them.
struct SectionQueue {
  enum Job {
    case read(Section)
    /// To look for a cut behind `wanted`, for `split`.
    case cut(section: Int, wanted: Int)
  }

  /// A section that is to be read.
  struct Section {
    var start: Int
    /// The nearest place before it that is known, and the lines before that.
    var known: (at: Int, lines: Int)
  }

  private struct Part {
    var start: Int
    /// `.max` for the last one: the log may grow.
    var end: Int
    /// It may not be cut before.
    var granted: Int
    /// How far it was read, and the lines of the log before that.
    var told: (at: Int, lines: Int)?
    var isTaken = false
    var isWhole = false
  }

  /// Bytes that a worker is granted at a time.
  private let grant: Int
  /// Bytes of the least section that is split off.
  private let least: Int
  private let size: Int
  private var parts: [Part]

  /// Of a file of `size` bytes.
  init(size: Int, grant: Int, least: Int) {
    self.size = size
    self.grant = grant
    self.least = least
    parts = [Part(start: 0, end: .max, granted: 0)]
  }

  /// What a worker that has nothing to do may do next; `nil` for nothing.
  mutating func next() -> Job? {
    if let place = parts.firstIndex(where: { !$0.isTaken }) {
      parts[place].isTaken = true
      let known = parts[...place].compactMap(\.told).last ?? (0, 0)
      return .read(Section(start: parts[place].start, known: known))
    }
    let most = parts.indices.filter { !parts[$0].isWhole }.max { left(parts[$0]) < left(parts[$1]) }
    guard let most, left(parts[most]) >= 2 * least else { return nil }
    return .cut(section: parts[most].start, wanted: parts[most].granted + left(parts[most]) / 2)
  }

  /// Splits a section, if it has not been read so far; `nil` where it cannot be.
  mutating func split(_ section: Int, at cut: Int?) {
    guard let place = place(section) else { return }
    guard let cut else {
      parts[place].isWhole = true
      return
    }
    guard cut >= parts[place].granted, cut < parts[place].end else { return }
    let behind = Part(start: cut, end: parts[place].end, granted: cut)
    parts[place].end = cut
    parts.insert(behind, at: place + 1)
  }

  /// Splits the whole, of which nothing has been read, into sections of so many bytes or a little more,
  /// cut where `cut` says.
  mutating func split(all most: Int, _ cut: (_ wanted: Int) throws -> Int?) rethrows {
    var start = 0
    while start + most < size, let end = try cut(start + most) {
      split(start, at: end)
      start = end
    }
  }

  /// How far its reader may go on, having read to `told`; it has come to the end when told the same again.
  mutating func grant(_ section: Int, _ told: (at: Int, lines: Int)) -> Int {
    guard let place = place(section) else { return told.at }
    parts[place].told = told
    let end = min(parts[place].end, parts[place].granted + grant)
    parts[place].granted = end
    return end
  }

  /// Whether the log ends with the section.
  func isLast(_ section: Int) -> Bool { parts.last?.start == section }

  private func place(_ section: Int) -> Int? { parts.firstIndex { $0.start == section } }

  private func left(_ part: Part) -> Int { max(0, min(size, part.end) - part.granted) }
}

/// Shares a file out among workers: a section each, and when there is none left, the second half of what
/// the slowest still has before it, or all but what that will soon have read.
///
/// A worker goes on with what it has of its section, so that few digests are to be merged.
struct SectionQueue {
  enum Job {
    /// To read the section that starts there.
    case read(Int)
    /// To look for a cut behind `wanted`, for `split`.
    case cut(section: Int, wanted: Int)
  }

  private struct Part {
    var start: Int
    /// `.max` for the last one: the log may grow.
    var end: Int
    /// It may not be cut before.
    var granted: Int
    var isTaken = false
    var isWhole = false
  }

  /// Backends whose digests take much together.
  private static let many = 64

  /// Bytes that a worker is granted at a time.
  private let grant: Int
  /// Bytes of the least section that is split off.
  private let least: Int
  /// Bytes that are left to the slowest at most.
  private let most: Int
  private let size: Int
  private var parts: [Part]

  /// Of a file of `size` bytes.
  init(size: Int, grant: Int, least: Int, most: Int) {
    self.size = size
    self.grant = grant
    self.least = least
    self.most = most
    parts = [Part(start: 0, end: .max, granted: 0)]
  }

  /// What a worker that has nothing to do may do next; `nil` for nothing.
  ///
  /// How coarse a section's digest may be is known from what came before. It takes little if it is of a part of
  /// that only, and a small part it must be where there are many `backends`.
  mutating func next(backends: Int) -> Job? {
    if let place = parts.firstIndex(where: { !$0.isTaken }) {
      parts[place].isTaken = true
      return .read(parts[place].start)
    }
    let slowest = parts.indices.filter { !parts[$0].isWhole }.max {
      left(parts[$0]) < left(parts[$1])
    }
    guard let slowest, left(parts[slowest]) >= 2 * least else { return nil }
    let come = parts[slowest].granted
    let share = backends > Self.many ? max(1 << 20, come / 32) : max(4 << 20, come / 2)
    return .cut(
      section: parts[slowest].start,
      wanted: come + min(left(parts[slowest]) / 2, share, most))
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

  /// How far its reader may go on; it has come to the end when told the same again.
  mutating func grant(_ section: Int) -> Int {
    guard let place = place(section) else { return section }
    let end = min(parts[place].end, parts[place].granted + grant)
    parts[place].granted = end
    return end
  }

  /// Whether the log ends with the section.
  func isLast(_ section: Int) -> Bool { parts.last?.start == section }

  private func place(_ section: Int) -> Int? { parts.firstIndex { $0.start == section } }

  private func left(_ part: Part) -> Int { max(0, min(size, part.end) - part.granted) }
}

import Glibc
import LogIntake
import Synchronization

/// How many lines of a log come before a place, counted by all who ask: what one has counted, others need
/// not.
final class LineCounts: Sendable {
  private enum Block { case isBeingCounted, counted(Int) }

  private let log: PlainLog
  /// Counted at a time, in bytes.
  private let blockBytes: Int
  /// By their places in the log, in blocks.
  private let blocks = Mutex<[Int: Block]>([:])

  init(_ log: PlainLog, blockBytes: Int = 8 << 20) {
    self.log = log
    self.blockBytes = blockBytes
  }

  /// The lines before `place`, where those before another place are known.
  func lines(before place: Int, _ known: (at: Int, lines: Int)) throws(SourceProblem) -> Int {
    guard known.at <= place else {
      return known.lines - (try log.lineCount(in: place..<known.at))
    }
    let first = (known.at + blockBytes - 1) / blockBytes
    let last = place / blockBytes
    guard first < last else { return known.lines + (try log.lineCount(in: known.at..<place)) }
    let ends =
      try log.lineCount(in: known.at..<first * blockBytes)
      + log.lineCount(in: last * blockBytes..<place)
    return try known.lines + ends + lines(in: first..<last)
  }

  private func lines(in range: Range<Int>) throws(SourceProblem) -> Int {
    while true {
      if let sum = sum(of: range) { return sum }
      guard let block = take(of: range) else {
        // Others are at the last ones.
        usleep(100)
        continue
      }
      let start = block * blockBytes
      do throws(SourceProblem) {
        let count = try log.lineCount(in: start..<start + blockBytes)
        blocks.withLock { $0[block] = .counted(count) }
      } catch {
        // Who waits for it will meet the same.
        blocks.withLock { $0[block] = nil }
        throw error
      }
    }
  }

  /// `nil` while some are not counted.
  private func sum(of range: Range<Int>) -> Int? {
    blocks.withLock { blocks in
      var sum = 0
      for block in range {
        guard case .counted(let count) = blocks[block] else { return nil }
        sum += count
      }
      return sum
    }
  }

  /// One that nobody counts.
  private func take(of range: Range<Int>) -> Int? {
    blocks.withLock { blocks in
      let free = range.first { blocks[$0] == nil }
      if let free { blocks[free] = .isBeingCounted }
      return free
    }
  }
}

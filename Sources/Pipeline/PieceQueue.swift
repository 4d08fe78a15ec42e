import LogFormats
import LogIntake

/// Hands out the pieces of a log to its workers: each to be counted, then to be read.
///
/// Pieces are counted ahead of those that are read, so that nobody waits for a neighbour's count.
struct PieceQueue {
  enum Job {
    /// To count the lines of a piece, and `note` them.
    case count(LogPiece)
    case read(LogPiece)
    /// A neighbour's count is missing.
    case wait
  }

  private var cutter: LogCutter
  private let ahead: Int
  private var isCut = false
  /// Pieces in their order that are not handed out to be read.
  private var waiting: [LogPiece] = []
  /// Where pieces end and how many lines they have, by where they start.
  private var counts: [Int: (end: Int, lines: Int)] = [:]
  /// Where the first piece starts whose lines are not counted, and the lines before it.
  private var known = (start: 0, lines: 0)

  /// For so many workers.
  init(_ cutter: LogCutter, workers: Int) {
    self.cutter = cutter
    ahead = 2 * workers
  }

  /// What is told of the whole log when there is no further job.
  var told: (hash: ContentHash.Value?, byteCount: Int) { (cutter.contentHash, cutter.byteCount) }

  /// The next job; `nil` when all pieces are handed out.
  mutating func next(_ cutting: Cutting) throws(SourceProblem) -> Job? {
    if !isCut, waiting.count < ahead || !isReadable {
      if let piece = try cutter.next({ cutting.mayBegin($0, after: $1) }) {
        if piece.linesBefore != nil { return .read(piece) }
        waiting.append(piece)
        tell()
        return .count(piece)
      }
      isCut = true
    }
    if isReadable { return .read(waiting.removeFirst()) }
    return waiting.isEmpty ? nil : .wait
  }

  private var isReadable: Bool { waiting.first?.linesBefore != nil }

  /// Takes down the count of a piece's lines.
  mutating func note(_ lines: Int, of piece: LogPiece) {
    counts[piece.range.lowerBound] = (piece.range.upperBound, lines)
    while let next = counts.removeValue(forKey: known.start) {
      known = (next.end, known.lines + next.lines)
      tell()
    }
  }

  /// Tells the piece that starts behind the known ones what stands before it.
  private mutating func tell() {
    let place = waiting.firstIndex { $0.range.lowerBound == known.start }
    if let place { waiting[place].linesBefore = known.lines }
  }
}

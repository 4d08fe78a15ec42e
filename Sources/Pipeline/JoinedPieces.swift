import Correlator
import LogEvents
import LogFormats

/// Who reads records, with the batch whose names it knows.
struct OpenReader: Sendable {
  var reader: RecordReader
  var batch = EventBatch()
}

/// What one piece of a log told.
struct PieceTold: Sendable {
  var end: Int
  var isLast: Bool
  /// The line of an event is counted from so many lines before the piece.
  var linesBefore: Int
  var counts: ReadingCounts
  /// Events outside the asked window.
  var outside: Int
  var digest: Digest
  var memory: TransactionMemory
  /// The names that it met, by their hashes.
  var names: [UInt64]
  var assumed: (zone: Bool, year: Bool)
  /// Nothing of it depends on other pieces, but for what is open at its ends.
  var standsAlone: Bool
  /// What was open where it begins and ends, where it overlaps the one before; `nil` where nobody can tell.
  var open: (first: Int?, last: Int?) = (nil, nil)
  /// Who may read on behind it, where pieces overlap.
  var rest: OpenReader?
}

/// What all pieces of a log told so far, in their order.
struct JoinedPieces: Sendable {
  /// Reads a piece: who has read the one before it, and what that told.
  typealias Reading = @Sendable (OpenReader?, TransactionMemory) -> PieceTold?

  private(set) var counts = ReadingCounts()
  private(set) var outside = 0
  private(set) var digest = Digest()
  private var memory = TransactionMemory()
  private var names: Set<UInt64> = []
  private(set) var assumed = (zone: false, year: false)
  /// Who may read on behind the last piece, and what that left open.
  private var rest: OpenReader?
  private var openAtEnd: Int?
  /// Those whose neighbour before is not there yet, by where they start.
  private var waiting: [Int: (told: PieceTold, again: Reading)] = [:]
  private(set) var end = 0
  private(set) var isWhole = false
  /// The log must be read whole.
  var isRefused = false

  /// Takes what the piece told that starts there; `nil` where it could not be read.
  ///
  /// Nothing is left there: with a second owner a digest would be copied when they merge.
  mutating func take(
    _ told: inout PieceTold?, from start: Int, again: @escaping Reading
  ) {
    guard told?.standsAlone == true, let piece = told.take() else {
      isRefused = true
      return
    }
    waiting[start] = (consume piece, again)
    while var next = waiting.removeValue(forKey: end), !isRefused {
      append(&next.told, again: next.again)
    }
  }

  private mutating func append(_ told: inout PieceTold, again: Reading) {
    let isOpenElse = rest != nil && (openAtEnd == nil || told.open.first != openAtEnd)
    if isOpenElse || memory.touches(told.memory) {
      told.digest = Digest()
      guard let second = again(rest, memory), second.standsAlone else {
        isRefused = true
        return
      }
      told = second
      memory = told.memory
    } else {
      memory.goOn(with: told.memory)
    }
    (rest, openAtEnd) = (told.rest, told.open.last)
    told.digest.moveLines(by: counts.lines - told.linesBefore)
    if end == 0 { swap(&digest, &told.digest) } else { digest.merge(told.digest) }
    counts.merge(told.counts)
    outside += told.outside
    assumed.zone = assumed.zone || told.assumed.zone
    assumed.year = assumed.year || told.assumed.year
    names.formUnion(told.names)
    end = told.end
    isWhole = told.isLast
    // What stands for all further names, paths and backends depends on which came first.
    if names.count >= NameTable.mostNames - 2 || digest.pathCount > DigestBuilder.pathLimit
      || digest.backends.count > DigestBuilder.backendLimit
    {
      isRefused = true
    }
  }
}

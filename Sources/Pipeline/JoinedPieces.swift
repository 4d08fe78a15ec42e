import Correlator
import LogEvents
import LogFormats

/// What one piece of a log told.
struct PieceTold: Sendable {
  var end: Int
  var isLast: Bool
  var linesBefore: Int
  var counts: ReadingCounts
  /// Events outside the asked window.
  var outside: Int
  var digest: Digest
  var memory: TransactionMemory
  /// The names that it met, by their hashes.
  var names: [UInt64]
  var assumed: (zone: Bool, year: Bool)
  var stoodAlone: Bool
}

/// What all pieces of a log told so far, in their order.
struct JoinedPieces: Sendable {
  /// Reads a piece again, with what was told before it.
  typealias Again = @Sendable (TransactionMemory, SampleBounds) -> PieceTold?

  private(set) var counts = ReadingCounts()
  private(set) var outside = 0
  private(set) var digest = Digest()
  private var memory = TransactionMemory()
  private var names: Set<UInt64> = []
  private(set) var assumed = (zone: false, year: false)
  /// Those whose neighbour before is not there yet, by where they start.
  private var waiting: [Int: (told: PieceTold, again: Again)] = [:]
  private(set) var end = 0
  private(set) var isWhole = false
  /// The log must be read whole.
  var isRefused = false

  /// Takes what the piece told that starts there; `nil` where it could not be read.
  mutating func take(_ told: PieceTold?, from start: Int, again: @escaping Again) {
    guard let told, told.stoodAlone else {
      isRefused = true
      return
    }
    waiting[start] = (told, again)
    while let next = waiting.removeValue(forKey: end), !isRefused {
      append(next.told, again: next.again)
    }
  }

  private mutating func append(_ first: PieceTold, again: Again) {
    var told = first
    if memory.touches(told.memory) {
      guard let second = again(memory, SampleBounds(of: digest)) else {
        isRefused = true
        return
      }
      told = second
      memory = told.memory
    } else {
      memory.goOn(with: told.memory)
    }
    if end == 0 { digest = told.digest } else { digest.merge(told.digest) }
    counts.merge(told.counts, linesBefore: told.linesBefore)
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

import Correlator
import Dispatch
import LogEvents
import LogFormats
import LogIntake
import Synchronization

extension Run {
  /// Of packed logs a piece is held in memory for each worker.
  private static let packedBytes = 4 << 20
  /// A cut costs what reading half a megabyte does; many pieces keep all workers busy to the end.
  private static func plainBytes(of size: Int) -> Int { min(max(8 << 20, size / 48), 20 << 20) }
  /// Times that a packed log unpacks to at least; most logs do to ten.
  private static let leastRatio = 4

  /// The large files that can be cut, each read by all workers, by their places among the sources.
  ///
  /// A file of a rotated log goes on where the one before it ended, and is read whole.
  func readInPieces(
    _ sources: [Source], _ gateway: (Source) -> String
  ) -> [Int: FileResult<DigestConsumer>] {
    guard workers > 1 || pieceBytes != nil, !keepsRejects, printed == nil else { return [:] }
    let packed = pieceBytes ?? Self.packedBytes
    var results: [Int: FileResult<DigestConsumer>] = [:]
    for unit in LogSet.units(sources) where unit.count == 1 {
      let source = sources[unit[0]]
      guard source.size > packed / Self.leastRatio,
        !asked.excludes(changedAt: source.modifiedMilliseconds)
      else { continue }
      let plain = pieceBytes ?? Self.plainBytes(of: source.size)
      // What cannot be read is told when the file is read whole.
      _ = try? Contents.read(source) { log in
        if !log.isPlain || source.size > plain {
          results[unit[0]] = inPieces(
            log, gateway(source), pieceBytes: log.isPlain ? plain : packed)
        }
        return .enough
      }
    }
    return results
  }

  /// `nil` when it must be read whole.
  private func inPieces(
    _ log: OpenLog, _ gateway: String, pieceBytes: Int
  ) -> FileResult<DigestConsumer>? {
    // As the reader of the whole file chooses.
    let settings = settings(log.source)
    log.isHashed = hashes(log.source)
    let head = log.headHash
    guard let choice = Sniffer.choose(log.peek(OpenLog.blockBytes).span, settings),
      let cutting = Cutting(choice, settings),
      let cutter = try? LogCutter(log, pieceBytes: pieceBytes)
    else { return nil }
    return PieceRun(run: self, source: log.source, choice: choice, gateway: gateway, head: head)
      .read(cutting, cutter)
  }
}

/// One large file, cut at line ends and read by all workers.
///
/// Every piece has a digest of its own; pieces merge exactly. Which transactions had failed before it a
/// piece cannot know: should it meet one of those, it is read again with them in mind. Should anything
/// else reach over a cut, the file is read whole.
struct PieceRun: Sendable {
  /// What one piece told.
  private struct Told {
    var piece: LogPiece
    var result: FileResult<DigestConsumer>
    var digest: Digest
    /// The names that it met, by their hashes.
    var names: [UInt64]
    var assumed: (zone: Bool, year: Bool)
    var stoodAlone: Bool
  }

  /// What all pieces told so far, in their order.
  private struct Joined {
    var result: FileResult<DigestConsumer>
    var digest = Digest()
    var memory = TransactionMemory()
    var names: Set<UInt64> = []
    var assumed = (zone: false, year: false)
    /// Those whose neighbour before is not there yet, by where they start.
    var waiting: [Int: Told] = [:]
    var end = 0
    var isWhole = false
    var isRefused = false
  }

  let run: Run
  let source: Source
  let choice: Sniffer.Choice
  let gateway: String
  /// What the log's first bytes are told apart by.
  let head: ContentHash.Value

  /// `nil` when it must be read whole.
  func read(_ cutting: Cutting, _ cutter: LogCutter) -> FileResult<DigestConsumer>? {
    // The log behind it is read by nobody else until this returns.
    nonisolated(unsafe) let opened = cutter
    let cutter = unsafe Mutex(opened)
    let joined = Mutex(Joined(result: result()))
    DispatchQueue.concurrentPerform(iterations: run.workers) { _ in
      while !joined.withLock({ $0.isRefused }) {
        do {
          let next = try cutter.withLock { cutter in
            try cutter.next { cutting.mayBegin($0, after: $1) }
          }
          guard let piece = next else { return }
          let bounds = joined.withLock { SampleBounds(of: $0.digest) }
          let told = read(piece, after: TransactionMemory(), bounds)
          joined.withLock { join(told, piece, &$0) }
        } catch {
          // What cannot be read is told when the file is read whole.
          joined.withLock { $0.isRefused = true }
        }
      }
    }
    let (hash, count) = cutter.withLock { ($0.contentHash, $0.byteCount) }
    return joined.withLock { joined in
      guard joined.isWhole, !joined.isRefused else { return nil }
      var result = joined.result
      result.format = choice.format.card
      result.contentHash = hash
      result.glance = ContentGlance(head: head, count: count)
      result.assumed = (
        joined.assumed.zone ? run.settings(source).zone.name : nil, joined.assumed.year
      )
      result.consumer.told = joined.digest
      return result
    }
  }

  private func result(
    _ piece: Piece = .whole, _ memory: TransactionMemory = .init(), _ bounds: SampleBounds = .init()
  ) -> FileResult<DigestConsumer> {
    let consumer = DigestConsumer(
      file: source.path, gateway: gateway, piece: piece, memory: memory, bounds: bounds)
    return FileResult(source, consumer)
  }

  private func read(
    _ piece: LogPiece, after memory: TransactionMemory, _ bounds: SampleBounds
  ) -> Told? {
    var reader = RecordReader(choice, run.settings(source))
    reader.beginPiece(afterLines: piece.linesBefore)
    var batch = EventBatch()
    let part = Piece(
      start: UInt64(piece.range.lowerBound),
      end: piece.isLast ? .max : UInt64(piece.range.upperBound))
    var result = result(part, memory, bounds)
    var count = 0
    let deliver: RecordReader.Deliver = { batch, card in
      count += batch.events.count
      result.outside += run.asked.filter(&batch)
      result.consumer.take(batch, format: card)
      batch.clear()
    }
    do {
      try piece.read(of: source) { reader.consume($0, atEnd: $1, into: &batch, deliver: deliver) }
    } catch {
      return nil
    }
    let stoodAlone = reader.stoodAlone(asLast: piece.isLast)
    reader.finish(into: &batch, deliver: deliver)
    result.counts = reader.counts
    result.counts.events = count
    return Told(
      piece: piece, result: result, digest: result.consumer.digest, names: batch.names.hashes,
      assumed: reader.assumed, stoodAlone: stoodAlone && reader.readsOneDialect)
  }

  private func join(_ told: Told?, _ piece: LogPiece, _ joined: inout Joined) {
    guard let told, told.stoodAlone else {
      joined.isRefused = true
      return
    }
    joined.waiting[piece.range.lowerBound] = told
    while let next = joined.waiting.removeValue(forKey: joined.end), !joined.isRefused {
      append(next, &joined)
    }
  }

  private func append(_ told: Told, _ joined: inout Joined) {
    var told = told
    if joined.memory.touches(told.result.consumer.memory) {
      guard let again = read(told.piece, after: joined.memory, SampleBounds(of: joined.digest))
      else {
        joined.isRefused = true
        return
      }
      told = again
      joined.memory = told.result.consumer.memory
    } else {
      joined.memory.goOn(with: told.result.consumer.memory)
    }
    joined.digest.merge(told.digest)
    joined.result.counts.merge(told.result.counts, linesBefore: told.piece.linesBefore)
    joined.result.outside += told.result.outside
    joined.assumed.zone = joined.assumed.zone || told.assumed.zone
    joined.assumed.year = joined.assumed.year || told.assumed.year
    joined.names.formUnion(told.names)
    joined.end = told.piece.range.upperBound
    joined.isWhole = told.piece.isLast
    // What stands for all further names, paths and backends depends on which came first.
    if joined.names.count >= NameTable.mostNames - 2
      || joined.digest.pathCount > DigestBuilder.pathLimit
      || joined.digest.backends.count > DigestBuilder.backendLimit
    {
      joined.isRefused = true
    }
  }
}

import Correlator
import Dispatch
import LogEvents
import LogFormats
import LogIntake
import Synchronization

extension Run {
  /// Of packed logs a piece is held in memory for each worker.
  private static let packedBytes = 4 << 20
  /// What is split off for a worker costs a digest of its own.
  private static let leastBytes = 4 << 20
  /// The same where it is read from some megabytes before it on.
  private static let leastOverlapping = 16 << 20
  /// Times that a packed log unpacks to at least; most logs do to ten.
  private static let leastRatio = 4

  /// The large files that can be cut, each read by all workers, by their places among the sources; a plain
  /// one is read so by a single worker too.
  ///
  /// A file of a rotated log goes on where the one before it ended, and is read whole.
  func readInPieces(
    _ sources: [Source], _ gateway: (Source) -> String
  ) -> [Int: FileResult<DigestConsumer>] {
    guard !keepsRejects, printed == nil else { return [:] }
    var results: [Int: FileResult<DigestConsumer>] = [:]
    for unit in LogSet.units(sources) where unit.count == 1 {
      let source = sources[unit[0]]
      guard source.size > (pieceBytes ?? Self.packedBytes) / Self.leastRatio,
        !asked.excludes(changedAt: source.modifiedMilliseconds)
      else { continue }
      // What cannot be read is told when the file is read whole.
      _ = try? Contents.read(source) { log in
        results[unit[0]] = inPieces(log, gateway(source))
        return .enough
      }
    }
    return results
  }

  /// `nil` when it must be read whole.
  private func inPieces(_ log: OpenLog, _ gateway: String) -> FileResult<DigestConsumer>? {
    guard !log.isPlain || log.source.size >= 2 * (pieceBytes ?? Self.leastBytes) else { return nil }
    // As the reader of the whole file chooses.
    let settings = settings(log.source)
    log.isHashed = hashes(log.source)
    let head = log.headHash
    guard let choice = Sniffer.choose(log.peek(OpenLog.blockBytes).span, settings),
      let cutting = Cutting(choice, settings)
    else { return nil }
    let pieces = PieceRun(
      run: self, source: log.source, choice: choice, cutting: cutting, gateway: gateway, head: head,
      isPlain: log.isPlain)
    // What cannot be read is told when the file is read whole.
    if !log.isHashed, let plain = try? PlainLog(log) {
      let least = cutting.overlaps ? Self.leastOverlapping : Self.leastBytes
      return try? pieces.read(plain, least: pieceBytes ?? least, most: pieceBytes)
    }
    // What one worker has to unpack it reads as it comes.
    guard workers > 1 || pieceBytes != nil,
      let cutter = LogCutter(log, pieceBytes: pieceBytes ?? Self.packedBytes)
    else {
      return nil
    }
    let result = pieces.read(cutter)
    if result != nil, !log.isPlain { meter?.finish(log.source.size) }
    return result
  }
}

/// One large file, cut at line ends and read by all workers.
///
/// Every piece has a digest of its own; pieces merge exactly. What is open where a piece begins its reader
/// finds out by reading some of what comes before; should that not be what the piece before left open, the
/// piece is read again by the reader of the one before. Which transactions had failed before it a piece
/// cannot know either: should it meet one of those, it is read again with them in mind. Should anything else
/// reach over a cut, the file is read whole.
struct PieceRun: Sendable {
  let run: Run
  let source: Source
  let choice: Sniffer.Choice
  let cutting: Cutting
  let gateway: String
  /// What the log's first bytes are told apart by.
  let head: ContentHash.Value
  /// Whether the log's bytes are those of the file.
  let isPlain: Bool
  private let common = Common()

  /// What is read before a section where records say more together, in bytes: some seconds of a busy log.
  private static let overlapBytes = 4 << 20
  /// Bytes that a worker may read on before it asks whether its section still goes on.
  private static let grantedBytes = 1 << 20
  /// Bytes that are left to a worker when another takes what comes behind them: what that tells waits in
  /// memory for what the first one does.
  private static let leftBytes = 128 << 20

  /// Reads a log that is cut while it is read from its start to its end; `nil` when it must be read whole.
  func read(_ cutter: LogCutter) -> FileResult<DigestConsumer>? {
    // Pieces that overlap would be read nearly twice.
    guard !cutting.overlaps else { return nil }
    // The log behind it is read by nobody else until this returns.
    nonisolated(unsafe) let opened = cutter
    let queue = unsafe Mutex(opened)
    let joined = Mutex(JoinedPieces())
    byWorkers(joined) {
      guard let piece = try queue.withLock({ try $0.next { cutting.mayBegin($0, after: $1) } })
      else { return false }
      let read: JoinedPieces.Reading = { reader, memory in
        self.told(
          from: piece.range.lowerBound, reader ?? self.reader(at: piece.range.lowerBound), memory
        ) {
          _ = $1(piece.bytes.span, true)
          return (piece.range.upperBound, piece.isLast)
        }
      }
      var told = read(nil, TransactionMemory())
      joined.withLock {
        $0.take(&told, from: piece.range.lowerBound, again: read)
        common.note($0)
      }
      return true
    }
    let (hash, count) = queue.withLock { ($0.contentHash, $0.byteCount) }
    return joined.withLock { result($0, hash, byteCount: count) }
  }

  /// Reads a plain log in sections of at least so many bytes, and of `most` at most; `nil` when it must be
  /// read whole.
  func read(_ log: PlainLog, least: Int, most: Int?) throws -> FileResult<DigestConsumer>? {
    var sections = SectionQueue(
      size: log.size, grant: Self.grantedBytes, least: least, most: Self.leftBytes)
    if let most { try sections.split(all: most) { try cut(log, behind: $0) } }
    let queue = Mutex(sections)
    let joined = Mutex(JoinedPieces())
    byWorkers(joined) {
      let backends = joined.withLock { $0.digest.backends.count }
      switch queue.withLock({ $0.next(backends: backends) }) {
      case .cut(let section, let wanted):
        let cut = try cut(log, behind: wanted)
        queue.withLock { $0.split(section, at: cut) }
      case .read(let start):
        let own = try reader(log, at: start)
        var told = self.told(from: start, own, TransactionMemory()) { mayGoOn, consume in
          let end = try log.read(
            from: start,
            to: { at in
              guard mayGoOn(), !common.isRefused else { return at }
              return queue.withLock { $0.grant(start) }
            }, consume: consume)
          return (end, queue.withLock { $0.isLast(start) })
        }
        let range = told.map { (end: $0.end, isLast: $0.isLast) }
        joined.withLock { joined in
          joined.take(&told, from: start) { reader, memory in
            guard let range, let reader = try? reader ?? self.reader(log, at: start) else {
              return nil
            }
            return self.told(from: start, reader, memory) { _, consume in
              (try log.read(from: start, to: { _ in range.end }, consume: consume), range.isLast)
            }
          }
          common.note(joined)
        }
      case nil: return false
      }
      return true
    }
    return joined.withLock { result($0, nil, byteCount: $0.end) }
  }

  private func cut(_ log: PlainLog, behind wanted: Int) throws(SourceProblem) -> Int? {
    let cut = try log.cut(behind: wanted) { cutting.mayBegin($0, after: $1) }
    guard cut == nil, cutting.overlaps else { return cut }
    // Behind its header nobody knows a record's beginning; what is left open will be compared.
    return try log.cut(behind: wanted) { _, _ in true }
  }

  /// Has all workers call `work` until it returns false.
  private func byWorkers(
    _ joined: borrowing Mutex<JoinedPieces>, _ work: @Sendable () throws -> Bool
  ) {
    DispatchQueue.concurrentPerform(iterations: run.workers) { _ in
      do {
        while !common.isRefused, try work() {}
      } catch {
        // What cannot be read is told when the file is read whole.
        joined.withLock {
          $0.isRefused = true
          common.note($0)
        }
      }
    }
  }

  /// What has become of all pieces together, for those who read one: should another just add what it told,
  /// nobody waits for that.
  private final class Common: Sendable {
    private let reached = Mutex(DigestBounds())
    private let steps = Atomic(0)
    private let refused = Atomic(false)

    /// How far their digest has come, and at which step.
    var bounds: (at: Int, bounds: DigestBounds) {
      // Those of a later step do no harm.
      let step = steps.load(ordering: .acquiring)
      return (step, reached.withLock { $0 })
    }

    /// The log must be read whole.
    var isRefused: Bool { refused.load(ordering: .relaxed) }

    func hasGoneOn(since step: Int) -> Bool { steps.load(ordering: .relaxed) != step }

    func note(_ joined: borrowing JoinedPieces) {
      let bounds = DigestBounds(of: joined.digest)
      reached.withLock { $0 = bounds }
      steps.add(1, ordering: .releasing)
      if joined.isRefused { refused.store(true, ordering: .relaxed) }
      // What a piece took is free between what is kept.
      if !bounds.resolution.isFull { Heap.trim() }
    }
  }

  // MARK: Pieces

  private func reader(at start: Int) -> OpenReader {
    var reader = RecordReader(choice, run.settings(source))
    reader.begin(afterBytes: start)
    return OpenReader(reader: reader)
  }

  /// A reader that has read some of what comes before a section, if that may have left something open.
  private func reader(_ log: PlainLog, at section: Int) throws -> OpenReader {
    var start = section
    if cutting.overlaps {
      let wanted = max(0, start - (run.overlapBytes ?? Self.overlapBytes))
      start = min(start, wanted == 0 ? 0 : try cut(log, behind: wanted) ?? start)
    }
    var open = reader(at: start)
    guard start < section else { return open }
    _ = try log.read(from: start, to: { _ in section }) { block, _ in
      // Whatever stands there, it does not end here.
      open.reader.consume(block, atEnd: false, into: &open.batch) { batch, _ in batch.clear() }
    }
    open.reader.beginPiece()
    open.batch.clear()
    return open
  }

  /// What a piece tells, read by `read`, which may ask whether it is worth to go on and returns where the
  /// piece ended; `nil` when that could not be done.
  private func told(
    from start: Int, _ open: OpenReader, _ memory: TransactionMemory,
    _ read: (
      _ mayGoOn: () -> Bool, _ consume: (Span<UInt8>, Bool) -> Int
    ) throws -> (end: Int, isLast: Bool)
  ) -> PieceTold? {
    var known = common.bounds
    var (reader, batch) = (open.reader, open.batch)
    let (opening, linesBefore) = (reader.openState(batch.names), reader.linesBefore)
    var consumer = DigestConsumer(
      file: source.path, gateway: gateway, piece: Piece(start: UInt64(start), end: .max),
      memory: memory, bounds: known.bounds)
    var (count, outside) = (0, 0)
    let mayCount = reader.mayCountSuccesses && run.asked == AskedWindow()
    let deliver: RecordReader.Deliver = { batch, card in
      count += batch.events.count + batch.successes.count
      outside += run.asked.filter(&batch)
      consumer.take(batch, format: card)
      if common.hasGoneOn(since: known.at) {
        known = common.bounds
        consumer.fit(to: known.bounds)
      }
      batch.clear()
      if mayCount { consumer.lend(to: &batch) }
    }
    let range: (end: Int, isLast: Bool)
    do {
      range = try read(
        { reader.mayStandAlone },
        { block, atEnd in
          let used = reader.consume(block, atEnd: atEnd, into: &batch, deliver: deliver)
          run.meter?.read(used, isPlain: isPlain)
          return used
        })
    } catch {
      return nil
    }
    let standsAlone = reader.stoodAlone(asLast: range.isLast || cutting.overlaps)
    if range.isLast || !cutting.overlaps {
      reader.finish(into: &batch, deliver: deliver)
    } else {
      reader.hand(&batch, deliver)
    }
    var counts = reader.counts
    counts.events = count
    if !range.isLast { consumer.endPiece(at: range.end) }
    consumer.finish()
    var told = PieceTold(
      end: range.end, isLast: range.isLast, linesBefore: linesBefore, counts: counts,
      outside: outside, digest: consumer.digest, memory: consumer.memory, names: batch.names.hashes,
      assumed: reader.assumed, standsAlone: standsAlone && reader.readsOneDialect)
    guard cutting.overlaps else { return told }
    told.open = (opening, range.isLast ? nil : reader.openState(batch.names))
    reader.beginPiece()
    told.rest = OpenReader(reader: reader, batch: batch)
    return told
  }

  private func result(
    _ joined: JoinedPieces, _ hash: ContentHash.Value?, byteCount: Int
  ) -> FileResult<DigestConsumer>? {
    guard joined.isWhole, !joined.isRefused else { return nil }
    var result = FileResult(source, DigestConsumer(joined.digest))
    result.format = choice.format.card
    result.counts = joined.counts
    result.outside = joined.outside
    result.contentHash = hash
    result.glance = ContentGlance(head: head, count: byteCount)
    result.assumed = (
      joined.assumed.zone ? run.settings(source).zone.name : nil, joined.assumed.year
    )
    return result
  }
}

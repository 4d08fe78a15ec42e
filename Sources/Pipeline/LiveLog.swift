import Correlator
import Foundation
import LogEvents
import LogFormats
import LogIntake

/// One log that is read as it grows, over all parts that rotation makes of it.
///
/// What is counted leaves the builder in slices of time: `account` is their sum, the last slices
/// are the sliding window. At any moment `total` is the digest that a report of the bytes so far
/// would have: exchanges that are still open, and a last line without its end, are closed in a copy
/// and stay open here.
package struct LiveLog: Sendable {
  /// A slice of the log's time and what happened in it.
  struct Slice: Sendable, Codable {
    /// Last record, in milliseconds since 1970.
    var last: Int64
    var digest: Digest
  }

  /// How much of a log its format is told from, as by a report.
  package static let headBytes = 256 * 1024
  private let headBytes: Int
  /// Bytes between two looks at the clock of the log.
  private static let stepBytes = 64 * 1024
  /// How far a record may lie in the future of the wall clock and still move the window.
  private static let tolerance: Int64 = 86_400_000

  package let source: Source
  let run: Run
  let gateway: String
  var windowMilliseconds: Int64
  /// Whether days are told apart in the account, because they will be dropped one by one.
  let keepsDays: Bool

  var reader: RecordReader?
  var choice: [String] = []
  var batch = EventBatch()
  /// Counts one piece of the log; the pieces join to the whole of it.
  var builder: DigestBuilder
  var pieceStart: UInt64 = 0
  var memory = TransactionMemory()
  /// Counted before this process, or before the reader began.
  var countsBefore = ReadingCounts()
  /// All bytes so far, while they are few enough for the format to be told anew.
  var head: [UInt8]? = []
  private var nextSniff = 1
  /// The unfinished last line of each part.
  private var seenInBatch = 0
  /// Events outside the asked window, and what records left out before this process.
  var outside = 0
  var assumedBefore = (zone: false, year: false)
  var partials: [Int: [UInt8]] = [:]
  var lastPart = 0

  /// By days since 1970, so that old ones can be dropped; in one sum where none will be.
  var account: [Int64: Digest] = [:]
  private static let dayMilliseconds: Int64 = 86_400_000
  var slices: [Slice] = []
  /// The sum of `slices`; `nil` after one of them was dropped, until somebody asks.
  var window: Digest? = Digest()
  /// The last record's time, and when bytes came last.
  var latest = Int64.min
  package private(set) var lastArrival: Int64
  var recent = RecentLines()
  package internal(set) var isDirty = false
  package private(set) var problem: SourceProblem?
  /// How many failures a minute, and the latest of them.
  package private(set) var failures = LiveFailures()

  package init(
    source: Source, gateway: String, run: Run, windowMilliseconds: Int64, keepsDays: Bool = false,
    headBytes: Int = LiveLog.headBytes, at now: Int64
  ) {
    self.keepsDays = keepsDays
    self.source = source
    self.headBytes = headBytes
    self.run = run
    self.gateway = gateway
    self.windowMilliseconds = windowMilliseconds
    lastArrival = now
    builder = Self.newBuilder(source, gateway, pieceStart: 0)
  }

  static func newBuilder(
    _ source: Source, _ gateway: String, pieceStart: UInt64, isLast: Bool = false
  ) -> DigestBuilder {
    DigestBuilder(
      file: source.path, piece: Piece(start: pieceStart, end: isLast ? .max : pieceStart + 1),
      log: LogSet.name(of: source.path), gateway: gateway)
  }

  package mutating func note(_ problem: SourceProblem) { self.problem = problem }
  mutating func wasSaved() { isDirty = false }

  // MARK: Taking bytes

  /// Reads the next bytes of one part of the log.
  package mutating func take(_ bytes: Span<UInt8>, part: Int, at now: Int64) {
    isDirty = true
    lastArrival = now
    lastPart = part
    var from = 0
    if var head {
      if partials.contains(where: { $0.key != part && !$0.value.isEmpty }) {
        // Two parts grow at once: their bytes have no one order to be told anew in.
        self.head = nil
      } else {
        let more = min(bytes.count, headBytes - head.count)
        head.append(bytes, 0, more)
        from = more
        if head.count == headBytes || head.count >= nextSniff {
          nextSniff = head.count * 2
          self.head = head.count < headBytes ? head : nil
          recognize(head, part: part, fresh: from, at: now)
        } else {
          self.head = head
          consume(bytes.extracting(0..<more), part: part, at: now)
        }
      }
    }
    consume(bytes.extracting(from..<bytes.count), part: part, at: now)
  }

  /// The part will not grow any more: its last line is whole.
  package mutating func end(part: Int, at now: Int64) {
    guard partials[part]?.isEmpty == false else { return }
    let newline: [UInt8] = [10]
    take(newline.span, part: part, at: now)
    partials[part] = nil
  }

  /// Tells the format from all bytes so far; when it is another than before, they are read again.
  private mutating func recognize(_ head: [UInt8], part: Int, fresh: Int, at now: Int64) {
    let (names, made) = newReader(head.span)
    guard names != choice || reader == nil else {
      consume(head.span.extracting((head.count - fresh)..<head.count), part: part, at: now)
      return
    }
    choice = names
    reader = made
    batch = EventBatch()
    seenInBatch = 0
    outside = 0
    pieceStart = 0
    memory = TransactionMemory()
    builder = Self.newBuilder(source, gateway, pieceStart: 0)
    account = [:]
    slices = []
    window = Digest()
    latest = .min
    failures = LiveFailures()
    partials = [:]
    recent = RecentLines()
    consume(head.span, part: part, at: now)
  }

  private func newReader(_ head: Span<UInt8>) -> ([String], RecordReader?) {
    let settings = run.settings(source)
    guard let choice = Sniffer.choose(head, settings) else { return ([], nil) }
    let names = [choice.format.card.name] + choice.companions.map { $0.card.name }
    return (names, RecordReader(choice, settings))
  }

  private mutating func consume(_ bytes: Span<UInt8>, part: Int, at now: Int64) {
    guard reader != nil else { return }
    var at = 0
    while at < bytes.count {
      let step = min(Self.stepBytes, bytes.count - at)
      consumeStep(bytes.extracting(at..<(at + step)), part: part, at: now)
      at += step
    }
  }

  private mutating func consumeStep(_ bytes: Span<UInt8>, part: Int, at now: Int64) {
    guard var reader = reader.take() else { return }
    // Taken out, so that nothing is copied.
    var (builder, memory) = (DigestBuilder(file: "", gateway: ""), TransactionMemory())
    swap(&builder, &self.builder)
    swap(&memory, &self.memory)
    var counter = BatchCounter(
      latest: latest, limit: now + Self.tolerance, gateway: gateway, failures: failures,
      seen: seenInBatch)
    failures = LiveFailures()
    let (asked, before) = (run.asked, outside)
    var outside = 0
    let deliver: RecordReader.Deliver = { batch, card in
      counter.see(batch)
      counter.seen = 0
      outside += Self.leaveOut(&batch, asked)
      builder.add(batch, of: card, memory: &memory)
      batch.clear()
    }
    var partial = partials.removeValue(forKey: part) ?? []
    if partial.isEmpty {
      let used = reader.consume(bytes, atEnd: false, into: &batch, deliver: deliver)
      recent.append(bytes.extracting(0..<used))
      partial.append(bytes, used, bytes.count)
    } else {
      partial.append(bytes, 0, bytes.count)
      let used = reader.consume(partial.span, atEnd: false, into: &batch, deliver: deliver)
      recent.append(partial.span.extracting(0..<used))
      partial.removeFirst(used)
    }
    if !partial.isEmpty { partials[part] = partial }
    // What is left stays in the batch: the logger may yet say that it repeats.
    counter.see(batch)
    seenInBatch = counter.seen
    self.outside = before + outside
    swap(&builder, &self.builder)
    swap(&memory, &self.memory)
    self.reader = reader
    failures = counter.failures
    if counter.latest / sliceMilliseconds > latest / sliceMilliseconds, latest != .min {
      cutSlice()
      forget(before: counter.latest - windowMilliseconds)
    }
    latest = counter.latest
  }

  // MARK: Slices

  /// Short against the window, and long enough that a few of them are all of it: each owns samples.
  var sliceMilliseconds: Int64 { max(1000, windowMilliseconds / 12) }

  /// Moves what was counted out of the builder, into the account and the window.
  mutating func cutSlice() {
    let digest = builder.finish()
    pieceStart += 1
    builder = Self.newBuilder(source, gateway, pieceStart: pieceStart)
    let day = max(latest, 0) / Self.dayMilliseconds
    if !keepsDays {
      for (old, sum) in account where old != day {
        account[old] = nil
        account[day, default: Digest()].merge(sum)
      }
    }
    account[day, default: Digest()].merge(digest)
    guard latest != .min else { return }
    if let last = slices.last,
      last.last / sliceMilliseconds == latest / sliceMilliseconds
    {
      slices[slices.count - 1].digest.merge(digest)
      slices[slices.count - 1].last = latest
    } else {
      slices.append(Slice(last: latest, digest: digest))
    }
    window?.merge(digest)
  }

  /// Drops what happened before `start`.
  package mutating func forget(before start: Int64) {
    let old = slices.prefix { $0.last < start }.count
    guard old > 0 else { return }
    slices.removeFirst(old)
    window = nil
  }

  /// Drops the days before `start` from the account.
  mutating func forgetDays(before start: Int64) {
    account = account.filter { ($0.key + 1) * Self.dayMilliseconds > start }
  }

  // MARK: What was seen

  /// What happened in the window; with the exchanges that are open, when the log fell silent.
  package mutating func windowDigest() -> Digest {
    let sum = window ?? slices.reduce(into: Digest()) { $0.merge($1.digest) }
    window = sum
    var digest = sum
    digest.merge(finished().digest)
    return digest
  }

  /// The digest of all bytes so far and what became of them, as a report has it.
  package func total() -> (digest: Digest, result: FileResult<DigestConsumer>) {
    if let head {
      // Told anew from all there is, as a report would.
      var whole = LiveLog(
        source: source, gateway: gateway, run: run, windowMilliseconds: windowMilliseconds,
        headBytes: headBytes, at: lastArrival)
      whole.head = nil
      (whole.choice, whole.reader) = whole.newReader(head.span)
      whole.consume(head.span, part: 0, at: lastArrival)
      whole.problem = problem
      return whole.total()
    }
    let rest = finished()
    // Nothing follows: the pieces become the whole log.
    var digest = Self.newBuilder(source, gateway, pieceStart: pieceStart + 1, isLast: true).finish()
    digest.merge(rest.digest)
    for (_, day) in account { digest.merge(day) }
    var result = FileResult(source, DigestConsumer(file: source.path, gateway: gateway))
    result.format = reader?.card
    result.counts = rest.counts
    result.outside = rest.outside
    result.problem = problem
    let assumed = assumptions
    result.assumed = (assumed.zone ? run.settings(source).zone.name : nil, assumed.year)
    return (digest, result)
  }

  /// What records left out.
  var assumptions: (zone: Bool, year: Bool) {
    let now = reader?.assumed ?? (zone: false, year: false)
    return (assumedBefore.zone || now.zone, assumedBefore.year || now.year)
  }

  /// As if the log ended here: what stands in the builder, and all counts.
  private func finished() -> (digest: Digest, counts: ReadingCounts, outside: Int) {
    guard var reader else { return (builder.finish(), countsBefore, outside) }
    var (builder, batch, memory) = (builder, batch, memory)
    var outside = outside
    let deliver: RecordReader.Deliver = { batch, card in
      outside += Self.leaveOut(&batch, run.asked)
      builder.add(batch, of: card, memory: &memory)
      batch.clear()
    }
    for (_, partial) in partials.sorted(by: { $0.key < $1.key }) {
      _ = reader.consume(partial.span, atEnd: true, into: &batch, deliver: deliver)
    }
    reader.finish(into: &batch, deliver: deliver)
    return (builder.finish(), reader.counts.adding(countsBefore), outside)
  }

  /// Drops what was not asked for; returns how many events that were.
  static func leaveOut(_ batch: inout EventBatch, _ asked: AskedWindow) -> Int {
    guard asked != AskedWindow() else { return 0 }
    let count = batch.events.count
    batch.events.removeAll { !asked.contains($0.time) }
    batch.witnessed.removeAll { !asked.contains($0) }
    return count - batch.events.count
  }

  /// Hands over what is left in the batch.
  mutating func settle() {
    guard let reader else { return }
    let asked = run.asked
    var (outside, builder, memory) = (outside, builder, memory)
    reader.hand(&batch) { batch, card in
      outside += Self.leaveOut(&batch, asked)
      builder.add(batch, of: card, memory: &memory)
      batch.clear()
    }
    (self.outside, self.builder, self.memory) = (outside, builder, memory)
    seenInBatch = 0
  }

  package var counts: ReadingCounts { (reader?.counts ?? ReadingCounts()).adding(countsBefore) }
}

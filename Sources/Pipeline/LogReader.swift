import LogEvents
import LogFormats
import LogIntake

/// Reads the files of one log, the oldest first, and the logs of bundles.
///
/// One `RecordReader` goes from file to file as long as they go on where the last one ended: an
/// exchange that began in `x.log.1` may end in `x.log`. It counts lines on, so that the line of an
/// event tells the file that it belongs to.
final class LogReader<Consumer: EventConsumer> {
  typealias Told = (index: Int, result: FileResult<Consumer>)

  /// Logs may overlap by what their records are late, in milliseconds; what lies further back is
  /// another log.
  private static var overlap: Int64 { 60_000 }
  /// What is looked at to see whether a file of a bundle may be a log.
  private static var glance: Int { 32 * 1024 }
  /// Lines after which a reader begins anew, so that their numbers fit an event.
  private static var mostLines: Int { 1 << 31 }

  private let run: Run
  private let makeConsumer: (Source) -> Consumer
  private var told: [Told] = []
  private var reader: RecordReader?
  private var batch = EventBatch()
  /// The files that the reader went through: places of their results, and the lines before them.
  private var chain: [(place: Int, linesBefore: Int)] = []
  private var chainName = ""
  /// The latest time that the reader told.
  private var last = Timestamp.unknown
  private var source: (index: Int, source: Source) = (0, .standardInput)

  init(run: Run, _ makeConsumer: @escaping (Source) -> Consumer) {
    self.run = run
    self.makeConsumer = makeConsumer
  }

  func read(_ files: [(index: Int, source: Source)]) -> [Told] {
    for file in inOrder(files) {
      source = (file.index, file.source)
      if run.asked.excludes(changedAt: file.source.modifiedMilliseconds) {
        append(file.source) { $0.isTooOld = true }
      } else {
        read(file.source, file.choice)
      }
    }
    close()
    return told
  }

  // MARK: Order

  private struct Prepared {
    var index: Int
    var source: Source
    var choice: Sniffer.Choice?
    var first: Timestamp?
    var head = ContentHash().value
  }

  /// By the first time that each tells; what has the same content as another is told at once.
  private func inOrder(_ files: [(index: Int, source: Source)]) -> [Prepared] {
    var prepared = files.map { Prepared(index: $0.index, source: $0.source) }
    guard prepared.count > 1 else { return prepared }
    for place in prepared.indices { prepare(&prepared[place]) }
    prepared.sort {
      let (a, b) = ($0.first?.milliseconds ?? .max, $1.first?.milliseconds ?? .max)
      let (c, d) = ($0.source.modifiedMilliseconds ?? 0, $1.source.modifiedMilliseconds ?? 0)
      // `x.log.1` is older than `x.log`.
      return a != b ? a < b : c != d ? c < d : $0.source.path > $1.source.path
    }
    var firsts: [Prepared] = []
    for file in prepared {
      if let other = firsts.first(where: { Self.areTwins($0, file) }) {
        source = (file.index, file.source)
        append(file.source) { $0.sameAs = other.source.path }
      } else {
        firsts.append(file)
      }
    }
    return firsts
  }

  private func prepare(_ file: inout Prepared) {
    let settings = run.settings(file.source)
    guard !run.asked.excludes(changedAt: file.source.modifiedMilliseconds) else { return }
    // What cannot be opened is told when it is read.
    _ = try? Contents.read(file.source) { log in
      guard !log.isEntry else { return .enough }
      let head = log.peek(OpenLog.blockBytes)
      var hash = ContentHash()
      hash.add(head.span)
      file.head = hash.value
      file.choice = Sniffer.choose(head.span, settings)
      if let choice = file.choice { file.first = Self.firstTime(head.span, choice, settings) }
      return .enough
    }
  }

  private static func areTwins(_ a: Prepared, _ b: Prepared) -> Bool {
    guard a.head == b.head, a.head.count >= Twins.leastBytes,
      let hash = Contents.hash(of: a.source.path, in: a.source)
    else { return false }
    return hash == Contents.hash(of: b.source.path, in: b.source)
  }

  private static func firstTime(
    _ head: Span<UInt8>, _ choice: Sniffer.Choice, _ settings: FormatSettings
  ) -> Timestamp? {
    var reader = RecordReader(choice, settings)
    var batch = EventBatch()
    var first: Timestamp?
    let deliver: RecordReader.Deliver = { batch, _ in
      let times = batch.events.map(\.time) + batch.witnessed
      first = (times + [first].compactMap(\.self)).filter(\.isKnown).min()
      batch.clear()
    }
    let glance = head.extracting(0..<min(head.count, Self.glance))
    _ = reader.consume(glance, atEnd: true, into: &batch, deliver: deliver)
    reader.finish(into: &batch, deliver: deliver)
    return first
  }

  // MARK: Files

  private func read(_ source: Source, _ choice: Sniffer.Choice?) {
    let before = told.count
    do throws(SourceProblem) {
      guard let bundle = try Contents.read(source, { self.read($0, choice) }) else { return }
      close()
      run.meter?.finish(source.size)
      var result = FileResult(source, makeConsumer(source))
      result.tally = bundle.tally
      result.problem = bundle.problem
      told.insert((self.source.index, result), at: before)
    } catch {
      append(source) { $0.problem = error }
    }
  }

  private func read(_ log: OpenLog, _ choice: Sniffer.Choice?) -> Visit {
    let settings = run.settings(log.source)
    if log.isEntry {
      if run.asked.excludes(changedAt: log.source.modifiedMilliseconds) {
        append(log.source) { $0.isTooOld = true }
        return .known
      }
      let head = log.peek(Self.glance)
      if head.isEmpty || Sniffer.choose(head.span, settings) == nil { return .unknown }
    }
    if let other = run.printed?.twin(of: log, in: source.source) {
      append(log.source) { $0.sameAs = other }
      return .known
    }
    append(log.source)
    let place = told.count - 1
    log.isHashed = run.hashes(source.source)
    let head = log.headHash
    var isDecided = false
    do throws(SourceProblem) {
      try log.read { block, atEnd in
        if !isDecided {
          isDecided = true
          begin(log.source, block, choice, settings, place)
        }
        guard told[place].result.format != nil else { return block.count }
        let used = reader?.consume(block, atEnd: atEnd, into: &batch, deliver: deliver)
        run.meter?.read(used ?? block.count, isPlain: log.isPlain)
        return used ?? block.count
      }
    } catch {
      told[place].result.problem = error
    }
    guard told[place].result.format != nil else { return .unknown }
    if !log.isPlain, !log.isEntry { run.meter?.finish(log.source.size) }
    reader?.endFile(into: &batch, deliver: deliver)
    note(batch)
    account(for: place)
    if log.isHashed { told[place].result.contentHash = log.contentHash }
    told[place].result.glance = ContentGlance(head: head, count: log.byteCount)
    told[place].result.container = source.source
    run.printed?.note(log)
    return .known
  }

  private func append(
    _ source: Source, _ tell: (inout FileResult<Consumer>) -> Void = { _ in }
  ) {
    var result = FileResult(source, makeConsumer(source))
    tell(&result)
    told.append((self.source.index, result))
  }

  /// Goes on with the reader of the file before, or takes a new one.
  private func begin(
    _ source: Source, _ block: Span<UInt8>, _ known: Sniffer.Choice?, _ settings: FormatSettings,
    _ place: Int
  ) {
    let name = LogSet.name(of: source.path)
    var choice = known ?? Sniffer.choose(block, settings)
    // A file without a record that could be told, of a log that is known.
    if choice == nil, name == chainName { choice = reader?.choice }
    guard let choice else { return }
    if let lines = reader.map({ $0.linesBefore + $0.counts.lines }), lines < Self.mostLines,
      name == chainName, reader?.reads(choice.format) == true,
      goesOn(block, choice, settings)
    {
      reader?.goOn(choice, reference: settings.reference, into: &batch, deliver: deliver)
    } else {
      close()
      reader = RecordReader(choice, settings)
      chainName = name
    }
    chain.append((place, reader?.linesBefore ?? 0))
    if run.keepsRejects { reader?.rejects = Rejects() }
    told[place].result.format = reader?.card
  }

  private func goesOn(
    _ block: Span<UInt8>, _ choice: Sniffer.Choice, _ settings: FormatSettings
  ) -> Bool {
    guard last.isKnown, let first = Self.firstTime(block, choice, settings) else { return true }
    return first.milliseconds >= last.milliseconds - Self.overlap
  }

  private func close() {
    reader?.finish(into: &batch, deliver: deliver)
    // Its last lines may have turned out to be in another dialect.
    if let last = chain.last { account(for: last.place) }
    for file in chain { told[file.place].result.consumer.finish() }
    reader = nil
    batch = EventBatch()
    chain = []
    last = .unknown
  }

  /// Takes over what the reader counted of its file.
  private func account(for place: Int) {
    guard let reader else { return }
    // Events are counted where they go.
    let events = told[place].result.counts.events
    told[place].result.counts = reader.counts
    told[place].result.counts.events = events
    told[place].result.rejects = reader.rejects
    let assumed = reader.assumed
    let zone = run.settings(told[place].result.source).zone
    told[place].result.assumed = (assumed.zone ? zone.name : nil, assumed.year)
  }

  // MARK: Events

  private func note(_ batch: borrowing EventBatch) {
    // Logs are in order, nearly.
    last = max(last, batch.lastTime, batch.witnessed.last ?? last)
  }

  private func deliver(_ batch: inout EventBatch, _ card: FormatCard) {
    note(batch)
    defer { batch.clear() }
    guard let newest = chain.last else { return }
    guard chain.count > 1 else {
      give(&batch, card, to: newest.place)
      return
    }
    let (events, witnessed) = (batch.events, batch.witnessed)
    batch.witnessed = []
    var end = UInt32.max
    for file in chain.reversed() {
      let before = UInt32(file.linesBefore)
      batch.events = events.filter { $0.line > before && $0.line <= end }
      end = before
      if file.place == newest.place { batch.witnessed = witnessed }
      for place in batch.events.indices { batch.events[place].line -= before }
      if !batch.events.isEmpty || !batch.witnessed.isEmpty { give(&batch, card, to: file.place) }
      batch.witnessed = []
      if before == 0 || events.allSatisfy({ $0.line > before }) { break }
    }
  }

  private func give(_ batch: inout EventBatch, _ card: FormatCard, to place: Int) {
    told[place].result.counts.events += batch.events.count
    told[place].result.outside += run.asked.filter(&batch)
    told[place].result.consumer.take(batch, format: card)
  }
}

import LogEvents

/// One backend as one stream tells of it.
struct BackendPart: Sendable {
  var key: BackendKey
  var digest: BackendDigest
  private var failures: Series<EventDraft>
  let log: String
  let file: String
  let seed: UInt64
  var stretch: Stretch
  /// The names seen last, so that a set of names is asked only when they change.
  var pool = NameID.none
  var service = NameID.none
  var address = NameID.none
  private var code = NameID.none
  /// The code of the last event that had one.
  private var codeName: String?
  var hasSuccess = false
  private var failed: ExchangeGatherer
  private(set) var served: ExchangeGatherer
  /// Which of the builder's products was noted last.
  var product = 0

  init(
    key: BackendKey, log: String, file: String, seed: UInt64, stretch: Stretch,
    bounds: DigestBounds, resolution: Resolution
  ) {
    self.key = key
    self.log = log
    self.file = file
    self.seed = seed
    self.stretch = stretch
    let bounds = bounds[key]
    digest = BackendDigest(bounds, resolution)
    failures = Series(limit: resolution.failureCells)
    failures.coarsen(to: bounds.failures)
    failed = ExchangeGatherer(
      limit: resolution.sampled, bound: bounds.failed, file: file, gateway: key.gateway)
    served = ExchangeGatherer(
      limit: resolution.sampled, bound: bounds.served, file: file, gateway: key.gateway)
  }

  /// Counts a success; what comes behind it may be counted in `tally`.
  mutating func succeed(
    _ event: Event, _ batch: borrowing EventBatch, _ tally: inout SuccessTally
  ) {
    let time = event.time.milliseconds
    let count = Int(event.count)
    learn(event, batch)
    if !hasSuccess {
      hasSuccess = true
      digest.successStreams.insert(log)
    }
    if event.spanMilliseconds > 0 {
      digest.successes.add(from: time, span: Int64(event.spanMilliseconds), count: count)
    } else {
      digest.successes.add(at: time, count: count)
      let hash = mixed(seed &+ UInt64(event.place))
      if served.wants(hash) { served.add(event, batch, hash) }
    }
    noteWork(event)
    stretch.succeed(at: time, &digest)
    guard event.spanMilliseconds == 0 else { return }
    // Cells of the coarser series are made of whole ones of the finer.
    let level = min(digest.successes.level, digest.work.level)
    tally.open(behind: event, level: level, product: product, seed: seed, bound: served.bound)
  }

  mutating func fail(
    _ event: Event, _ batch: borrowing EventBatch, isAttempt: Bool
  ) {
    let time = event.time.milliseconds
    let count = Int(event.count)
    digest.entries += count
    if !event.transaction.isEmpty { digest.entriesWithTransaction += count }
    learn(event, batch)
    guard !isAttempt else {
      digest.attempts += count
      return
    }
    digest.classes[event.outcome, default: 0] += count
    digest.durations.add(
      event.outcome, milliseconds: Int64(event.durationMilliseconds), count: count)
    noteWork(event)
    let hash = mixed(seed &+ UInt64(event.place))
    let code = code(event, batch)
    if digest.samples.wants(event.outcome, time: time, hash: hash) {
      digest.samples.add(
        EventDraft(event, batch, code: code, hash).stored(file: file, gateway: key.gateway))
    }
    if failed.wants(hash) { failed.add(event, batch, hash) }
    let span = Int64(event.spanMilliseconds)
    if span > 0 {
      digest.spread += count
      spread(count, from: time, span: span, EventDraft(event, batch, code: code, hash))
    } else {
      if let place = failures.add(at: time, count: count, hash: hash) {
        failures.keep(at: place) { EventDraft.keep(event, batch, code: code, hash, in: &$0) }
      }
      digest.classSeries.add(at: time, event.outcome, count: count)
      digest.fine.add(at: time, count: count)
    }
    stretch.fail(at: time, span: span, count: count, &digest)
  }

  private mutating func noteWork(_ event: Event) {
    guard event.durationMilliseconds >= 0, event.spanMilliseconds == 0 else { return }
    digest.work.add(
      at: event.time.milliseconds, count: Int(event.count),
      milliseconds: Int64(event.durationMilliseconds) * Int64(event.count))
  }

  /// Spreads a repeated message over its span, at most in so many places, each somewhere in its
  /// share of it: at even distances the failures would look periodic.
  ///
  /// Short periods are lost with the times.
  private mutating func spread(
    _ count: Int, from start: Int64, span: Int64, _ kept: EventDraft
  ) {
    let places = min(count, 1024)
    let width = max(1, span / Int64(places))
    for place in 0..<places {
      let share = count * (place + 1) / places - count * place / places
      let jitter = Int64(mixed(kept.hash &+ UInt64(place)) % UInt64(width))
      let moment = start + span * Int64(place) / Int64(places) + jitter
      if let cell = failures.add(at: moment, count: share, hash: kept.hash) {
        failures.keep(kept, at: cell)
      }
      digest.classSeries.add(at: moment, kept.outcome, count: share)
    }
  }

  private mutating func learn(_ event: Event, _ batch: borrowing EventBatch) {
    if event.hasMilliseconds { digest.hasMilliseconds = true }
    if event.pool.index != pool.index, let name = batch.names.name(event.pool) {
      pool = event.pool
      digest.pools.insert(name)
    }
    if event.address.index != address.index, let name = batch.names.name(event.address) {
      address = event.address
      digest.addresses.insert(name)
    }
    if event.service.index != service.index, let name = batch.names.name(event.service) {
      service = event.service
      digest.services.insert(name)
    }
  }

  private mutating func code(_ event: Event, _ batch: borrowing EventBatch) -> String? {
    if event.code.isNone { return nil }
    if event.code.index != code.index {
      code = event.code
      codeName = batch.names.name(event.code)
    }
    return codeName
  }

  /// What was gathered from a piece of the file, in its canonical form; the part is empty afterwards.
  ///
  /// Drafts and samples go at once: together with what they become they would take the most memory of
  /// a run.
  mutating func close(_ piece: Piece) -> BackendDigest {
    digest.failures = failures.map { $0.stored(file: file, gateway: key.gateway) }
    failures = Series(limit: failures.limit)
    stretch.piece = piece
    digest.add(stretch)
    digest.runs.trim()
    digest.failedSample = failed.close()
    digest.servedSample = served.close()
    var told = BackendDigest()
    swap(&told, &digest)
    return told
  }
}

extension BackendPart {
  /// Keeps no more than the resolution allows.
  mutating func reduce(to resolution: Resolution) {
    digest.reduce(to: resolution)
    failures.reduce(to: resolution.failureCells)
    failed.reduce(to: resolution.sampled)
    served.reduce(to: resolution.sampled)
  }

  /// Keeps nothing that a union with a digest that has come so far would not.
  mutating func fit(to bounds: DigestBounds.Backend) {
    digest.fit(to: bounds)
    failures.coarsen(to: bounds.failures)
    failed.lower(to: bounds.failed)
    served.lower(to: bounds.served)
  }

  /// Adds successes that were counted apart.
  mutating func settle(_ tally: SuccessTally) {
    guard tally.count > 0 else { return }
    digest.successes.add(from: tally.first, to: tally.last, count: tally.count)
    if tally.timed > 0 {
      digest.work.add(at: tally.first, count: tally.timed, milliseconds: tally.milliseconds)
    }
    stretch.goOn(to: tally.latest)
  }
}

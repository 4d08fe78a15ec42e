import LogEvents

/// Digests the events of one file, or of a piece of it.
package struct DigestBuilder: Sendable {
  private let file: String
  private var piece: Piece
  /// The log whose part the file is; a log is rotated into several files.
  private let log: String
  /// Gateway of records that name none.
  private let gateway: String
  private var bounds: DigestBounds
  private var digest = Digest()
  private var parts: [BackendPart] = []
  /// What came last of each part, counted apart from it.
  private var tallies: [SuccessTally] = []
  private var index: PartIndex
  private var streams: [Stream] = []
  private var streamIndex: [UInt32: Int] = [:]
  private var lastStream: (id: UInt32, index: Int)?
  /// The product that wrote what is being added, and how often it changed.
  private var product = ""
  private var productNumber = 0
  private var samples: [GatewaySample] = []
  private var lastSample = 0
  private var batches = 0
  /// The second that was covered last, in milliseconds since 1970.
  private var covered = Int64.min

  /// How often it is asked whether all backends fit: it costs a look at each.
  private static let batchesBetweenLooks = 64

  private struct Stream {
    var name: String
    /// Where evidence of it stands.
    var file: String
    var seed: UInt64
    var first = Int64.max
    var last = Int64.min
    var successes = 0
    var failures = 0
    var gateways = BoundedSet()

    mutating func succeed(_ tally: SuccessTally) {
      successes += tally.count
      first = min(first, tally.first)
      last = max(last, tally.last)
    }
  }

  private struct GatewaySample {
    var id: NameID
    var gateway: String
    var sample = TransactionSample()
  }

  /// - Parameters:
  ///   - file: how reports call the file.
  ///   - piece: which part of the file the events are of.
  ///   - log: the log whose part the file is, the same for all files of a rotated set.
  ///   - gateway: the gateway of records that name none; empty when unknown.
  ///   - bounds: of the digest that this one will be merged with.
  package init(
    file: String, piece: Piece = .whole, log: String? = nil, gateway: String,
    bounds: DigestBounds = DigestBounds()
  ) {
    self.bounds = bounds
    self.file = file
    self.piece = piece
    self.log = log ?? file
    self.gateway = gateway
    index = PartIndex(gateway: gateway)
    digest.coverage.coarsen(to: bounds.coverage)
    digest.reduce(to: bounds.resolution)
  }

  /// The file goes on behind the piece, which ends there.
  package mutating func endPiece(at end: UInt64) { piece.end = end }

  /// Whose records come next; empty when nobody's in particular.
  package mutating func read(_ product: String) {
    guard product != self.product else { return }
    self.product = product
    productNumber += 1
  }

  /// `memory` tells attempts from failures: what one stream says twice of a transaction is one
  /// failed exchange.
  ///
  /// It goes on from piece to piece.
  package mutating func add(_ batch: borrowing EventBatch, memory: inout TransactionMemory) {
    var next = 0
    for index in batch.events.indices {
      while next < batch.successes.closed.count, batch.successes.closed[next].position <= index {
        add(batch.successes.closed[next])
        next += 1
      }
      add(batch.events[index], batch, &memory)
    }
    for rest in batch.successes.closed[next...] { add(rest) }
    if batch.successes.count > 0 { addUnclosed(batch.successes) }
    for moment in batch.witnessed { cover(moment.milliseconds, stream: stream(.none, batch)) }
    batches += 1
    if batches % Self.batchesBetweenLooks == 0 { fit() }
  }

  /// How much is kept of each backend.
  package var resolution: Resolution { digest.resolution }

  /// Keeps less of each backend when all of them became too much.
  private mutating func fit() { fit(to: Resolution(of: loads)) }

  /// Keeps nothing that a union with a digest that has come so far would not: it will be merged with that.
  package mutating func fit(to bounds: DigestBounds) {
    fit(to: bounds.resolution)
    digest.coverage.coarsen(to: bounds.coverage)
    for part in parts.indices {
      settle(part)
      parts[part].fit(to: bounds[parts[part].key])
    }
    self.bounds = bounds
  }

  private mutating func fit(to needed: Resolution) {
    guard needed > digest.resolution else { return }
    digest.reduce(to: needed)
    for part in parts.indices {
      // What is counted apart goes by the cells and samples as they were.
      settle(part)
      parts[part].reduce(to: needed)
    }
  }

  /// What is known of each backend, which several streams may tell of.
  private var loads: [Resolution.Load] {
    guard streams.count > 1 else { return parts.indices.map { .init(of: parts[$0].digest) } }
    var loads: [BackendKey: Resolution.Load] = [:]
    for part in parts.indices {
      let load = Resolution.Load(of: parts[part].digest)
      if loads[parts[part].key]?.add(load) == nil { loads[parts[part].key] = load }
    }
    return Array(loads.values)
  }

  /// Has a reader count successes; its batch is to be added before it is asked again.
  package func lend(to batch: inout EventBatch) { batch.successes.lend(tallies, of: index.known) }

  private mutating func addUnclosed(_ successes: borrowing CountedSuccesses) {
    for part in successes.lent.indices {
      let tally = successes.lent[part].tally
      if tally.count > 0 { add(tally, of: part) }
      parts[part].digest.idle.add(successes: successes.lent[part].idle.span)
    }
    for second in successes.seconds { coverSecond(of: second) }
  }

  private mutating func add(_ closed: CountedSuccesses.Closed) {
    add(closed.tally, of: closed.part)
  }

  /// Adds what a reader counted of a part behind all that is known of it.
  private mutating func add(_ tally: SuccessTally, of part: Int) {
    if tallies[part].count > 0 { settle(part) }
    streams[index.names[part].stream].succeed(tally)
    parts[part].settle(tally)
    tallies[part] = tally
    tallies[part].empty()
  }

  /// Paths that one log may name before further ones are one.
  ///
  /// Which ones are told apart then depends on their order: pieces of such a log tell other ones.
  package static let pathLimit = 512

  /// Backends that one log may name before further ones are one, in the same way: each takes tens of
  /// kilobytes.
  package static let backendLimit = 10_000

  /// The digest of all that was added.
  package consuming func finish() -> Digest {
    digest.pieces.insert(piece, of: file)
    digest.coverage.forgetCounts()
    for part in parts.indices {
      settle(part)
      let told = parts[part].close(piece)
      let key = parts[part].key
      if digest.backends[key]?.merge(told) == nil { digest.backends[key] = told }
    }
    for stream in streams where stream.first <= stream.last {
      var told = StreamDigest(first: stream.first, last: stream.last)
      told.successes = stream.successes
      told.failures = stream.failures
      told.gateways = stream.gateways
      if let known = digest.streams[stream.name] { told.merge(known) }
      digest.streams[stream.name] = told
    }
    for told in samples where !told.gateway.isEmpty {
      digest.transactions[told.gateway, default: TransactionSample()].merge(told.sample)
    }
    digest.changes.trim()
    digest.suppressions.trim()
    digest.fit()
    return digest
  }

  private mutating func add(
    _ event: Event, _ batch: borrowing EventBatch, _ memory: inout TransactionMemory
  ) {
    guard event.time.isKnown else { return }
    let stream = stream(event.stream, batch)
    cover(event.time.milliseconds, stream: stream)
    if !event.transaction.isEmpty { sample(event, batch) }
    // Patterns, because comparing values with raw ones costs 40 instructions each.
    let hasNote = if case .none = event.note { false } else { true }
    if case .ok = event.outcome {
      success(event, batch, stream)
      if !hasNote { return }
    }
    notice(event, hasNote, batch, stream, &memory)
  }

  /// Takes an event that is more than an exchange that went well.
  private mutating func notice(
    _ event: Event, _ hasNote: Bool, _ batch: borrowing EventBatch, _ stream: Int,
    _ memory: inout TransactionMemory
  ) {
    if hasNote { note(event, batch, stream) }
    // What a health check met is no exchange; only the change of state counts.
    if event.journal == .state, event.outcome.side == .backend { return }
    switch event.outcome.side {
    case .none: break
    case .backend:
      // Without a backend, a pool or a service there is nobody to hold it against.
      let isPath = event.journal == .access && !event.uri.isEmpty
      let isNameless =
        event.backend.isNone && event.pool.isNone && event.service.isNone && !isPath
      if isNameless || isVague(event) {
        digest.unattributed += Int(event.count)
      } else {
        failure(event, batch, stream, &memory)
      }
    case .client:
      digest.clientAborts += Int(event.count)
      if !event.backend.isNone {
        let none = ExchangeTime(limit: digest.resolution.workCells)
        digest.aborts[PartIndex.memberName(event, batch), default: none].add(
          at: event.time.milliseconds, count: Int(event.count),
          milliseconds: Int64(max(0, event.durationMilliseconds)) * Int64(event.count))
      }
    case .gateway:
      digest.gatewayFaults += Int(event.count)
    case .state:
      change(event.outcome == .serverDown ? .serverDown : .serverUp, event, batch, stream)
    }
  }

  /// Failures that name only where the request came in, in classes that may be the caller's own.
  private func isVague(_ event: Event) -> Bool {
    guard event.backend.isNone, event.pool.isNone else { return false }
    return event.outcome == .other || event.outcome == .tlsFailure
  }

  // MARK: Coverage and changes

  @inline(__always)
  private mutating func cover(_ time: Int64, stream: Int) {
    if time < streams[stream].first { streams[stream].first = time }
    if time > streams[stream].last { streams[stream].last = time }
    if UInt64(bitPattern: time &- covered) >= 1000 { coverSecond(of: time) }
  }

  private mutating func coverSecond(of time: Int64) {
    covered = floorDivide(time, 1000) &* 1000
    digest.coverage.add(at: covered, count: 1)
  }

  private mutating func sample(_ event: Event, _ batch: borrowing EventBatch) {
    if lastSample >= samples.count || samples[lastSample].id.index != event.gateway.index {
      if let known = samples.firstIndex(where: { $0.id.index == event.gateway.index }) {
        lastSample = known
      } else {
        lastSample = samples.count
        let name = batch.names.name(event.gateway) ?? gateway
        samples.append(GatewaySample(id: event.gateway, gateway: name))
      }
    }
    let start = Int(event.transaction.start)
    samples[lastSample].sample.insert(
      textHash(batch.text.span, start, start + Int(event.transaction.count)),
      at: event.time.milliseconds)
  }

  private mutating func note(_ event: Event, _ batch: borrowing EventBatch, _ stream: Int) {
    switch event.note {
    case .none: break
    case .suppressed:
      digest.suppressions.insert(
        Suppression(
          time: event.time.milliseconds, spanMilliseconds: Int64(event.spanMilliseconds),
          count: Int(event.count), stream: streams[stream].name))
    case .deploy: change(.deploy, event, batch, stream)
    case .restart: change(.restart, event, batch, stream)
    }
  }

  private mutating func change(
    _ kind: Change.Kind, _ event: Event, _ batch: borrowing EventBatch, _ stream: Int
  ) {
    digest.changes.insert(
      Change(
        time: event.time.milliseconds, kind: kind,
        backend: PartIndex.memberName(event, batch),
        gateway: batch.names.name(event.gateway) ?? gateway, stream: streams[stream].name))
  }

  // MARK: Exchanges

  private mutating func success(_ event: Event, _ batch: borrowing EventBatch, _ stream: Int) {
    let part = part(event, batch, stream)
    if let idle = tallies[part].take(event, product: productNumber) {
      if idle >= 0 { parts[part].digest.idle.addSuccess(gapMilliseconds: idle) }
      return
    }
    settle(part)
    streams[stream].successes += Int(event.count)
    note(part)
    parts[part].succeed(event, batch, &tallies[part])
  }

  /// Adds what was counted apart; nothing may be counted so until the part's next success.
  private mutating func settle(_ part: Int) {
    let tally = tallies[part]
    tallies[part].close()
    streams[index.names[part].stream].successes += tally.count
    parts[part].settle(tally)
  }

  private mutating func failure(
    _ event: Event, _ batch: borrowing EventBatch, _ stream: Int,
    _ memory: inout TransactionMemory
  ) {
    let part = part(event, batch, stream)
    streams[stream].failures += Int(event.count)
    settle(part)
    parts[part].fail(event, batch, isAttempt: memory.isKnown(event, batch))
    note(part)
  }

  /// Notes whose log tells of the backend.
  private mutating func note(_ part: Int) {
    guard parts[part].product != productNumber else { return }
    parts[part].product = productNumber
    if !product.isEmpty { parts[part].digest.products.insert(product) }
  }

  // MARK: Tables

  private mutating func stream(_ id: NameID, _ batch: borrowing EventBatch) -> Int {
    if let lastStream, lastStream.id == id.index { return lastStream.index }
    let index: Int
    if let known = streamIndex[id.index] {
      index = known
    } else {
      let named = batch.names.name(id)
      let file = named ?? file
      var seed: UInt64 = 0
      for byte in file.utf8 { seed = mixed(seed &+ UInt64(byte)) }
      streams.append(Stream(name: named ?? log, file: file, seed: seed))
      index = streams.count - 1
      streamIndex[id.index] = index
    }
    lastStream = (id.index, index)
    return index
  }

  private mutating func part(
    _ event: Event, _ batch: borrowing EventBatch, _ stream: Int
  ) -> Int {
    let place = index.place(of: event, batch, stream: stream)
    if place == parts.count { addPart(index.names[place], stream) }
    return place
  }

  private mutating func addPart(_ name: PartIndex.Name, _ stream: Int) {
    streams[stream].gateways.insert(name.key.gateway)
    parts.append(
      BackendPart(
        key: name.key, log: streams[stream].name, file: streams[stream].file,
        seed: streams[stream].seed,
        stretch: Stretch(file: file, stream: streams[stream].name), bounds: bounds,
        resolution: digest.resolution))
    tallies.append(SuccessTally())
  }
}

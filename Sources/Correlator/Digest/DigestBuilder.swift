import LogEvents

/// Digests the events of one file.
///
/// Attempts are told from failures here, per stream, with a memory of recent transactions: what one
/// stream says twice is one failed exchange.
package struct DigestBuilder: Sendable {
  private var file: String
  /// Gateway of records that name none.
  private var gateway: String
  private var digest = Digest()
  private var parts: [Part] = []
  /// Parts by backend, gateway and journal.
  private var partIndex: [PartKey: Int] = [:]
  private var streams: [Stream] = []
  private var streamIndex: [UInt32: Int] = [:]
  private var lastKey: (key: PartKey, part: Int)?

  private struct PartKey: Hashable {
    /// The member, or what stands for it: 0 member, 1 pool, 2 service.
    var kind: UInt8
    var backend: NameID
    var gateway: NameID
    var journal: Journal
    var stream: Int32
  }

  /// One backend as one stream tells of it.
  private struct Part {
    var key: BackendKey
    var digest = BackendDigest()
    var stream: Int
    var lastRequest: Int64?
    var lastSuccess: Int64?
    var run: SuccessFreeRun?
    /// The names seen last, so that a set of names is asked only when they change.
    var pool = NameID.none
    var service = NameID.none
    var address = NameID.none
    var hasSuccess = false
  }

  private struct Stream {
    var name: String
    var seed: UInt64
    var digest: StreamDigest?
    var recent = RecentTransactions()
    var lastCovered = Int64.min
  }

  /// - Parameters:
  ///   - file: how reports call the file.
  ///   - gateway: the gateway of records that name none; empty when unknown.
  package init(file: String, gateway: String) {
    self.file = file
    self.gateway = gateway
  }

  package mutating func add(_ batch: borrowing EventBatch) {
    for index in batch.events.indices { add(batch.events[index], batch) }
    for moment in batch.witnessed { cover(moment.milliseconds, stream: stream(.none, batch)) }
  }

  /// The digest of all that was added.
  package consuming func finish() -> Digest {
    for index in parts.indices {
      if let run = parts[index].run, parts[index].hasSuccess { parts[index].digest.runs.add(run) }
      parts[index].digest.runs.trim()
      let part = parts[index]
      if var known = digest.backends[part.key] {
        known.merge(part.digest)
        digest.backends[part.key] = known
      } else {
        digest.backends[part.key] = part.digest
      }
    }
    for stream in streams {
      guard let told = stream.digest else { continue }
      if var known = digest.streams[stream.name] {
        known.merge(told)
        digest.streams[stream.name] = known
      } else {
        digest.streams[stream.name] = told
      }
    }
    digest.changes.trim()
    digest.suppressions.trim()
    return digest
  }

  private mutating func add(_ event: Event, _ batch: borrowing EventBatch) {
    guard event.time.isKnown else { return }
    let time = event.time.milliseconds
    let stream = stream(event.stream, batch)
    cover(time, stream: stream)
    if event.note != .none { note(event, batch, stream) }
    // What a health check met is no exchange; only the change of state counts.
    if event.journal == .state, event.outcome.side == .backend { return }
    // Without a backend, a pool or a service there is nobody to hold it against.
    let isNameless = event.backend.isNone && event.pool.isNone && event.service.isNone
    if event.outcome.side == .backend, isNameless || isVague(event) {
      digest.unattributed += Int(event.count)
      return
    }
    switch event.outcome.side {
    case .none:
      if event.outcome == .ok { success(event, batch, stream) }
    case .backend:
      failure(event, batch, stream)
    case .client:
      digest.clientAborts += Int(event.count)
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

  private mutating func cover(_ time: Int64, stream: Int) {
    if streams[stream].digest == nil {
      streams[stream].digest = StreamDigest(first: time, last: time)
    } else {
      if let first = streams[stream].digest?.first, time < first {
        streams[stream].digest?.first = time
      }
      if let last = streams[stream].digest?.last, time > last {
        streams[stream].digest?.last = time
      }
    }
    digest.coverage.add(at: time, count: 1)
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
        backend: batch.names.name(event.backend) ?? "",
        gateway: batch.names.name(event.gateway) ?? gateway, stream: streams[stream].name))
  }

  private mutating func success(_ event: Event, _ batch: borrowing EventBatch, _ stream: Int) {
    let time = event.time.milliseconds
    let count = Int(event.count)
    let part = part(event, batch, stream)
    streams[stream].digest?.successes += count
    if !parts[part].hasSuccess {
      parts[part].hasSuccess = true
      parts[part].digest.successStreams.insert(streams[stream].name)
    }
    if event.spanMilliseconds > 0 {
      parts[part].digest.successes.add(
        from: time, span: Int64(event.spanMilliseconds), count: count)
    } else {
      let hash = mixed(streams[stream].seed &+ UInt64(event.line))
      let log = streams[stream].name
      parts[part].digest.successes.add(at: time, count: count, hash: hash) {
        Self.stored(event, batch, log, hash)
      }
    }
    if let last = parts[part].lastRequest, time >= last {
      parts[part].digest.idle.add(gapMilliseconds: time - last, isFailure: false, count: 1)
    }
    let lastRequest = parts[part].lastRequest ?? time
    let lastSuccess = parts[part].lastSuccess ?? time
    parts[part].lastRequest = max(time, lastRequest)
    parts[part].lastSuccess = max(time, lastSuccess)
    if var run = parts[part].run, time >= run.lastFailure {
      run.nextSuccess = time
      parts[part].digest.runs.add(run)
      parts[part].run = nil
    }
    if event.hasMilliseconds { parts[part].digest.hasMilliseconds = true }
    names(event, batch, part)
  }

  private mutating func failure(_ event: Event, _ batch: borrowing EventBatch, _ stream: Int) {
    let time = event.time.milliseconds
    let count = Int(event.count)
    let part = part(event, batch, stream)
    streams[stream].digest?.failures += count
    parts[part].digest.entries += count
    if event.hasMilliseconds { parts[part].digest.hasMilliseconds = true }
    names(event, batch, part)
    if !event.transaction.isEmpty {
      parts[part].digest.entriesWithTransaction += count
      let start = Int(event.transaction.start)
      let text = fnv(batch.text.span, start, start + Int(event.transaction.count))
      let id = text &+ mixed(UInt64(event.backend.index))
      guard streams[stream].recent.insert(id) else {
        parts[part].digest.attempts += count
        return
      }
    }
    parts[part].digest.classes[event.outcome, default: 0] += count
    let hash = mixed(streams[stream].seed &+ UInt64(event.line))
    let log = streams[stream].name
    let span = Int64(event.spanMilliseconds)
    // A repeated message is spread over its span, in at most 64 places.
    let places = span > 0 ? min(count, 64) : 1
    for place in 0..<places {
      let share = count * (place + 1) / places - count * place / places
      let moment = time + span * Int64(place) / Int64(places)
      parts[part].digest.failures.add(at: moment, count: share, hash: hash) {
        Self.stored(event, batch, log, hash)
      }
      parts[part].digest.phases.add(at: moment, count: share)
      parts[part].digest.fine.add(at: moment, count: share)
    }
    if span == 0, let last = parts[part].lastRequest, time >= last {
      parts[part].digest.idle.add(gapMilliseconds: time - last, isFailure: true, count: count)
    }
    let lastRequest = parts[part].lastRequest ?? time
    parts[part].lastRequest = max(time, lastRequest)
    if parts[part].run == nil {
      parts[part].run = SuccessFreeRun(
        stream: streams[stream].name, failures: 0, lastSuccess: parts[part].lastSuccess,
        firstFailure: time, lastFailure: time, nextSuccess: nil)
    }
    parts[part].run?.failures += count
    let last = parts[part].run?.lastFailure ?? time
    parts[part].run?.lastFailure = max(time + span, last)
  }

  private mutating func names(_ event: Event, _ batch: borrowing EventBatch, _ part: Int) {
    if event.pool != parts[part].pool, let pool = batch.names.name(event.pool) {
      parts[part].pool = event.pool
      parts[part].digest.pools.insert(pool)
    }
    if event.address != parts[part].address, let address = batch.names.name(event.address) {
      parts[part].address = event.address
      parts[part].digest.addresses.insert(address)
    }
    if event.service != parts[part].service, let service = batch.names.name(event.service) {
      parts[part].service = event.service
      parts[part].digest.services.insert(service)
    }
  }

  private mutating func stream(_ id: NameID, _ batch: borrowing EventBatch) -> Int {
    if let known = streamIndex[id.index] { return known }
    let name = batch.names.name(id) ?? file
    var seed: UInt64 = 0
    for byte in name.utf8 { seed = mixed(seed &+ UInt64(byte)) }
    streams.append(Stream(name: name, seed: seed))
    streamIndex[id.index] = streams.count - 1
    return streams.count - 1
  }

  private mutating func part(
    _ event: Event, _ batch: borrowing EventBatch, _ stream: Int
  ) -> Int {
    let journal = event.journal == .access ? Journal.access : .error
    let key = PartKey(
      kind: event.backend.isNone ? event.pool.isNone ? 2 : 1 : 0,
      backend: event.backend.isNone
        ? event.pool.isNone ? event.service : event.pool : event.backend,
      gateway: event.gateway,
      journal: journal, stream: Int32(truncatingIfNeeded: stream))
    if let lastKey, lastKey.key == key { return lastKey.part }
    let part: Int
    if let known = partIndex[key] {
      part = known
    } else {
      let gateway = batch.names.name(event.gateway) ?? gateway
      var backend = batch.names.name(key.backend) ?? ""
      if event.backend.isNone { backend = (event.pool.isNone ? "service " : "pool ") + backend }
      parts.append(
        Part(
          key: BackendKey(backend: backend, gateway: gateway, journal: journal), stream: stream))
      streams[stream].digest?.gateways.insert(gateway)
      part = parts.count - 1
      partIndex[key] = part
    }
    lastKey = (key, part)
    return part
  }

  private static func stored(
    _ event: Event, _ batch: borrowing EventBatch, _ log: String, _ hash: UInt64
  ) -> StoredEvent {
    StoredEvent(
      hash: hash, time: event.time.milliseconds, outcome: event.outcome, line: event.line,
      file: log, gateway: batch.names.name(event.gateway),
      client: batch.string(event.client), uri: batch.string(event.uri),
      code: batch.names.name(event.code), message: batch.string(event.message))
  }
}

/// The hashes of the last few thousand transactions, in a ring.
struct RecentTransactions: Sendable {
  static let limit = 4096
  private var known: Set<UInt64> = []
  private var ring: [UInt64] = []
  private var next = 0

  /// Whether the transaction is new.
  mutating func insert(_ id: UInt64) -> Bool {
    guard known.insert(id).inserted else { return false }
    if ring.count < Self.limit {
      ring.append(id)
    } else {
      known.remove(ring[next])
      ring[next] = id
      next = (next + 1) % Self.limit
    }
    return true
  }
}

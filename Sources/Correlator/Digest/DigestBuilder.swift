import LogEvents

/// Digests the events of one file, or of a piece of it.
package struct DigestBuilder: Sendable {
  private let file: String
  private let piece: Piece
  /// The log whose part the file is; a log is rotated into several files.
  private let log: String
  /// Gateway of records that name none.
  private let gateway: String
  private let bounds: SampleBounds
  private var digest = Digest()
  private var parts: [BackendPart] = []
  private var partIndex: [PartName: Int] = [:]
  private var keys: Set<BackendKey> = []
  private var lanes: [Lane] = []
  /// Whose lanes they are; apart from them, so that looking for one touches no tables.
  private var laneKeys: [UInt64] = []
  private var lastLane = 0
  private var streams: [Stream] = []
  private var streamIndex: [UInt32: Int] = [:]
  private var lastStream: (id: UInt32, index: Int)?
  /// The product that wrote what is being added, and how often it changed.
  private var product = ""
  private var productNumber = 0
  private var samples: [GatewaySample] = []
  private var lastSample = 0
  /// The second that was covered last.
  private var covered: Int64?

  /// Where events of one stream, gateway and journal go: parts by the id of their backend's name.
  private struct Lane {
    /// -1 where the backend is new.
    var parts: [Int32] = []
    /// Parts by the ids of name and pool, for names that several pools use.
    var pooled: [UInt64: Int] = [:]
    /// Parts by the hash of a path's beginning, for access records that name nothing else.
    var paths: [UInt64: Int] = [:]
  }

  /// Whose name stands for the backend.
  private enum Subject: UInt8 { case member, pool, service, path }

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
  }

  private struct GatewaySample {
    var id: NameID
    var gateway: String
    var sample = TransactionSample()
  }

  /// What makes a part: names may have several ids, and a member may stand in several pools.
  private struct PartName: Hashable {
    var key: BackendKey
    var stream: Int
  }

  /// - Parameters:
  ///   - file: how reports call the file.
  ///   - piece: which part of the file the events are of.
  ///   - log: the log whose part the file is, the same for all files of a rotated set.
  ///   - gateway: the gateway of records that name none; empty when unknown.
  ///   - bounds: of the digest that this one will be merged with.
  package init(
    file: String, piece: Piece = .whole, log: String? = nil, gateway: String,
    bounds: SampleBounds = SampleBounds()
  ) {
    self.bounds = bounds
    self.file = file
    self.piece = piece
    self.log = log ?? file
    self.gateway = gateway
    digest.pieces.insert(piece, of: file)
  }

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
    for index in batch.events.indices { add(batch.events[index], batch, &memory) }
    for moment in batch.witnessed { cover(moment.milliseconds, stream: stream(.none, batch)) }
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
    digest.coverage.forgetCounts()
    for index in parts.indices {
      let told = parts[index].close()
      let key = parts[index].key
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
        digest.aborts[memberName(event, batch), default: ExchangeTime()].add(
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

  private mutating func cover(_ time: Int64, stream: Int) {
    if time < streams[stream].first { streams[stream].first = time }
    if time > streams[stream].last { streams[stream].last = time }
    let second = floorDivide(time, 1000)
    guard covered != second else { return }
    covered = second
    digest.coverage.add(at: second * 1000, count: 1)
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
        backend: memberName(event, batch),
        gateway: batch.names.name(event.gateway) ?? gateway, stream: streams[stream].name))
  }

  // MARK: Exchanges

  private mutating func success(_ event: Event, _ batch: borrowing EventBatch, _ stream: Int) {
    let part = part(event, batch, stream)
    streams[stream].successes += Int(event.count)
    parts[part].succeed(event, batch)
    note(part)
  }

  private mutating func failure(
    _ event: Event, _ batch: borrowing EventBatch, _ stream: Int,
    _ memory: inout TransactionMemory
  ) {
    let part = part(event, batch, stream)
    streams[stream].failures += Int(event.count)
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
    let journal = if case .access = event.journal { Journal.access } else { Journal.error }
    let subject: Subject =
      !event.backend.isNone
      ? .member
      : !event.pool.isNone ? .pool : journal == .access && !event.uri.isEmpty ? .path : .service
    let name: NameID
    switch subject {
    case .member: name = event.backend
    case .pool: name = event.pool
    case .service: name = event.service
    case .path: return pathPart(event, batch, stream)
    }
    let lane = lane(stream, event.gateway, journal, subject)
    let id = Int(name.index)
    if id < lanes[lane].parts.count, lanes[lane].parts[id] >= 0 {
      let known = Int(lanes[lane].parts[id])
      if parts[known].isOfPool(event.pool) { return known }
    }
    let pooled = UInt64(name.index) << 32 | UInt64(event.pool.index)
    if let known = lanes[lane].pooled[pooled] { return known }
    if id >= lanes[lane].parts.count {
      let missing = max(64, id + 1 + id / 2) - lanes[lane].parts.count
      lanes[lane].parts.append(contentsOf: repeatElement(-1, count: missing))
    }
    let backend =
      switch subject {
      case .member: memberName(event, batch)
      case .pool: "pool " + (batch.names.name(name) ?? "")
      case .service, .path: "service " + (batch.names.name(name) ?? "")
      }
    let part = part(named: backend, event, batch, stream, journal)
    if subject == .member, !parts[part].key.isJoined, Self.isBare(batch.names.name(name) ?? "") {
      parts[part].ownPool = event.pool
      lanes[lane].pooled[pooled] = part
    }
    lanes[lane].parts[id] = Int32(truncatingIfNeeded: part)
    return part
  }

  private mutating func part(
    named backend: String, _ event: Event, _ batch: borrowing EventBatch, _ stream: Int,
    _ journal: Journal
  ) -> Int {
    let gateway = batch.names.name(event.gateway) ?? gateway
    var name = PartName(
      key: BackendKey(backend: backend, gateway: gateway, journal: journal), stream: stream)
    if let known = partIndex[name] { return known }
    if keys.count >= Self.backendLimit, !keys.contains(name.key) {
      name.key.backend = BackendKey.otherBackends
      if let known = partIndex[name] { return known }
    }
    keys.insert(name.key)
    streams[stream].gateways.insert(gateway)
    parts.append(
      BackendPart(
        key: name.key, log: streams[stream].name, file: streams[stream].file,
        seed: streams[stream].seed,
        stretch: Stretch(file: file, stream: streams[stream].name, piece: piece), bounds: bounds))
    partIndex[name] = parts.count - 1
    return parts.count - 1
  }

  /// The member as `host:port`, or as `pool/name` where the record has only a name that another pool
  /// may use as well; so HAProxy writes it too.
  private func memberName(_ event: Event, _ batch: borrowing EventBatch) -> String {
    let name = batch.names.name(event.backend) ?? ""
    guard Self.isBare(name), let pool = batch.names.name(event.pool) else { return name }
    return pool + "/" + name
  }

  /// Whether a member's name is no address: neither `host:port` nor a path of a socket.
  private static func isBare(_ name: String) -> Bool {
    !name.isEmpty && !name.utf8.contains { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "/") }
  }

  /// Access records without a backend go by the first part of their path: the error log of the same
  /// gateway may tell which backend serves it.
  private mutating func pathPart(
    _ event: Event, _ batch: borrowing EventBatch, _ stream: Int
  ) -> Int {
    let lane = lane(stream, event.gateway, .access, .path)
    let start = Int(event.uri.start)
    let end = start + Int(event.uri.count)
    var stop = start + 1
    while stop < end {
      let byte = batch.text[stop]
      if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") {
        break
      }
      stop += 1
    }
    var hash = textHash(batch.text.span, start, min(stop, end))
    if let known = lanes[lane].paths[hash] { return known }
    var name = "path " + String(decoding: batch.text[start..<min(stop, end)], as: UTF8.self)
    if lanes[lane].paths.count >= Self.pathLimit {
      hash = 0
      name = BackendKey.otherPaths
      if let known = lanes[lane].paths[hash] { return known }
    }
    let part = part(named: name, event, batch, stream, .access)
    lanes[lane].paths[hash] = part
    return part
  }

  private mutating func lane(
    _ stream: Int, _ gateway: NameID, _ journal: Journal, _ subject: Subject
  ) -> Int {
    let kind = UInt64(journal.rawValue) << 2 | UInt64(subject.rawValue)
    let key = UInt64(gateway.index) << 32 | UInt64(stream) << 6 | kind
    if lastLane < laneKeys.count, laneKeys[lastLane] == key { return lastLane }
    if let known = laneKeys.firstIndex(of: key) {
      lastLane = known
    } else {
      lastLane = lanes.count
      laneKeys.append(key)
      lanes.append(Lane())
    }
    return lastLane
  }
}

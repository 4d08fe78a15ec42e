import LogEvents

/// Which part of a digest an event belongs to: one backend as one stream, gateway and journal tell of it.
///
/// Parts are known by their places, in the order in which they were met.
struct PartIndex: Sendable {
  /// What makes a part: names may have several ids, and a member may stand in several pools.
  struct Name: Hashable {
    var key: BackendKey
    var stream: Int
  }

  /// Gateway of records that name none; empty when unknown.
  private let gateway: String
  /// What the parts are called, by their places.
  private(set) var names: [Name] = []
  private var places: [Name: Int] = [:]
  private var keys: Set<BackendKey> = []
  /// Those that a member or a pool was met with first.
  private(set) var known = KnownParts()
  private var lanes: [Lane] = []
  /// Whose lanes they are; apart from them, so that looking for one touches no tables.
  private var laneKeys: [UInt64] = []
  private var lastLane = 0

  /// Where events of one stream, gateway and journal go: parts by the id of their backend's name.
  private struct Lane {
    var parts: [Known] = []
    /// Parts by the ids of name and pool, for names that several pools use.
    var pooled: [UInt64: Int] = [:]
    /// Parts by the hash of a path's beginning, for access records that name nothing else.
    var paths: [UInt64: Int] = [:]
  }

  /// A part by the id of a name.
  private struct Known: BitwiseCopyable {
    /// -1 where the backend is new.
    var place: Int32 = -1
    /// Whether the name is one in all pools.
    var isOfAnyPool = true
    /// The pool whose member it is otherwise, which may be none.
    var pool = NameID.none
  }

  /// Whose name stands for the backend.
  private enum Subject: UInt8 { case member, pool, service, path }

  init(gateway: String) { self.gateway = gateway }

  /// The place of the event's part; a new one is the last.
  mutating func place(of event: Event, _ batch: borrowing EventBatch, stream: Int) -> Int {
    if let place = known.part(of: event) { return place }
    let place = lookedUpPlace(of: event, batch, stream: stream)
    known.note(event, part: place)
    return place
  }

  private mutating func lookedUpPlace(
    of event: Event, _ batch: borrowing EventBatch, stream: Int
  ) -> Int {
    // Patterns, because comparing values with raw ones costs 40 instructions each.
    let journal = if case .access = event.journal { Journal.access } else { Journal.error }
    guard event.backend.isNone else {
      return place(.member, event.backend, event, batch, stream, journal)
    }
    guard event.pool.isNone else {
      return place(.pool, event.pool, event, batch, stream, journal)
    }
    if case .access = journal, !event.uri.isEmpty { return pathPlace(event, batch, stream) }
    return place(.service, event.service, event, batch, stream, journal)
  }

  @inline(__always)
  private mutating func place(
    _ subject: Subject, _ name: NameID, _ event: Event, _ batch: borrowing EventBatch,
    _ stream: Int, _ journal: Journal
  ) -> Int {
    let lane = lane(stream, event.gateway, journal, subject)
    let id = Int(name.index)
    if id < lanes[lane].parts.count {
      let known = lanes[lane].parts[id]
      if known.place >= 0, known.isOfAnyPool || known.pool.index == event.pool.index {
        return Int(known.place)
      }
    }
    return newPlace(subject, name, lane, event, batch, stream, journal)
  }

  /// A part whose name was not met with this id, or with another pool.
  private mutating func newPlace(
    _ subject: Subject, _ name: NameID, _ lane: Int, _ event: Event, _ batch: borrowing EventBatch,
    _ stream: Int, _ journal: Journal
  ) -> Int {
    let id = Int(name.index)
    let pooled = UInt64(name.index) << 32 | UInt64(event.pool.index)
    if let known = lanes[lane].pooled[pooled] { return known }
    if id >= lanes[lane].parts.count {
      let missing = max(64, id + 1 + id / 2) - lanes[lane].parts.count
      lanes[lane].parts.append(contentsOf: repeatElement(Known(), count: missing))
    }
    let backend =
      switch subject {
      case .member: Self.memberName(event, batch)
      case .pool: "pool " + (batch.names.name(name) ?? "")
      case .service, .path: "service " + (batch.names.name(name) ?? "")
      }
    let place = place(named: backend, event, batch, stream, journal)
    var known = Known(place: Int32(truncatingIfNeeded: place))
    if subject == .member, !names[place].key.isJoined,
      Self.isBare(batch.names.name(name) ?? "")
    {
      (known.isOfAnyPool, known.pool) = (false, event.pool)
      lanes[lane].pooled[pooled] = place
    }
    lanes[lane].parts[id] = known
    return place
  }

  private mutating func place(
    named backend: String, _ event: Event, _ batch: borrowing EventBatch, _ stream: Int,
    _ journal: Journal
  ) -> Int {
    let gateway = batch.names.name(event.gateway) ?? gateway
    var name = Name(
      key: BackendKey(backend: backend, gateway: gateway, journal: journal), stream: stream)
    if let known = places[name] { return known }
    if keys.count >= DigestBuilder.backendLimit, !keys.contains(name.key) {
      name.key.backend = BackendKey.otherBackends
      if let known = places[name] { return known }
    }
    keys.insert(name.key)
    names.append(name)
    places[name] = names.count - 1
    return names.count - 1
  }

  /// The member as `host:port`, or as `pool/name` where the record has only a name that another pool
  /// may use as well; so HAProxy writes it too.
  static func memberName(_ event: Event, _ batch: borrowing EventBatch) -> String {
    let name = batch.names.name(event.backend) ?? ""
    guard isBare(name), let pool = batch.names.name(event.pool) else { return name }
    return pool + "/" + name
  }

  /// Whether a member's name is no address: neither `host:port` nor a path of a socket.
  private static func isBare(_ name: String) -> Bool {
    !name.isEmpty && !name.utf8.contains { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "/") }
  }

  /// Access records without a backend go by the first part of their path: the error log of the same
  /// gateway may tell which backend serves it.
  private mutating func pathPlace(
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
    if lanes[lane].paths.count >= DigestBuilder.pathLimit {
      hash = 0
      name = BackendKey.otherPaths
      if let known = lanes[lane].paths[hash] { return known }
    }
    let place = place(named: name, event, batch, stream, .access)
    lanes[lane].paths[hash] = place
    return place
  }

  @inline(__always)
  private mutating func lane(
    _ stream: Int, _ gateway: NameID, _ journal: Journal, _ subject: Subject
  ) -> Int {
    let kind = UInt64(journal.rawValue) << 2 | UInt64(subject.rawValue)
    let key = UInt64(gateway.index) << 32 | UInt64(truncatingIfNeeded: stream) << 6 | kind
    if lastLane < laneKeys.count, laneKeys[lastLane] == key { return lastLane }
    return newLane(key)
  }

  private mutating func newLane(_ key: UInt64) -> Int {
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

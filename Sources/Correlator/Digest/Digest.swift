import LogEvents

/// What one log said of itself: when it spoke and whether it tells successes.
package struct StreamDigest: Sendable, Equatable, Codable {
  /// First and last record with a time, in milliseconds since 1970.
  package internal(set) var first: Int64
  package internal(set) var last: Int64
  package internal(set) var successes = 0
  package internal(set) var failures = 0
  package internal(set) var gateways = BoundedSet()

  mutating func merge(_ other: StreamDigest) {
    first = min(first, other.first)
    last = max(last, other.last)
    successes += other.successes
    failures += other.failures
    gateways.merge(other.gateways)
  }
}

/// A change that outages may follow: a member taken out or back, a deployment, a restart.
package struct Change: Sendable, Hashable, Comparable, Codable {
  package enum Kind: String, Sendable, Hashable, CaseIterable, Codable {
    case serverDown = "server-down"
    case serverUp = "server-up"
    case deploy, restart
  }
  package var time: Int64
  package var kind: Kind
  package var backend: String
  package var gateway: String
  package var stream: String

  package init(time: Int64, kind: Kind, backend: String, gateway: String, stream: String) {
    self.time = time
    self.kind = kind
    self.backend = backend
    self.gateway = gateway
    self.stream = stream
  }

  package static func < (a: Change, b: Change) -> Bool {
    if a.time != b.time { return a.time < b.time }
    return (a.kind.rawValue, a.backend, a.gateway, a.stream)
      < (b.kind.rawValue, b.backend, b.gateway, b.stream)
  }
}

/// A logger's word that it dropped entries.
package struct Suppression: Sendable, Hashable, Comparable, Codable {
  package var time: Int64
  package var spanMilliseconds: Int64
  package var count: Int
  package var stream: String

  package static func < (a: Suppression, b: Suppression) -> Bool {
    (a.time, a.spanMilliseconds, a.count, a.stream)
      < (b.time, b.spanMilliseconds, b.count, b.stream)
  }
}

/// The earliest `limit` members of a set, and how many there were.
package struct EarliestSet<Element: Comparable & Hashable & Sendable & Codable>: Sendable,
  Equatable,
  Codable
{
  static var limit: Int { 4096 }
  package private(set) var members: [Element] = []
  package private(set) var count = 0

  mutating func insert(_ element: Element) {
    members.append(element)
    count += 1
    if members.count >= Self.limit * 2 { trim() }
  }

  mutating func merge(_ other: EarliestSet) {
    members += other.members
    count += other.count
    trim()
  }

  mutating func trim() {
    members.sort()
    if members.count > Self.limit { members.removeLast(members.count - Self.limit) }
  }
}

/// Everything that the correlator knows of a set of logs, whatever their length.
///
/// A commutative monoid: `digest(A ⊎ B) = merge(digest(A), digest(B))`, bit for bit, where A and B are
/// sets of files and of pieces of files. Files, cores and machines are all `merge`. Memory grows with backends and
/// time cells, never with lines.
package struct Digest: Sendable, Equatable {
  static let coverageCells = 4096

  package internal(set) var backends: [BackendKey: BackendDigest] = [:]
  /// How much is kept of each backend.
  package private(set) var resolution = Resolution()
  /// When any record was written, whether it tells of an exchange or not; cells count 1.
  package internal(set) var coverage = CountSeries(limit: coverageCells)
  package internal(set) var streams: [String: StreamDigest] = [:]
  package internal(set) var pieces = PieceList()
  /// By gateway.
  package internal(set) var transactions: [String: TransactionSample] = [:]
  package internal(set) var changes = EarliestSet<Change>()
  package internal(set) var suppressions = EarliestSet<Suppression>()
  /// Exchanges that the caller ended: not a backend's failures.
  package internal(set) var clientAborts = 0
  /// The same by the backend that the caller was waiting for, where the record names it.
  package internal(set) var aborts: [String: ExchangeTime] = [:]
  /// Failures of the gateway's own settings, not of a backend.
  package internal(set) var gatewayFaults = 0

  /// Failures that name neither backend, pool nor service.
  package internal(set) var unattributed = 0

  package init() {}

  package mutating func merge(_ other: Digest) {
    let isMixed = resolution != other.resolution
    if isMixed { reduce(to: max(resolution, other.resolution)) }
    backends.mergeInPlace(other.backends) { $0.merge($1) }
    pieces.merge(other.pieces)
    if !pieces.isEmpty {
      var place = backends.startIndex
      while place < backends.endIndex {
        backends.values[place].joinStretches(pieces)
        backends.formIndex(after: &place)
      }
      pieces.removeWhole()
    }
    coverage.merge(other.coverage)
    coverage.forgetCounts()
    streams.mergeInPlace(other.streams) { $0.merge($1) }
    transactions.mergeInPlace(other.transactions) { $0.merge($1) }
    changes.merge(other.changes)
    suppressions.merge(other.suppressions)
    clientAborts += other.clientAborts
    aborts.mergeInPlace(other.aborts) { $0.merge($1) }
    gatewayFaults += other.gatewayFaults
    unattributed += other.unattributed
    if isMixed { reduce(to: resolution) }
    fit()
  }

  /// Keeps less of each backend when all of them are too much.
  mutating func fit() {
    let needed = Resolution(of: backends.values.map(Resolution.Load.init))
    if needed > resolution { reduce(to: needed) }
  }

  /// Keeps no more than that of each backend.
  mutating func reduce(to resolution: Resolution) {
    self.resolution = resolution
    var place = backends.startIndex
    while place < backends.endIndex {
      backends.values[place].reduce(to: resolution)
      backends.formIndex(after: &place)
    }
    for name in Array(aborts.keys) { aborts[name]?.reduce(to: resolution.workCells) }
  }

  /// Backends that are beginnings of paths.
  package var pathCount: Int { backends.keys.count { $0.backend.hasPrefix("path ") } }

  /// Names that stand for backends which are not told apart, because a log names too many.
  package var joinedNames: [String] {
    Set(backends.keys.lazy.filter(\.isJoined).map(\.backend)).sorted()
  }

  /// First and last record of all logs; `nil` when none has a time.
  package var window: Interval? {
    guard let first = streams.values.map(\.first).min(), let last = streams.values.map(\.last).max()
    else { return nil }
    return Interval(start: Timestamp(milliseconds: first), end: Timestamp(milliseconds: last))
  }
}

extension Dictionary {
  /// Merges the values of keys that both have where they stand: copied, what they own is copied too.
  mutating func mergeInPlace(_ other: Self, _ merge: (inout Value, Value) -> Void) {
    for (key, theirs) in other {
      if let place = index(forKey: key) {
        merge(&values[place], theirs)
      } else {
        self[key] = theirs
      }
    }
  }
}

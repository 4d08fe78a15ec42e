import LogEvents

/// A backend as one gateway reaches it, in one kind of log.
package struct BackendKey: Sendable, Hashable, Comparable {
  /// What further backends and paths of a log are called that names very many.
  package static let otherBackends = "pool (other)"
  package static let otherPaths = "path (other)"

  package var backend: String
  package var gateway: String
  package var journal: Journal

  /// Whether the name is a backend's own: what stands for one (a pool, a service, a path) may be any.
  var isMember: Bool {
    !["pool ", "service ", "path "].contains { backend.hasPrefix($0) }
  }

  /// Whether it stands for backends that are not told apart.
  package var isJoined: Bool { Self.stands(forMany: backend) }

  static func stands(forMany name: String) -> Bool { name == otherBackends || name == otherPaths }

  package static func < (a: BackendKey, b: BackendKey) -> Bool {
    (a.backend, a.gateway, a.journal.rawValue) < (b.backend, b.gateway, b.journal.rawValue)
  }
}

/// What the digest holds of one backend: so many cells and samples, or fewer as its `Resolution` says.
///
/// Every part is a sum, an extremum, a set or a canonical sample, so merging is exact.
package struct BackendDigest: Sendable, Equatable {
  static let failureCells = 2048
  static let successCells = 4096
  static let sampleLimit = 512

  package internal(set) var failures = CellSeries(limit: failureCells)
  package internal(set) var successes = CountSeries(limit: successCells)
  package internal(set) var runs = RunList()
  /// Ends of pieces whose neighbours are not there; none where all files are whole.
  package internal(set) var stretches: [Stretch] = []
  /// Failed exchanges by class.
  package internal(set) var classes: [Outcome: Int] = [:]
  /// Records of failures, retries of one request included.
  package internal(set) var entries = 0
  /// Entries that carry a transaction id.
  package internal(set) var entriesWithTransaction = 0
  /// Further entries of a transaction that had failed already.
  package internal(set) var attempts = 0
  /// Failures of which only the span is known in which they lie.
  package internal(set) var spread = 0
  /// Whether a time with a fraction of a second was seen.
  package internal(set) var hasMilliseconds = false
  package internal(set) var idle = IdleHistogram()
  package internal(set) var fine = FineSample()
  /// Failures by class in time.
  package internal(set) var classSeries = ClassSeries()
  package internal(set) var samples = RawSamples()
  /// Failed and served exchanges to compare with each other.
  package internal(set) var failedSample = ExchangeSample(limit: sampleLimit)
  package internal(set) var servedSample = ExchangeSample(limit: sampleLimit)
  /// Failed exchanges whose duration is known.
  package internal(set) var durations = FailureDurations()
  /// Exchanges whose duration is known, served and failed.
  package internal(set) var work = ExchangeTime()
  /// Products whose logs tell of this backend.
  package internal(set) var products = BoundedSet()
  package internal(set) var pools: BoundedSet = BoundedSet()
  package internal(set) var services: BoundedSet = BoundedSet()
  /// `host:port` of members that the logs call by name.
  package internal(set) var addresses: BoundedSet = BoundedSet()
  /// Logs that tell successes of this backend.
  package internal(set) var successStreams: BoundedSet = BoundedSet()

  package mutating func merge(_ other: BackendDigest) {
    // An empty one takes over the other, which is shared then and not copied.
    if self == BackendDigest() {
      self = other
      return
    }
    failures.merge(other.failures)
    successes.merge(other.successes)
    runs.merge(other.runs)
    stretches += other.stretches
    classes.merge(other.classes, uniquingKeysWith: +)
    entries += other.entries
    entriesWithTransaction += other.entriesWithTransaction
    attempts += other.attempts
    spread += other.spread
    hasMilliseconds = hasMilliseconds || other.hasMilliseconds
    idle.merge(other.idle)
    fine.merge(other.fine)
    classSeries.merge(other.classSeries)
    samples.merge(other.samples)
    failedSample.merge(other.failedSample)
    servedSample.merge(other.servedSample)
    durations.merge(other.durations)
    work.merge(other.work)
    products.merge(other.products)
    pools.merge(other.pools)
    services.merge(other.services)
    addresses.merge(other.addresses)
    successStreams.merge(other.successStreams)
  }
}

/// The alphabetically first names of a set, at most eight of them.
package struct BoundedSet: Sendable, Equatable, Codable {
  static let limit = 8
  package private(set) var names: [String] = []

  mutating func insert(_ name: String) {
    var place = 0
    while place < names.count, names[place] < name { place += 1 }
    if place < names.count, names[place] == name { return }
    names.insert(name, at: place)
    if names.count > Self.limit { names.removeLast() }
  }

  mutating func merge(_ other: BoundedSet) {
    for name in other.names { insert(name) }
  }
}

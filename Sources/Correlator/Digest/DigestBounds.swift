/// How far a digest has come: how much it keeps, what its samples still take, and how coarse its series are.
///
/// An exchange with a greater hash is of no union with it, and no union is finer, so that pieces which are
/// merged with it may begin there.
package struct DigestBounds: Sendable {
  struct Backend: Sendable {
    var failed = UInt64.max
    var served = UInt64.max
    var fine = UInt64.max
    /// Levels of the series.
    var failures = 0
    var successes = 0
    var work = 0
    var classes = 0
  }

  package private(set) var resolution = Resolution()
  private(set) var coverage = 0
  private var backends: [BackendKey: Backend] = [:]

  package init() {}

  package init(of digest: Digest) {
    resolution = digest.resolution
    coverage = digest.coverage.level
    backends = digest.backends.mapValues {
      Backend(
        failed: $0.failedSample.bound, served: $0.servedSample.bound, fine: $0.fine.hashLimit,
        failures: $0.failures.level, successes: $0.successes.level, work: $0.work.level,
        classes: $0.classSeries.level)
    }
  }

  subscript(key: BackendKey) -> Backend { backends[key] ?? Backend() }
}

extension BackendDigest {
  /// One that is merged with what has come so far.
  init(_ bounds: DigestBounds.Backend, _ resolution: Resolution) {
    reduce(to: resolution)
    fit(to: bounds)
  }

  /// Keeps nothing that a union with the other would not.
  mutating func fit(to bounds: DigestBounds.Backend) {
    successes.coarsen(to: bounds.successes)
    work.coarsen(to: bounds.work)
    classSeries.coarsen(to: bounds.classes)
    fine.lower(to: bounds.fine)
  }
}

import LogEvents

/// How much a digest keeps of each backend: less, the more of them have something to tell.
///
/// Every step halves the cells of each. The step is the least with which all backends fit into `budget`, by
/// how many failures and successes they have. Such sums only grow with events and never depend on their order,
/// and what a coarser digest keeps follows from a finer one. Merging is therefore exact here too.
package struct Resolution: Sendable, Hashable, Comparable {
  /// Bytes that all backends may take together, by `bytes`: less than they do while they are read.
  static let budget = 28 << 20
  /// With fewer cells patterns are mistaken for others (correlation.md §4.4); memory grows again beyond it.
  static let mostSteps = 4

  package private(set) var steps = 0

  package var isFull: Bool { steps == 0 }

  package init() {}

  /// That of backends of which so many failures and successes are known.
  init(of loads: some Collection<Load>) {
    while steps < Self.mostSteps, loads.reduce(0, { $0 + bytes($1) }) > Self.budget { steps += 1 }
  }

  /// Exchanges of one backend, of each kind no more than matter.
  struct Load {
    private(set) var failures: Int
    private(set) var successes: Int

    init(of digest: BackendDigest) {
      failures = min(BackendDigest.failureCells, digest.classes.values.reduce(0, +))
      successes = digest.successes.total(upTo: BackendDigest.successCells)
    }

    /// Adds what another stream tells of the same backend.
    mutating func add(_ other: Load) {
      failures = min(BackendDigest.failureCells, failures + other.failures)
      successes = min(BackendDigest.successCells, successes + other.successes)
    }
  }

  /// What a backend takes at most, with texts of usual length.
  private func bytes(_ load: Load) -> Int {
    min(load.failures, failureCells) * 270 + min(load.successes, successCells) * 40
      + min(load.failures, classCells) * 24
      + min(load.failures, runs) * 80
      + (min(load.failures, sampled) + min(load.successes, sampled)) * 300
      // Histograms and what is kept of each class.
      + min(load.failures, 1) * (24 << 10) + min(load.successes, 1) * (8 << 10)
  }

  package static func < (a: Resolution, b: Resolution) -> Bool { a.steps < b.steps }

  // MARK: Limits

  package var failureCells: Int { BackendDigest.failureCells >> steps }
  package var successCells: Int { BackendDigest.successCells >> steps }
  /// Small ones, that tell what a short outage consisted of.
  var classCells: Int { ClassSeries.usualLimit >> max(0, steps - 2) }
  var workCells: Int { ExchangeTime.usualLimit >> steps }
  var fineSeconds: Int { FineSample.usualLimit >> steps }
  var runs: Int { RunList.usualLimit >> steps }
  /// Exchanges of each sample: shares are told well by fewer than times are.
  var sampled: Int { max(64, BackendDigest.sampleLimit >> (2 * steps)) }
}

extension BackendDigest {
  /// Keeps no more than the resolution allows.
  mutating func reduce(to resolution: Resolution) {
    failures.reduce(to: resolution.failureCells)
    successes.reduce(to: resolution.successCells)
    classSeries.reduce(to: resolution.classCells)
    work.reduce(to: resolution.workCells)
    fine.reduce(to: resolution.fineSeconds)
    runs.reduce(to: resolution.runs)
    failedSample.reduce(to: resolution.sampled)
    servedSample.reduce(to: resolution.sampled)
  }
}

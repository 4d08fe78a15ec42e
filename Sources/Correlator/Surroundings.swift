import LogEvents

/// What a case's own numbers are to be compared with: the same time at other gateways, other members of
/// its pool, other ports of its host, and what its exchanges took.
package struct Surroundings: Sendable {
  /// Failures and successes of one name within the case's interval.
  ///
  /// Counted in the cells of the digest: failures are at most so many, successes at least.
  package struct Tally: Sendable, Hashable {
    package var name: String
    package var failures: Int
    package var successes: Int

    package init(_ name: String, failures: Int, successes: Int) {
      self.name = name
      self.failures = failures
      self.successes = successes
    }

    /// Served without a failure, often enough to say so.
    package var isFine: Bool { failures == 0 && successes >= 5 }
  }

  /// A failure that came before: of which backend, when, of which class.
  package struct Onset: Sendable, Hashable {
    package var backend: String
    package var exemplar: Exemplar

    package init(backend: String, exemplar: Exemplar) {
      self.backend = backend
      self.exemplar = exemplar
    }
  }

  /// Exchanges at work at once, by Little's law.
  package struct Concurrency: Sendable, Hashable {
    /// In the busiest part of the case, and on the average outside of it.
    package var inside: Double
    package var outside: Double?
    package var busiest: Interval
    package var meanMilliseconds: Int64

    package init(inside: Double, outside: Double?, busiest: Interval, meanMilliseconds: Int64) {
      self.inside = inside
      self.outside = outside
      self.busiest = busiest
      self.meanMilliseconds = meanMilliseconds
    }
  }

  /// The backend as each gateway saw it; one or none says nothing.
  package var gateways: [Tally] = []
  /// Other members of the same pool.
  package var members: [Tally] = []
  /// Other ports of the same host.
  package var ports: [Tally] = []
  /// Other backends whose names could not be resolved meanwhile.
  package var unresolved: [Tally] = []
  /// First failure of a member of the pool, not later than the case.
  package var onset: Onset?
  /// The last deployment, restart or state change within two minutes before the case.
  package var change: Change?
  /// Where the durations of the backend's failures of the case's classes pile up, over all its logs.
  package var pile: DurationPile?
  package var concurrency: Concurrency?
  /// Callers that left: within the interval, and in all the rest of the logs.
  package var abortsInside = 0
  package var abortsOutside = 0
  /// Length of the interval and of the rest, in seconds.
  package var secondsInside = 0.0
  package var secondsOutside = 0.0
  /// Products whose logs tell of the backend, by the names of their sample folders.
  package var products: [String] = []
  /// Whether an error log of one of the case's gateways was read.
  package var hasErrorLog = false

  package init() {}
}

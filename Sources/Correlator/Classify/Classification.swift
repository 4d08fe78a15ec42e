import LogEvents

/// What the correlator answers: cases, and the totals that they must add up to.
package struct Classification: Sendable {
  /// Of each backend in the order of their names, then those of groups.
  package var cases: [Case] = []
  package var backends: [BackendSummary] = []
  /// Callers that left, by backend.
  package var aborts: [AbortSummary] = []
  /// What details are made of.
  var subjects: [Subject] = []
  var changes: [Change] = []
  /// Gateways whose clocks are wrong, set right before anything else.
  package var offsets: [ClockOffset] = []
  /// First and last record of the logs; `nil` when no record has a time.
  package var window: Interval?

  package init() {}

  package var failures: Int { backends.reduce(0) { $0 + $1.failures } }

  /// Failures without an attempt: no member was left to try, a consequence of other failures.
  package var induced: Int { backends.reduce(0) { $0 + ($1.classes[.poolExhausted] ?? 0) } }

  /// Failures that lie in no case: noise beside an outage.
  package var failuresOutside: Int {
    failures - cases.reduce(0) { $0 + ($1.backends.isEmpty ? $1.failures : 0) }
  }
}

/// The totals of one backend.
package struct BackendSummary: Sendable {
  package var name: String
  package var gateways: [String]
  package var pools: [String]
  package var services: [String]
  /// Failed exchanges, each counted once.
  package var failures: Int
  /// `nil` where the logs do not tell successes.
  package var successes: Int?
  /// Retries of exchanges that had failed already.
  package var attempts: Int
  package var classes: [Outcome: Int]

  package init(
    name: String, gateways: [String], pools: [String], services: [String], failures: Int,
    successes: Int?, attempts: Int, classes: [Outcome: Int]
  ) {
    self.name = name
    self.gateways = gateways
    self.pools = pools
    self.services = services
    self.failures = failures
    self.successes = successes
    self.attempts = attempts
    self.classes = classes
  }
}

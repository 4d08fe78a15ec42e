import LogEvents

/// How failures lie in time, load, keys and backends.
package enum Pattern: String, Codable, Hashable, Sendable, CaseIterable {
  case constant, flapping, clustered, sporadic, periodic, ramp, step, partial
  case backlogCapture = "backlog-capture"
  case keepaliveRace = "keepalive-race"
  case urlConcentrated = "url-concentrated"
  case clientConcentrated = "client-concentrated"
  /// Several backends failed together.
  case commonCause = "common-cause"
  /// Outages begin a steady lag after a state change.
  case follows
  /// Too little data to say more; the case says which data would decide.
  case insufficient
}

/// One named number of a case, found again in the digest.
package struct Measure: Hashable, Sendable {
  /// Short and stable, for example `successesDue`.
  package var name: String
  package var value: Double

  package init(_ name: String, _ value: Double) {
    self.name = name
    self.value = value
  }
}

/// One event kept as proof: where it stands and what it says.
package struct Exemplar: Hashable, Sendable {
  package var time: Timestamp
  package var outcome: Outcome
  package var file: String
  /// 1-based.
  package var line: Int
  package var gateway: String?
  package var client: String?
  package var uri: String?
  package var code: String?
  package var message: String?

  package init(time: Timestamp, outcome: Outcome, file: String, line: Int) {
    self.time = time
    self.outcome = outcome
    self.file = file
    self.line = line
  }
}

/// An interval of time, both ends included.
package struct Interval: Hashable, Sendable {
  package var start: Timestamp
  package var end: Timestamp

  package init(start: Timestamp, end: Timestamp) {
    self.start = start
    self.end = end
  }

  package var milliseconds: Int64 { end.milliseconds - start.milliseconds }

  package func contains(_ time: Timestamp) -> Bool { start <= time && time <= end }
}

/// One pattern of one backend (or, for a common cause, of several) in one interval, with the
/// numbers that say so.
///
/// Playbooks read cases; they never see log text beyond the exemplars.
package struct Case: Sendable {
  package var pattern: Pattern
  /// The backend; empty for a group.
  package var backend: String
  /// Members of a group finding; empty otherwise.
  package var backends: [String] = []
  /// `host:port`, where `backend` is a product's name for the member and a log has both.
  package var address: String?
  package var pool: String?
  package var services: [String] = []
  package var gateways: [String] = []
  /// First and last failure.
  package var interval: Interval
  /// Parts of the interval (bursts, outages, phases), where there are several.
  package var intervals: [Interval] = []
  /// Last success before each of `intervals`, where known; empty where not.
  package var precedingSuccesses: [Timestamp] = []
  /// Each failed exchange counted once.
  package var failures: Int
  /// Failures and successes within the interval; `nil` where successes are not known.
  package var requests: Int?
  /// Last success before the first failure and first success after the last one.
  package var lastSuccess: Timestamp?
  package var nextSuccess: Timestamp?
  /// 0...1: the precision that this pattern reaches at this evidence on the benchmark.
  package var confidence: Double
  /// Why not more, in words: what limits the confidence.
  package var confidenceReason: String = ""
  package var classes: [Outcome: Int] = [:]
  package var evidence: [Measure] = []
  /// Patterns that the data do not exclude.
  package var rivals: [Pattern] = []
  package var exemplars: [Exemplar] = []
  /// Which data would decide or raise the confidence.
  package var missing: [String] = []
  /// Failures per equal slice of the log's window, for a sparkline.
  package var shape: [Int] = []
  /// The key that holds the failures (a URL, a client, the common factor), where the pattern has one.
  package var key: String?
  /// Period, idle time or lag in seconds, where the pattern has one.
  package var seconds: Double?
  /// What a `follows` case follows, for example `server-down`.
  package var follows: String?
  /// Its place in the classification, by which counts in time know it.
  package var place = 0
  /// What the numbers above are to be compared with.
  package var surroundings = Surroundings()

  package init(
    pattern: Pattern, backend: String, interval: Interval, failures: Int, confidence: Double
  ) {
    self.pattern = pattern
    self.backend = backend
    self.interval = interval
    self.failures = failures
    self.confidence = confidence
  }
}

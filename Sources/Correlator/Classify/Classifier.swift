import Glibc
import LogEvents

/// From a digest to cases: each backend's outages first, then what the remainder looks like.
///
/// The method and its thresholds are those of `correlation.md`; its section numbers stand beside
/// them here.
package enum Classifier {
  package static func classify(_ digest: Digest) -> Classification {
    var result = Classification()
    guard let window = digest.window else { return result }
    result.window = window
    for subject in Subject.all(of: digest) {
      let failures = subject.data.failures.total
      result.backends.append(
        BackendSummary(
          name: subject.backend, gateways: subject.gateways, pools: subject.data.pools.names,
          services: subject.data.services.names, failures: failures,
          successes: subject.knowsSuccesses ? subject.data.successes.total : nil,
          attempts: subject.data.attempts, classes: subject.data.classes))
      guard failures > 0 else { continue }
      result.cases += BackendContext(subject, digest: digest, window: window).classified()
    }
    return result
  }
}

/// What the correlator answers: cases, and the totals that they must add up to.
package struct Classification: Sendable {
  /// Of each backend in the order of their names, then those of groups.
  package var cases: [Case] = []
  package var backends: [BackendSummary] = []
  /// First and last record of the logs; `nil` when no record has a time.
  package var window: Interval?

  package init() {}

  package var failures: Int { backends.reduce(0) { $0 + $1.failures } }

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

/// One backend's classification.
struct BackendContext {
  let subject: Subject
  let digest: Digest
  let window: ClosedRange<Int64>
  /// The time in which successes would have been seen; `nil` when they never are.
  let covered: ClosedRange<Int64>?
  let resolution: Int64

  init(_ subject: Subject, digest: Digest, window: Interval) {
    self.subject = subject
    self.digest = digest
    self.window = window.start.milliseconds...window.end.milliseconds
    let all = subject.data.failures.cells + subject.data.successes.cells
    let isWhole = all.allSatisfy { $0.first % 1000 == 0 && $0.last % 1000 == 0 }
    resolution = isWhole ? 999 : 0
    covered = Self.covered(subject, digest)
  }

  /// From the first to the last record of the logs that tell this backend's successes.
  private static func covered(_ subject: Subject, _ digest: Digest) -> ClosedRange<Int64>? {
    let streams = subject.data.successStreams.names.compactMap { digest.streams[$0] }
    guard let first = streams.map(\.first).min(), let last = streams.map(\.last).max() else {
      return nil
    }
    return first...last
  }

  /// Seconds of the whole window.
  var length: Double { max(1, Double(window.upperBound - window.lowerBound) / 1000) }

  func classified() -> [Case] {
    let timeline = Timeline(
      failures: subject.data.failures, successes: subject.data.successes, resolution: resolution)
    guard let covered else { return withoutSuccesses(timeline) }
    let inside = timeline.restricted(to: covered)
    guard inside.failures * 2 >= timeline.failures, inside.successes > 0 else {
      return WithoutSuccesses(context: self, timeline: timeline).cases()
    }
    var cases = WithSuccesses(context: self, timeline: inside, covered: covered).cases()
    let outside = timeline.failures - inside.failures
    if outside > 0, var first = cases.first {
      first.evidence.append(Measure("failuresBeforeSuccessesAreKnown", Double(outside)))
      cases[0] = first
    }
    return cases
  }

  /// No success of this backend: "never worked" where the same gateway tells successes of others.
  private func withoutSuccesses(_ timeline: Timeline) -> [Case] {
    let others = digest.backends.contains { key, data in
      key.backend != subject.backend && !data.successes.isEmpty
        && (subject.gateways.isEmpty || subject.gateways.contains(key.gateway))
    }
    guard others else { return WithoutSuccesses(context: self, timeline: timeline).cases() }
    guard timeline.failures >= 6 else { return [insufficient(timeline)] }
    var found = make(.constant, timeline, from: timeline, confidence: 0.9)
    found.requests = timeline.failures
    found.evidence.append(Measure("neverWorked", 1))
    found.confidenceReason =
      "no success of this backend, while other backends of the same gateway succeed"
    return [found]
  }

  // MARK: Making cases

  func insufficient(_ timeline: Timeline, reason: String? = nil) -> Case {
    var found = make(.insufficient, timeline, from: timeline, confidence: 0.3)
    found.confidenceReason = reason ?? "too few failures to tell a pattern"
    if !subject.knowsSuccesses {
      found.missing.append("an access log of the same gateway, to know how many requests succeeded")
    } else {
      found.missing.append("a longer stretch of the same logs")
    }
    return found
  }

  /// A case over the failures of `part`.
  func make(
    _ pattern: Pattern, _ part: Timeline, from whole: Timeline, confidence: Double
  ) -> Case {
    let failing = part.slices.filter { $0.failures > 0 }
    let start = failing.map(\.firstFailure).min() ?? window.lowerBound
    let end = failing.map(\.lastFailure).max() ?? window.upperBound
    return make(
      pattern, start...end, failures: part.failures,
      requests: subject.knowsSuccesses ? part.failures + part.successes : nil,
      confidence: confidence)
  }

  func make(
    _ pattern: Pattern, _ range: ClosedRange<Int64>, failures: Int, requests: Int?,
    confidence: Double
  ) -> Case {
    var found = Case(
      pattern: pattern, backend: subject.backend,
      interval: Interval(
        start: Timestamp(milliseconds: range.lowerBound),
        end: Timestamp(milliseconds: range.upperBound)),
      failures: failures, confidence: confidence)
    found.requests = requests
    found.gateways = subject.gateways
    found.services = subject.data.services.names
    let addresses = subject.data.addresses.names
    found.address = addresses.count == 1 ? addresses[0] : nil
    found.pool = subject.data.pools.names.first
    found.classes = classes(in: range)
    found.exemplars = exemplars(in: range)
    found.shape = shape()
    return found
  }

  /// Classes within a range, estimated from the cells' exemplars unless it holds all failures.
  private func classes(in range: ClosedRange<Int64>) -> [Outcome: Int] {
    let cells = subject.data.failures.cells.filter {
      $0.last >= range.lowerBound && $0.first <= range.upperBound
    }
    guard cells.count < subject.data.failures.cells.count else { return subject.data.classes }
    var counts: [Outcome: Int] = [:]
    for cell in cells {
      guard let outcome = cell.exemplar?.outcome else { continue }
      counts[outcome, default: 0] += cell.count
    }
    return counts
  }

  /// The first, a middle and the last failure kept of a range.
  private func exemplars(in range: ClosedRange<Int64>) -> [Exemplar] {
    let kept = subject.data.failures.cells.compactMap(\.exemplar).filter {
      range.contains($0.time)
    }
    guard kept.count > 3 else { return kept.map(\.exemplar) }
    return [kept[0], kept[kept.count / 2], kept[kept.count - 1]].map(\.exemplar)
  }

  /// Failures in twelve equal slices of the window.
  private func shape() -> [Int] {
    var counts = [Int](repeating: 0, count: 12)
    let length = max(1, window.upperBound - window.lowerBound + 1)
    for cell in subject.data.failures.cells {
      let place = Int((cell.first - window.lowerBound) * 12 / length)
      counts[min(11, max(0, place))] += cell.count
    }
    return counts
  }
}

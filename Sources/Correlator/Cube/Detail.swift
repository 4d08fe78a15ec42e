import LogEvents

/// What pages show beyond the cases: counts in time, what failed exchanges share, records as proof.
///
/// Texts are those of the logs; `Reports` redacts them before anything is shown.
package struct Detail: Sendable {
  package var cube: Cube
  package var traits: [SharedTraits]
  package var moments: [FailureMoments]
  /// By backend, three of each class.
  package var samples: [String: [Exemplar]]
  package var changes: [Change]
  /// All of them, those that are not in `changes` included.
  package var changeCount: Int
  package var streams: [Stream]
  /// Stretches in which no log said anything.
  package var silences: [Interval]
  /// How often a logger said that it left records out.
  package var suppressions: Int
  /// Failed exchanges that name neither backend, pool nor service.
  package var unattributed: Int

  /// When one log spoke, and what of.
  package struct Stream: Sendable {
    package var name: String
    package var span: Interval
    package var failures: Int
    package var successes: Int
  }

  /// Backends whose exchanges are looked at one by one: those with the most failures.
  private static let closeLimit = 12
  private static let changeLimit = 400
  private static let streamLimit = 40
  private static let silenceLimit = 40

  package init(of digest: Digest, _ classification: Classification) {
    let subjects = classification.subjects
    let failing = subjects.filter { !$0.data.failures.isEmpty }.sorted {
      ($1.data.failures.total, $0.backend) < ($0.data.failures.total, $1.backend)
    }
    cube = Cube(of: subjects, classification)
    traits = SharedTraits.all(of: failing.prefix(Self.closeLimit))
    moments = failing.prefix(Self.closeLimit).map { FailureMoments($0) }
    samples = Dictionary(
      failing.map { subject in
        let kept = subject.data.samples
        return (subject.backend, kept.outcomes.flatMap { kept.samples(of: $0) })
      }, uniquingKeysWith: +)
    changes = Array(classification.changes.prefix(Self.changeLimit))
    changeCount = digest.changes.count
    streams = digest.streams.sorted { $0.key < $1.key }.prefix(Self.streamLimit).map {
      Stream(
        name: $0.key,
        span: Interval(
          start: Timestamp(milliseconds: $0.value.first),
          end: Timestamp(milliseconds: $0.value.last)),
        failures: $0.value.failures, successes: $0.value.successes)
    }
    silences = Self.silences(digest.coverage, classification.window)
    suppressions = digest.suppressions.count
    unattributed = digest.unattributed
  }

  /// Longer than a minute, than a twenty-fifth of the window and than the cells can tell.
  private static func silences(_ coverage: CountSeries, _ window: Interval?) -> [Interval] {
    guard let window else { return [] }
    let length = window.end.milliseconds - window.start.milliseconds
    let least = max(60_000, length / 25, 4 * coverage.widthMilliseconds)
    var silences: [Interval] = []
    for (before, after) in zip(coverage.cells, coverage.cells.dropFirst())
    where after.first - before.last > least && silences.count < silenceLimit {
      silences.append(
        Interval(
          start: Timestamp(milliseconds: before.last), end: Timestamp(milliseconds: after.first)))
    }
    return silences
  }
}

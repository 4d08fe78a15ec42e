import Correlator
import LogEvents
import LogFormats
import LogIntake

/// Reads logs as they grow, and answers at any time what a report would say.
///
/// Order of calls: `take` with what following or listening told, `window` at each tick, `total` for a
/// report. Nothing here knows files, clocks or terminals.
package struct LiveRun: Sendable {
  private var run: Run
  private let roots: [String]
  package var windowMilliseconds: Int64
  /// Logs by their paths.
  package private(set) var logs: [String: LiveLog] = [:]
  private let headBytes: Int
  private let keepsDays: Bool

  /// `keepsDays`: what was counted is told apart by days, so that old ones can be dropped.
  package init(
    run: Run, roots: [String], windowMilliseconds: Int64, keepsDays: Bool = false,
    headBytes: Int = LiveLog.headBytes
  ) {
    self.headBytes = headBytes
    self.keepsDays = keepsDays
    self.run = run
    self.roots = roots
    self.windowMilliseconds = windowMilliseconds
  }

  /// The run itself, leaving an empty one: what it holds is large and must not be copied.
  package mutating func taken() -> LiveRun {
    var taken = LiveRun(
      run: run, roots: roots, windowMilliseconds: windowMilliseconds, keepsDays: keepsDays,
      headBytes: headBytes)
    swap(&taken, &self)
    return taken
  }

  package mutating func take(_ told: FollowedFiles.Told, _ bytes: Span<UInt8>, at now: Int64) {
    switch told {
    case .bytes(let path, let part, let modified):
      log(path, modified: modified, at: now)
      logs[path]?.take(bytes, part: part, at: now)
    case .ended(let path, let part): logs[path]?.end(part: part, at: now)
    case .problem(let path, let problem):
      log(path, modified: now, at: now)
      logs[path]?.note(problem)
    }
  }

  /// Other settings, for logs that are met from here on.
  package mutating func reload(_ run: Run) { self.run = run }

  /// Notes a log that has nothing in it yet.
  package mutating func expect(_ path: String, modified: Int64, at now: Int64) {
    log(path, modified: modified, at: now)
  }

  private mutating func log(_ path: String, modified: Int64, at now: Int64) {
    guard logs[path] == nil else { return }
    let source = Source(path: path, size: 0, modifiedMilliseconds: path == "-" ? nil : modified)
    logs[path] = LiveLog(
      source: source, gateway: GatewayName.guess(path: path, roots: roots), run: run,
      windowMilliseconds: windowMilliseconds, keepsDays: keepsDays, headBytes: headBytes, at: now)
  }

  // MARK: What was seen

  /// The time that was asked for.
  package var asked: AskedWindow { run.asked }

  /// The last record's time over all logs, in milliseconds since 1970; `nil` before the first one.
  package var latest: Int64? {
    let times = logs.values.map(\.latest).filter { $0 != .min }
    return times.max()
  }

  /// What happened in the last `windowMilliseconds` of the logs' own time.
  package mutating func window(at now: Int64) -> Digest {
    var digest = Digest()
    let start = (latest ?? now) - windowMilliseconds
    for path in logs.keys.sorted() {
      logs[path]?.forget(before: start)
      guard let latest = logs[path]?.latest, latest >= start else { continue }
      if let part = logs[path]?.windowDigest() { digest.merge(part) }
    }
    return digest
  }

  /// Counts of failures and lines so far, cheap to ask: they tell whether anything is new.
  package var progress: (failures: Int, lines: Int) {
    logs.values.reduce((0, 0)) { ($0.0 + $1.failures.total, $0.1 + $1.counts.lines) }
  }

  /// Failures of all logs, for a screen.
  package var failures: LiveFailures {
    logs.values.reduce(into: LiveFailures()) { $0.merge($1.failures) }
  }

  /// The digest of everything, and what became of each log, by path.
  package func total() -> (digest: Digest, logs: [FileResult<DigestConsumer>]) {
    var digest = Digest()
    var results: [FileResult<DigestConsumer>] = []
    for (_, log) in logs.sorted(by: { $0.key < $1.key }) {
      let total = log.total()
      digest.merge(total.digest)
      results.append(total.result)
    }
    return (digest, results)
  }

  // MARK: Saving

  mutating func saved(_ path: String) -> SavedLog? { logs[path]?.saved() }
  mutating func wasSaved(_ path: String) { logs[path]?.wasSaved() }
  mutating func forget(_ path: String, before start: Int64) {
    logs[path]?.forgetDays(before: start)
  }

  package mutating func restore(_ saved: SavedLog, at now: Int64) {
    log(saved.path, modified: now, at: now)
    logs[saved.path]?.restore(saved, at: now)
  }
}

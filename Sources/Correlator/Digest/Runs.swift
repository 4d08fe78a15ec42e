/// A stretch of one stream in which a backend failed and nothing succeeded.
///
/// Only streams that carry both outcomes have runs. `lastSuccess` or `nextSuccess` is `nil` where the
/// stream begins or ends within the run. Milliseconds since 1970.
package struct SuccessFreeRun: Sendable, Hashable, Codable {
  package var stream: String
  package var failures: Int
  package var lastSuccess: Int64?
  package var firstFailure: Int64
  package var lastFailure: Int64
  package var nextSuccess: Int64?

  /// Shown first and kept longest: the longer run; ties are decided by all fields.
  func outranks(_ other: SuccessFreeRun) -> Bool {
    let (a, b) = (length, other.length)
    if a != b { return a > b }
    if failures != other.failures { return failures > other.failures }
    if firstFailure != other.firstFailure { return firstFailure < other.firstFailure }
    if lastFailure != other.lastFailure { return lastFailure < other.lastFailure }
    if stream != other.stream { return stream < other.stream }
    return (lastSuccess ?? .min, nextSuccess ?? .max)
      < (other.lastSuccess ?? .min, other.nextSuccess ?? .max)
  }

  private var length: Int64 {
    (nextSuccess ?? lastFailure) &- (lastSuccess ?? firstFailure)
  }
}

/// The longest success-free runs of a backend, at most `limit` of them.
package struct RunList: Sendable, Codable {
  static let usualLimit = 512

  private var limit = usualLimit
  package private(set) var runs: [SuccessFreeRun] = []
  /// Runs in all, those that are no longer kept included.
  package private(set) var count = 0
  /// The last of as many as there may be; what it outranks is none of them.
  private var last: SuccessFreeRun?

  private enum CodingKeys: String, CodingKey { case runs, count }

  package init() {}

  mutating func add(_ run: SuccessFreeRun) {
    count += 1
    if let last, !run.outranks(last) { return }
    let most = limit + limit / 4
    // No room for more than there may be: growing by itself the array would take more.
    if runs.count == limit / 2 { runs.reserveCapacity(most) }
    runs.append(run)
    if runs.count >= most { trim() }
  }

  mutating func merge(_ other: RunList) {
    count += other.count
    trim()
    // Those beyond the last would only make the array longer.
    let wanted = other.runs.filter { run in last.map { run.outranks($0) } ?? true }
    guard !wanted.isEmpty else { return }
    runs.reserveCapacity(runs.count + wanted.count)
    runs += wanted
    trim()
  }

  /// Lowers the number of runs that there may be.
  mutating func reduce(to limit: Int) {
    guard limit < self.limit else { return }
    self.limit = limit
    trim()
    runs.shrink(to: limit + limit / 4)
  }

  /// Brings the list to its canonical form.
  mutating func trim() {
    runs.sort { $0.outranks($1) }
    if runs.count > limit { runs.removeLast(runs.count - limit) }
    if runs.count == limit { last = runs.last }
  }
}

extension RunList: Equatable {
  package static func == (a: RunList, b: RunList) -> Bool { a.runs == b.runs && a.count == b.count }
}

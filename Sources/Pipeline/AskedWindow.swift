import LogEvents

/// The time that was asked for: since, until, or both.
package struct AskedWindow: Sendable, Hashable {
  /// The first moment.
  package var since: Timestamp?
  /// The first moment that is no longer asked for.
  package var until: Timestamp?

  package init(since: Timestamp? = nil, until: Timestamp? = nil) {
    self.since = since
    self.until = until
  }

  package func contains(_ time: Timestamp) -> Bool {
    if let since, time < since { return false }
    if let until, time >= until { return false }
    return true
  }

  /// Leaves of a batch what was asked for; returns how many events it took away.
  func filter(_ batch: inout EventBatch) -> Int {
    guard self != AskedWindow() else { return 0 }
    let count = batch.events.count
    batch.events.removeAll { !contains($0.time) }
    batch.witnessed.removeAll { !contains($0) }
    return count - batch.events.count
  }

  /// How much later than its file's last change a record may seem to be, in milliseconds: its zone
  /// may have been assumed wrongly, and zones differ by up to 26 hours.
  private static let slack: Int64 = 26 * 3_600_000

  /// Whether a file that was last changed then can hold nothing that was asked for.
  func excludes(changedAt milliseconds: Int64?) -> Bool {
    guard let since, let milliseconds else { return false }
    return milliseconds &+ Self.slack < since.milliseconds
  }
}

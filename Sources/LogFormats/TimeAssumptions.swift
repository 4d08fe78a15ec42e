import LogEvents
import Synchronization

/// What the clocks of one reader share: the file that they are in, and what they had to assume.
///
/// A class, because every format owns a clock and the reader goes from file to file with them. Atomic,
/// because readers may be handed to another thread; no order is needed.
package final class TimeAssumptions: Sendable {
  private let change: Atomic<Int64>
  private let lacksZone = Atomic(false)
  private let lacksYear = Atomic(false)

  package init(reference: Timestamp = .unknown) { change = Atomic(reference.milliseconds) }

  /// When the file was last changed: the year of records without one follows from it.
  package var reference: Timestamp {
    get { Timestamp(milliseconds: change.load(ordering: .relaxed)) }
    set { change.store(newValue.milliseconds, ordering: .relaxed) }
  }

  /// Whether a record named no zone, or no year, since they were last taken.
  package var told: (zone: Bool, year: Bool) {
    (lacksZone.load(ordering: .relaxed), lacksYear.load(ordering: .relaxed))
  }

  func noteZone() {
    if !lacksZone.load(ordering: .relaxed) { lacksZone.store(true, ordering: .relaxed) }
  }

  func noteYear() {
    if !lacksYear.load(ordering: .relaxed) { lacksYear.store(true, ordering: .relaxed) }
  }

  /// The reader goes on in another file.
  func begin(reference: Timestamp) {
    change.store(reference.milliseconds, ordering: .relaxed)
    lacksZone.store(false, ordering: .relaxed)
    lacksYear.store(false, ordering: .relaxed)
  }
}

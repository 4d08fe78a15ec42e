import Correlator

/// When alerts of findings are sent: after a wait in which what belongs together gathers, again while
/// a finding stays open, and once when it is over.
///
/// The words are Alertmanager's. Pure: times are given, in milliseconds.
package struct AlertSchedule: Sendable {
  package enum Event: String, Sendable { case open, change, close, `repeat` }

  package struct Alert: Sendable {
    package var event: Event
    package var change: FindingLedger.Change
    /// When the finding was opened and, when it is over, closed; in the wall's time.
    package var startsAt: Int64
    package var endsAt: Int64?
  }

  package var groupWaitMilliseconds: Int64
  package var repeatMilliseconds: Int64

  private struct Known: Sendable {
    var change: FindingLedger.Change
    var startsAt: Int64
    var lastSent: Int64?
    /// What is to be sent next, and from when on.
    var due: (event: Event, at: Int64)?
    var endsAt: Int64?
  }

  private var known: [String: Known] = [:]

  package init(groupWaitMilliseconds: Int64, repeatMilliseconds: Int64) {
    self.groupWaitMilliseconds = groupWaitMilliseconds
    self.repeatMilliseconds = repeatMilliseconds
  }

  package mutating func note(_ changes: [FindingLedger.Change], at now: Int64) {
    for change in changes {
      let subject = change.entry.subject
      var entry = known[subject] ?? Known(change: change, startsAt: now)
      entry.change = change
      let wait = entry.due?.at ?? now + groupWaitMilliseconds
      switch change.kind {
      case .open:
        entry.endsAt = nil
        // Over and back again before anybody was told: nothing to tell but that it goes on.
        entry.due = entry.lastSent == nil ? (.open, wait) : (.change, wait)
      case .change:
        entry.due = entry.lastSent == nil ? (.open, wait) : (.change, wait)
      case .close:
        guard entry.lastSent != nil else {
          // Nobody knows of it.
          known[subject] = nil
          continue
        }
        entry.endsAt = now
        entry.due = (.close, wait)
      }
      known[subject] = entry
    }
  }

  /// What is to be sent now, together.
  package mutating func due(at now: Int64) -> [Alert] {
    var alerts: [Alert] = []
    for (subject, var entry) in known.sorted(by: { $0.key < $1.key }) {
      var event: Event?
      if let due = entry.due, due.at <= now {
        event = due.event
      } else if entry.due == nil, let lastSent = entry.lastSent,
        now - lastSent >= repeatMilliseconds
      {
        event = .repeat
      }
      guard let event else { continue }
      alerts.append(
        Alert(
          event: event, change: entry.change, startsAt: entry.startsAt, endsAt: entry.endsAt))
      entry.due = nil
      entry.lastSent = now
      known[subject] = event == .close ? nil : entry
    }
    return alerts
  }
}

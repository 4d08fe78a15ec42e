import Correlator
import LogEvents

/// Which findings are open, and what changed since the last look.
///
/// A finding settles before it is announced, changes its pattern only when the new one holds, and
/// closes when its backend has recovered or stayed quiet: nothing flaps. Pure: times are given, in
/// milliseconds since 1970 (`latest` is that of the logs, `now` that of the wall).
package struct FindingLedger: Sendable {
  package enum State: String, Sendable { case settling, open, closed }

  package struct Entry: Sendable {
    /// The backend, or the members of a group.
    package var subject: String
    package var state: State
    /// As seen last; its pattern is the one announced.
    package var finding: Finding
    /// When it was opened or closed, in the logs' time.
    package var since: Int64
    /// A pattern that is not announced yet, and since when it holds.
    var next: (pattern: Pattern, since: Int64)?
    /// When it was seen first, to let it settle.
    var firstSeen: Int64
    /// The last failure, and the success after it, of whichever finding was seen last.
    var lastFailure: Int64 = .min
    var nextSuccess: Timestamp?
    /// Since when the data do not carry it any more.
    var absentSince: Int64?
    var closedAt: Int64 = .max
  }

  package struct Change: Sendable {
    package enum Kind: String, Sendable { case open, change, close }
    package var kind: Kind
    package var entry: Entry
    /// The pattern before, where it changed.
    package var was: Pattern?
    package var reason: String
    /// In the logs' time.
    package var time: Int64
  }

  /// A finding of low confidence must hold for this long before it is announced.
  static let settleMilliseconds: Int64 = 5_000
  /// A new pattern must hold for this long before it replaces the announced one.
  static let holdMilliseconds: Int64 = 10_000
  /// No failure for this long, with a success after the last one: recovered.
  static let recoveryMilliseconds: Int64 = 60_000
  /// No failure for this long: closed even where successes are not known.
  static let quietMilliseconds: Int64 = 300_000
  /// A finding that the data no longer carry is closed after this.
  static let absenceMilliseconds: Int64 = 30_000
  /// Closed findings are shown for this long, in the wall's time.
  static let afterglowMilliseconds: Int64 = 300_000

  /// What was announced, as it is kept over a restart.
  package struct Announced: Sendable, Codable, Equatable {
    package var subject: String
    package var pattern: Pattern
    package var since: Int64
  }

  private var entries: [String: Entry] = [:]
  /// Announced by a former process and not seen again yet.
  private var resumed: [String: Announced] = [:]
  /// Subjects in the order of display: it changes only when a verdict does.
  private var order: [String] = []

  /// Goes on after what a former process announced: that is not told again.
  package init(resuming announced: [Announced] = []) {
    for finding in announced { resumed[finding.subject] = finding }
  }

  package var announced: [Announced] {
    let open = entries.values.filter { $0.state == .open }.map {
      Announced(subject: $0.subject, pattern: $0.finding.of.pattern, since: $0.since)
    }
    return (open + resumed.values).sorted { $0.subject < $1.subject }
  }

  /// Worst first and stable; settling ones after open ones, closed ones last.
  package var shown: [Entry] { order.compactMap { entries[$0] } }
  package var openCount: Int { entries.values.count { $0.state == .open } }

  /// Takes the findings of now, worst first, and tells what changed.
  package mutating func update(
    _ findings: [Finding], latest: Int64, now: Int64
  ) -> [Change] {
    var changes: [Change] = []
    var seen: Set<String> = []
    var isReordered = false
    for finding in findings {
      let subject = Self.subject(finding)
      // The worst finding of a backend stands for it.
      guard seen.insert(subject).inserted else { continue }
      if var entry = entries[subject] {
        let before = entry.state
        see(finding, &entry, latest, now, &changes)
        isReordered = isReordered || entry.state != before
        entries[subject] = entry
      } else if latest - finding.of.interval.end.milliseconds < Self.quietMilliseconds {
        var entry = Entry(
          subject: subject, state: .settling, finding: finding, since: latest, firstSeen: now)
        if let known = resumed[subject], finding.of.pattern != .insufficient {
          entry.state = .open
          entry.since = known.since
          entry.finding.of.pattern = known.pattern
          resumed[subject] = nil
        }
        see(finding, &entry, latest, now, &changes)
        entries[subject] = entry
        isReordered = true
      }
    }
    for (subject, var entry) in entries.sorted(by: { $0.key < $1.key }) {
      if !seen.contains(subject), entry.absentSince == nil {
        entry.absentSince = now
        entries[subject] = entry
      }
      if let reason = closing(entry, latest, now) {
        entry.closedAt = now
        if entry.state == .open {
          entry.state = .closed
          entry.since = latest
          changes.append(Change(kind: .close, entry: entry, reason: reason, time: latest))
          entries[subject] = entry
        } else {
          entries[subject] = nil
        }
        isReordered = true
      } else if entry.state == .closed, now - entry.closedAt > Self.afterglowMilliseconds,
        !seen.contains(subject)
      {
        entries[subject] = nil
        isReordered = true
      }
    }
    if isReordered || !changes.isEmpty { reorder() }
    return changes
  }

  private mutating func see(
    _ finding: Finding, _ entry: inout Entry, _ latest: Int64, _ now: Int64,
    _ changes: inout [Change]
  ) {
    let closedEnd = entry.lastFailure
    entry.lastFailure = max(entry.lastFailure, finding.of.interval.end.milliseconds)
    entry.nextSuccess = finding.of.nextSuccess
    entry.absentSince = nil
    switch entry.state {
    case .settling:
      entry.finding = finding
      guard finding.of.pattern != .insufficient,
        finding.confidence > .low || now - entry.firstSeen >= Self.settleMilliseconds
      else { return }
      entry.state = .open
      entry.since = latest
      changes.append(Change(kind: .open, entry: entry, reason: finding.claim, time: latest))
    case .closed:
      guard finding.of.interval.end.milliseconds > closedEnd else { return }
      entry.state = .settling
      entry.firstSeen = now
      see(finding, &entry, latest, now, &changes)
    case .open:
      let announced = entry.finding.of.pattern
      let pattern = finding.of.pattern
      if pattern == announced {
        entry.finding = finding
        entry.next = nil
      } else if pattern == .insufficient {
        // What was told stays told until it is over or something better is known.
        entry.next = nil
      } else if let next = entry.next, next.pattern == pattern {
        guard now - next.since >= Self.holdMilliseconds else { return }
        entry.finding = finding
        entry.next = nil
        changes.append(
          Change(
            kind: .change, entry: entry, was: announced, reason: finding.claim, time: latest))
      } else {
        entry.next = (pattern, now)
      }
    }
  }

  /// Why the finding is over, or `nil`.
  private func closing(_ entry: Entry, _ latest: Int64, _ now: Int64) -> String? {
    guard entry.state != .closed else { return nil }
    let quiet = latest - entry.lastFailure
    if let success = entry.nextSuccess, quiet >= Self.recoveryMilliseconds {
      return "recovered: succeeded again at \(RFC3339.text(success, withMilliseconds: false))"
    }
    if quiet >= Self.quietMilliseconds {
      return "no failure for \(Words.duration(Double(quiet / 1000)))"
    }
    guard let absent = entry.absentSince, now - absent >= Self.absenceMilliseconds else {
      return nil
    }
    return "the data no longer carry it"
  }

  private mutating func reorder() {
    func rank(_ entry: Entry) -> Int {
      switch entry.state {
      case .open: entry.finding.confidence == .low ? 1 : 0
      case .settling: 2
      case .closed: 3
      }
    }
    let known = Dictionary(
      order.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    order = entries.values.sorted { a, b in
      if rank(a) != rank(b) { return rank(a) < rank(b) }
      let (first, second) = (a.finding.of.failures, b.finding.of.failures)
      if first != second { return first > second }
      return (known[a.subject] ?? .max, a.subject) < (known[b.subject] ?? .max, b.subject)
    }.map(\.subject)
  }

  private static func subject(_ finding: Finding) -> String {
    guard !finding.of.backends.isEmpty else { return finding.of.backend }
    return
      "\(finding.of.pattern.rawValue) of \(finding.of.backends.sorted().joined(separator: ", "))"
  }
}

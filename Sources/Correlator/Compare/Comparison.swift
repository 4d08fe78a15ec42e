import LogEvents

/// What differs between two sets of logs, such as before and after a change.
///
/// Each backend's failures, and each class of them, are compared by an exact test: as shares where both
/// sides know the requests, else as rates over the time of the logs. Many tests are corrected for
/// (Benjamini, Hochberg, 1 %); what does not stand is no change.
package struct Comparison: Sendable {
  package enum Verdict: String, Sendable, Hashable, CaseIterable {
    case new, gone, grown, shrunk
    /// The rate is as before, the way in which failures lie is not.
    case changed
    case same
  }

  /// One side's numbers.
  package struct Count: Sendable, Hashable {
    package var failures: Int
    /// `nil` where successes are not known.
    package var requests: Int?
    /// Length of the logs.
    package var seconds: Double

    package var share: Double? {
      requests.flatMap { $0 > 0 ? Double(failures) / Double($0) : nil }
    }
    package var perHour: Double { seconds > 0 ? Double(failures) * 3600 / seconds : 0 }
  }

  package struct Row: Sendable {
    package var backend: String
    package var before: Count
    package var after: Count
    package var verdict: Verdict
    /// Of the exact test, uncorrected.
    package var chance: Double
    /// Whether shares of requests were compared, not rates.
    package var comparesShares: Bool
    /// Asserted patterns, the one with the most failures first.
    package var patternsBefore: [Pattern]
    package var patternsAfter: [Pattern]
    package var classes: [ClassRow]
    /// Whether the backend is in the other side's logs at all.
    package var isMissingBefore = false
    package var isMissingAfter = false
  }

  package struct ClassRow: Sendable, Hashable {
    package var outcome: Outcome
    package var before: Int
    package var after: Int
    package var verdict: Verdict
    package var chance: Double
  }

  package var before: Interval?
  package var after: Interval?
  /// The worst change first.
  package var rows: [Row] = []

  /// Whether the windows differ so much in length that counts cannot be compared, only rates.
  package var lengthsDiffer: Bool {
    let (a, b) = (Self.seconds(before), Self.seconds(after))
    return abs(a - b) > 0.05 * max(a, b)
  }

  package init(_ first: Classification, _ second: Classification) {
    before = first.window
    after = second.window
    let (a, b) = (Side(first), Side(second))
    let names = Set(a.backends.keys).union(b.backends.keys).sorted()
    rows = names.compactMap { Self.row($0, a, b) }
    judge()
    rows.sort {
      (Self.rank($0), -$0.after.failures, -$0.before.failures, $0.backend)
        < (Self.rank($1), -$1.after.failures, -$1.before.failures, $1.backend)
    }
  }

  private static func seconds(_ window: Interval?) -> Double {
    window.map { max(1, Double($0.end.milliseconds - $0.start.milliseconds) / 1000) } ?? 0
  }

  private struct Side {
    var backends: [String: BackendSummary] = [:]
    var patterns: [String: [Pattern]] = [:]
    var seconds: Double

    init(_ classification: Classification) {
      for backend in classification.backends { backends[backend.name] = backend }
      let asserted = classification.cases.filter { $0.pattern != .insufficient }
        .sorted { ($1.failures, $0.pattern.rawValue) < ($0.failures, $1.pattern.rawValue) }
      for found in asserted {
        for name in found.backends.isEmpty ? [found.backend] : found.backends
        where patterns[name]?.contains(found.pattern) != true {
          patterns[name, default: []].append(found.pattern)
        }
      }
      seconds = Comparison.seconds(classification.window)
    }

    func count(_ name: String) -> Count {
      let backend = backends[name]
      let failures = backend?.failures ?? 0
      return Count(
        failures: failures, requests: backend?.successes.map { $0 + failures }, seconds: seconds)
    }
  }

  private static func row(_ name: String, _ a: Side, _ b: Side) -> Row? {
    let (before, after) = (a.count(name), b.count(name))
    guard before.failures + after.failures > 0 else { return nil }
    let outcomes = Set(a.backends[name]?.classes.keys.map(\.self) ?? [])
      .union(b.backends[name]?.classes.keys.map(\.self) ?? [])
    var row = Row(
      backend: name, before: before, after: after, verdict: .same, chance: 1, comparesShares: false,
      patternsBefore: a.patterns[name] ?? [], patternsAfter: b.patterns[name] ?? [], classes: [])
    row.isMissingBefore = a.backends[name] == nil
    row.isMissingAfter = b.backends[name] == nil
    let test = Test(before, after)
    row.comparesShares = test.comparesShares
    row.chance = test.chance(before.failures, after.failures)
    row.classes = outcomes.sorted { $0.rawValue < $1.rawValue }.map { outcome in
      let (f, g) = (
        a.backends[name]?.classes[outcome] ?? 0, b.backends[name]?.classes[outcome] ?? 0
      )
      return ClassRow(
        outcome: outcome, before: f, after: g, verdict: .same, chance: test.chance(f, g))
    }
    return row
  }

  /// Shares where both sides know their requests, rates over time elsewhere.
  private struct Test {
    let before: Count
    let after: Count

    init(_ before: Count, _ after: Count) {
      self.before = before
      self.after = after
    }

    var comparesShares: Bool { (before.requests ?? 0) > 0 && (after.requests ?? 0) > 0 }

    func chance(_ f: Int, _ g: Int) -> Double {
      if let n = before.requests, let m = after.requests, comparesShares {
        return ExactTest.proportions(f, of: n, g, of: m)
      }
      return ExactTest.rates(f, in: before.seconds, g, in: after.seconds)
    }

    func grew(_ f: Int, _ g: Int) -> Bool {
      if let n = before.requests, let m = after.requests, comparesShares {
        return Double(g) / Double(m) > Double(f) / Double(n)
      }
      return Double(g) / max(1, after.seconds) > Double(f) / max(1, before.seconds)
    }

    func verdict(_ f: Int, _ g: Int) -> Verdict {
      grew(f, g) ? (f == 0 ? .new : .grown) : (g == 0 ? .gone : .shrunk)
    }
  }

  /// All tests are one family; what stands gets its verdict.
  private mutating func judge() {
    let standing = ExactTest.standing(rows.flatMap { [$0.chance] + $0.classes.map(\.chance) })
    var place = 0
    for index in rows.indices {
      let test = Test(rows[index].before, rows[index].after)
      if standing[place] {
        rows[index].verdict = test.verdict(rows[index].before.failures, rows[index].after.failures)
      } else if rows[index].hasOtherPattern {
        rows[index].verdict = .changed
      }
      place += 1
      for number in rows[index].classes.indices {
        let told = rows[index].classes[number]
        if standing[place] {
          rows[index].classes[number].verdict = test.verdict(told.before, told.after)
        }
        place += 1
      }
    }
  }

  private static func rank(_ row: Row) -> Int {
    switch row.verdict {
    case .new: 0
    case .grown: 1
    case .changed: 2
    case .shrunk: 3
    case .gone: 4
    case .same: 5
    }
  }
}

extension Comparison.Row {
  /// Both sides assert a pattern, and the first ones differ.
  package var hasOtherPattern: Bool {
    guard let a = patternsBefore.first, let b = patternsAfter.first else { return false }
    return a != b
  }
}

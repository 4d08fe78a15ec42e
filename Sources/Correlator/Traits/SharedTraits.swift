import Glibc
import LogEvents

/// Something that one request has and another has not.
package enum Trait: String, Sendable, CaseIterable {
  case operation, client, service, gateway

  /// The value of an exchange; `nil` where the record has none.
  package func value(of exchange: SampledExchange) -> String? {
    switch self {
    case .operation: exchange.path.map(URLTemplate.of)
    case .client: exchange.client
    case .service: exchange.service
    case .gateway: exchange.gateway.isEmpty ? nil : exchange.gateway
    }
  }
}

/// One value of a trait: how many failed and served exchanges have it.
package struct TraitRow: Sendable {
  package var trait: Trait
  package let value: String
  /// As it may be shown.
  package var shown: String
  package var failed: Int
  /// Failed exchanges of which the trait is known.
  package var allFailed: Int
  package var served: Int
  package var allServed: Int
  /// Chance of so many failed exchanges with the value by chance alone; `nil` without successes.
  package var chance: Double?
  /// Holds with all tests of the report taken together.
  package fileprivate(set) var isSignificant = false

  package var failedShare: Double { Double(failed) / Double(max(1, allFailed)) }
  package var servedShare: Double { Double(served) / Double(max(1, allServed)) }

  /// Share of the failed over share of the served, with its lower bound at 95 % (Katz, log scale).
  package var lift: (value: Double, atLeast: Double)? {
    guard allServed > 0, failed > 0 else { return nil }
    let (a, n) = (Double(failed), Double(allFailed))
    // Half an exchange stands for none, as usual where a count is zero.
    let (b, m) = (max(0.5, Double(served)), Double(allServed))
    let ratio = (a / n) / (b / m)
    let error = (1 / a - 1 / n + 1 / b - 1 / m).squareRoot()
    return (ratio, ratio * exp(-1.96 * error))
  }
}

/// What the failed exchanges of one backend share, and its served ones do not.
package struct SharedTraits: Sendable {
  package var backend: String
  /// Failed exchanges of the backend, and how many of them were looked at.
  package var failures: Int
  package var failed: [SampledExchange]
  /// Served exchanges; `nil` where the logs do not tell them.
  package var successes: Int?
  package var served: [SampledExchange]
  /// The strongest first; values of too few failures are left out.
  package var rows: [TraitRow] = []

  /// Values with fewer failed exchanges are not tested.
  static let leastFailures = 5
  /// Of all tests of a report together.
  static let errorLevel = 0.01
  private static let leastLift = 2.0
  private static let leastShare = 0.1
  private static let rowsKept = 12

  /// Rows that hold as a pattern: significant, and large enough to matter.
  package var patterns: [TraitRow] {
    rows.filter {
      $0.isSignificant && $0.failedShare >= Self.leastShare
        && ($0.lift?.value ?? 0) >= Self.leastLift
    }
  }

  static func all(of subjects: some Sequence<Subject>) -> [SharedTraits] {
    var all = subjects.map(SharedTraits.init)
    // One correction for everything that a reader is shown.
    let places = all.indices.flatMap { number in all[number].rows.indices.map { (number, $0) } }
    let tested = places.filter { all[$0.0].rows[$0.1].chance != nil }
    let chances = tested.compactMap { all[$0.0].rows[$0.1].chance }
    for (place, holds) in zip(tested, Holm.significant(chances, level: errorLevel)) {
      all[place.0].rows[place.1].isSignificant = holds
    }
    for index in all.indices { all[index].rank() }
    return all
  }

  init(_ subject: Subject) {
    backend = subject.backend
    failures = subject.data.failures.total
    failed = subject.data.failedSample.exchanges
    successes = subject.knowsSuccesses ? subject.data.successes.total : nil
    served = subject.data.servedSample.exchanges
    for trait in Trait.allCases { rows += rows(of: trait) }
  }

  private func rows(of trait: Trait) -> [TraitRow] {
    let failing = failed.compactMap(trait.value)
    let working = served.compactMap(trait.value)
    let served = Dictionary(working.map { ($0, 1) }, uniquingKeysWith: +)
    let counts = Dictionary(failing.map { ($0, 1) }, uniquingKeysWith: +)
    // A value that every exchange has tells nothing apart.
    guard Set(counts.keys).union(served.keys).count > 1 else { return [] }
    return counts.filter { $0.value >= Self.leastFailures }.map { value, count in
      var row = TraitRow(
        trait: trait, value: value, shown: value, failed: count, allFailed: failing.count,
        served: served[value] ?? 0, allServed: working.count)
      if row.allServed > 0 {
        row.chance = Fisher.chance(
          failed: count, of: row.allFailed, served: row.served, of: row.allServed)
      }
      return row
    }
  }

  private mutating func rank() {
    rows.sort { a, b in
      if a.isSignificant != b.isSignificant { return a.isSignificant }
      let (first, second) = (a.lift?.atLeast ?? a.failedShare, b.lift?.atLeast ?? b.failedShare)
      if first != second { return first > second }
      return (a.trait.rawValue, a.value) < (b.trait.rawValue, b.value)
    }
    rows = Array(rows.prefix(Self.rowsKept))
  }
}

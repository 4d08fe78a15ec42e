import Glibc
import LogEvents

/// Whether the failures share a URL or a client, and the successes do not (correlation.md §5.5).
///
/// Shares of the failures come from the exemplars of their cells, each weighing as much as its cell; those
/// of the successes from an even sample of them.
struct Keys {
  struct Answer {
    var pattern: Pattern
    /// The key, or the few keys, with the largest share first.
    var keys: [String]
    var share: Double
    /// Ratio of failures on the keys over that on the rest; `nil` where successes are unknown.
    var lift: Double?
  }

  /// What a failure and a success may share.
  private enum Key {
    case path, template, client

    func of(_ failure: Failure) -> String? { of(failure.uri, failure.client) }
    func of(_ exchange: SampledExchange) -> String? { of(exchange.path, exchange.client) }

    private func of(
      _ uri: @autoclosure () -> String?, _ client: @autoclosure () -> String?
    ) -> String? {
      switch self {
      case .path: uri().map(Keys.path)
      case .template: uri().map(Keys.template)
      case .client: client()
      }
    }
  }

  /// A cell of failures with what its exemplar tells.
  private struct Failure {
    var count: Int
    var uri: String?
    var client: String?
  }

  /// Those that the question is about.
  private let failures: [Failure]
  /// The number of successes, and an even sample of them.
  private let successes: Int
  private let served: ExchangeSample

  /// Of the cells that are asked for, in order, by their first and last failure.
  init(of backend: BackendDigest, where isAsked: (Int64, Int64) -> Bool = { _, _ in true }) {
    // By place: a copy of a cell would own all its texts anew.
    let cells = backend.failures.cells
    var failures: [Failure] = []
    for place in cells.indices where isAsked(cells[place].first, cells[place].last) {
      failures.append(
        Failure(
          count: cells[place].count, uri: cells[place].exemplar?.uri,
          client: cells[place].exemplar?.client))
    }
    self.failures = failures
    successes = backend.successes.total
    served = backend.servedSample
  }

  func answer() -> Answer? {
    ask(.urlConcentrated, .path) ?? ask(.urlConcentrated, .template)
      ?? ask(.clientConcentrated, .client)
  }

  /// Without the query and parameters, as the sample of the served ones has it.
  static func path(_ uri: String) -> String {
    let end = end(ofPath: uri)
    return end == uri.endIndex ? uri : String(uri[..<end])
  }

  private static func end(ofPath uri: String) -> String.Index {
    uri.utf8.firstIndex {
      $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") || $0 == UInt8(ascii: ";")
    } ?? uri.endIndex
  }

  /// The first part of the path, the rest a star.
  static func template(_ uri: String) -> String {
    let bytes = uri.utf8
    let end = end(ofPath: uri)
    guard let first = bytes.first, first == UInt8(ascii: "/"),
      let second = bytes.dropFirst().firstIndex(of: UInt8(ascii: "/")), second < end,
      bytes.index(after: second) < end
    else { return String(uri[..<end]) }
    return String(uri[..<second]) + "/*"
  }

  private struct Shares {
    var weights: [String: Double] = [:]
    var total = 0.0
    var squares = 0.0

    mutating func add(_ name: String, _ weight: Double) {
      weights[name, default: 0] += weight
      total += weight
      squares += weight * weight
    }

    var effectiveSize: Double { squares > 0 ? total * total / squares : 0 }
  }

  private func ask(_ pattern: Pattern, _ key: Key) -> Answer? {
    var failed = Shares()
    for failure in failures {
      if let name = key.of(failure) { failed.add(name, Double(failure.count)) }
    }
    let all = Double(failures.reduce(0) { $0 + $1.count })
    guard failed.total >= 0.8 * all, failed.effectiveSize >= 5 else { return nil }
    let ranked = failed.weights.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    // Neither one nor six keys hold enough: the successes need not be asked.
    guard ranked.prefix(6).reduce(0, { $0 + $1.value }) >= 0.75 * failed.total else { return nil }
    var worked = Shares()
    let served = served.exchanges
    for name in served.compactMap(key.of) {
      worked.add(name, Double(successes) / Double(served.count))
    }
    guard worked.total > 0 else {
      // All URLs of a service may be of one template: without successes that says nothing.
      guard key != .template, let top = ranked.first, top.value / failed.total >= 0.92,
        failed.effectiveSize >= 12
      else { return nil }
      return Answer(pattern: pattern, keys: [top.key], share: top.value / failed.total)
    }
    let count = Double(Set(failed.weights.keys).union(worked.weights.keys).count)
    let f = all
    let s = Double(successes)

    /// Ratios of a set of keys and of the rest, and the chance of the set's share.
    func weigh(_ names: [String]) -> (share: Double, lift: Double, logChance: Double) {
      let a = names.reduce(0) { $0 + (failed.weights[$1] ?? 0) } / failed.total
      let known = names.reduce(0) { $0 + (worked.weights[$1] ?? 0) }
      let q = (known + Double(names.count)) / (worked.total + count)
      let ratio = a * f / max(1e-12, a * f + q * s)
      let rest = max(1e-9, (1 - a) * f) / max(1e-9, (1 - a) * f + (1 - q) * s)
      let requests = (a * f + q * s) / (f + s)
      let chance = Likelihood.logTail(
        atLeast: a * failed.effectiveSize, of: failed.effectiveSize, chance: requests)
      return (a, ratio / rest, chance)
    }

    if let top = ranked.first {
      let found = weigh([top.key])
      if found.share >= 0.75, found.lift >= 8, found.logChance + log(count) < -12 {
        return Answer(pattern: pattern, keys: [top.key], share: found.share, lift: found.lift)
      }
    }
    return few(pattern, ranked.prefix(40).map(\.key), count: count, weigh)
  }

  /// Two to six keys, each of them far above the rest.
  private func few(
    _ pattern: Pattern, _ names: [String], count: Double,
    _ weigh: ([String]) -> (share: Double, lift: Double, logChance: Double)
  ) -> Answer? {
    let single = names.map { ($0, weigh([$0])) }.filter {
      $0.1.logChance + log(count) < -8 && $0.1.lift >= 4
    }
    let chosen = single.sorted { $0.1.share > $1.1.share }.prefix(6).map(\.0)
    guard chosen.count >= 2 else { return nil }
    let set = weigh(chosen)
    guard set.share >= 0.8, set.lift >= 8 else { return nil }
    return Answer(pattern: pattern, keys: chosen, share: set.share, lift: set.lift)
  }
}

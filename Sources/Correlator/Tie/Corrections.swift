/// What an operator knows better than the logs.
package struct Corrections: Sendable {
  package var aliases = BackendAliases()
  /// By how many milliseconds the clock of a gateway is ahead.
  package var skew: [String: Int64] = [:]

  package init() {}
}

/// The parts of a digest as they belong together: names made one, clocks set right, what one log tells
/// of another's records put in its place.
struct TiedParts {
  var parts: [BackendKey: BackendDigest]
  var changes: [Change]
  /// Callers that left, under the names that stand for all spellings.
  var aborts: [String: ExchangeTime] = [:]
  /// Of clocks that differ; applied.
  var offsets: [ClockOffset]

  init(_ digest: Digest, _ corrections: Corrections) {
    let named = ServiceTie.tied(PathTie(digest).parts)
    let names = BackendNames(named, aliases: corrections.aliases)
    parts = names.renamed(named)
    offsets = ClockComparison(digest, parts: parts).offsets.filter {
      corrections.skew[$0.gateway] == nil
    }
    offsets += corrections.skew.sorted { $0.key < $1.key }.map {
      ClockOffset(gateway: $0.key, reference: nil, milliseconds: $0.value, source: .given)
    }
    let ahead = Dictionary(
      offsets.map { ($0.gateway, $0.milliseconds) }, uniquingKeysWith: { first, _ in first })
    for key in parts.keys {
      guard let milliseconds = ahead[key.gateway] else { continue }
      parts[key] = parts[key]?.shifted(by: -milliseconds)
    }
    for (name, told) in digest.aborts {
      aborts[names.name(of: name), default: ExchangeTime()].merge(told)
    }
    changes = digest.changes.members.map { change in
      var change = change
      change.time &-= ahead[change.gateway] ?? 0
      change.backend = names.name(of: change.backend)
      return change
    }.sorted()
  }
}

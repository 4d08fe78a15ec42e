import LogEvents

/// The hashes of the last few thousand transactions, in a ring.
struct RecentTransactions: Sendable {
  static let limit = 4096
  private var known: Set<UInt64> = []
  private var ring: [UInt64] = []
  private var next = 0

  /// Whether the transaction is new.
  mutating func insert(_ id: UInt64) -> Bool {
    guard known.insert(id).inserted else { return false }
    if ring.count < Self.limit {
      ring.append(id)
    } else {
      known.remove(ring[next])
      ring[next] = id
      next = (next + 1) % Self.limit
    }
    return true
  }
}

/// The failed transactions that each stream of a file told last.
package struct TransactionMemory: Sendable {
  private var streams: [UInt32: RecentTransactions] = [:]

  package init() {}

  /// Whether the event is a further attempt of a transaction that has failed already.
  mutating func isKnown(_ event: Event, _ batch: borrowing EventBatch) -> Bool {
    guard !event.transaction.isEmpty else { return false }
    let start = Int(event.transaction.start)
    let text = fnv(batch.text.span, start, start + Int(event.transaction.count))
    return !streams[event.stream.index, default: RecentTransactions()]
      .insert(text &+ mixed(UInt64(event.backend.index)))
  }
}

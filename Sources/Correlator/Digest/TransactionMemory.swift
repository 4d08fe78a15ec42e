import LogEvents

/// The failed transactions that each stream of a file told last.
package struct TransactionMemory: Sendable {
  private var streams: [UInt32: RecentHashes] = [:]

  package init() {}

  /// Whether the event is a further attempt of a transaction that has failed already.
  mutating func isKnown(_ event: Event, _ batch: borrowing EventBatch) -> Bool {
    guard !event.transaction.isEmpty else { return false }
    let start = Int(event.transaction.start)
    let text = fnv(batch.text.span, start, start + Int(event.transaction.count))
    return !streams[event.stream.index, default: RecentHashes()]
      .insert(text &+ mixed(UInt64(event.backend.index)))
  }
}

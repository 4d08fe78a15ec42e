import LogEvents

/// The failed transactions that each stream of a file told last.
///
/// Streams and backends go by the hashes of their names, so that it can be written to a file and read
/// by another process.
package struct TransactionMemory: Sendable, Codable {
  private var streams: [UInt64: RecentHashes] = [:]

  package init() {}

  package init(from decoder: any Decoder) throws {
    let hashes = try [UInt64: [UInt64]](from: decoder)
    streams = hashes.mapValues { RecentHashes($0) }
  }

  package func encode(to encoder: any Encoder) throws {
    try streams.mapValues(\.inOrder).encode(to: encoder)
  }

  /// Whether the event is a further attempt of a transaction that has failed already.
  mutating func isKnown(_ event: Event, _ batch: borrowing EventBatch) -> Bool {
    guard !event.transaction.isEmpty else { return false }
    let start = Int(event.transaction.start)
    let text = fnv(batch.text.span, start, start + Int(event.transaction.count))
    return !streams[batch.names.hash(event.stream), default: RecentHashes()]
      .insert(text &+ mixed(batch.names.hash(event.backend)))
  }
}

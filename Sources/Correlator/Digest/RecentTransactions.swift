import LogEvents

/// The hashes of the last few thousand transactions, in a ring.
struct RecentTransactions: Sendable {
  static let limit = 4096
  private var known: Set<UInt64> = []
  private var ring: [UInt64] = []
  private var next = 0

  init() {}

  /// As remembered before, the oldest first.
  init(_ hashes: [UInt64]) { for hash in hashes { _ = insert(hash) } }

  /// All that is remembered, the oldest first.
  var inOrder: [UInt64] { Array(ring[next...] + ring[..<next]) }

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
///
/// Streams and backends go by the hashes of their names, so that it can be written to a file and read
/// by another process.
package struct TransactionMemory: Sendable, Codable {
  private var streams: [UInt64: RecentTransactions] = [:]

  package init() {}

  package init(from decoder: any Decoder) throws {
    let hashes = try [UInt64: [UInt64]](from: decoder)
    streams = hashes.mapValues { RecentTransactions($0) }
  }

  package func encode(to encoder: any Encoder) throws {
    try streams.mapValues(\.inOrder).encode(to: encoder)
  }

  /// Whether the event is a further attempt of a transaction that has failed already.
  mutating func isKnown(_ event: Event, _ batch: borrowing EventBatch) -> Bool {
    guard !event.transaction.isEmpty else { return false }
    let start = Int(event.transaction.start)
    let text = fnv(batch.text.span, start, start + Int(event.transaction.count))
    return !streams[batch.names.hash(event.stream), default: RecentTransactions()]
      .insert(text &+ mixed(batch.names.hash(event.backend)))
  }
}

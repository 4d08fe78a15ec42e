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

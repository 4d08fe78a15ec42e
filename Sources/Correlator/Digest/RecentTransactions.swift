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

/// The last few thousand hashes of a stream, in a ring: whether something came before.
public struct RecentHashes: Sendable {
  private let limit: Int
  private var known: Set<UInt64> = []
  private var ring: [UInt64] = []
  private var next = 0

  public static let usualLimit = 4096

  public init(limit: Int = usualLimit) { self.limit = max(1, limit) }

  /// As remembered before, the oldest first.
  public init(_ hashes: [UInt64], limit: Int = usualLimit) {
    self.init(limit: limit)
    for hash in hashes { _ = insert(hash) }
  }

  /// All that is remembered, the oldest first.
  public var inOrder: [UInt64] { Array(ring[next...] + ring[..<next]) }

  public func contains(_ hash: UInt64) -> Bool { known.contains(hash) }

  /// Whether the hash is new; it is remembered.
  public mutating func insert(_ hash: UInt64) -> Bool {
    guard known.insert(hash).inserted else { return false }
    if ring.count < limit {
      ring.append(hash)
    } else {
      known.remove(ring[next])
      ring[next] = hash
      next = (next + 1) % limit
    }
    return true
  }
}

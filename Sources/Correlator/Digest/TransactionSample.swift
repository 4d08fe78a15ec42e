import LogEvents

/// The transactions with the smallest hashes that a gateway told, each with its earliest time.
///
/// Two gateways that tell of the same transactions keep the same ones, so that their clocks can be
/// compared. A function of the set of transactions, so that merging is exact.
package struct TransactionSample: Sendable, Equatable, Codable {
  static let limit = 256

  package struct Told: Sendable, Equatable, Codable {
    var id: UInt64
    /// Milliseconds since 1970.
    var time: Int64
  }

  /// By id.
  package private(set) var told: [Told] = []

  /// Ids above it are not kept.
  private var highest: UInt64 {
    told.count < Self.limit ? .max : told[told.count - 1].id
  }

  mutating func insert(_ id: UInt64, at time: Int64) {
    guard id <= highest else { return }
    let place = lowerBound(id)
    if place < told.count, told[place].id == id {
      told[place].time = min(told[place].time, time)
      return
    }
    told.insert(Told(id: id, time: time), at: place)
    if told.count > Self.limit { told.removeLast() }
  }

  mutating func merge(_ other: TransactionSample) {
    for one in other.told { insert(one.id, at: one.time) }
  }

  /// Times there minus times here of the transactions that both tell, in milliseconds: positive where
  /// the other clock is ahead.
  func differences(to other: TransactionSample) -> [Int64] {
    told.compactMap { one in
      let place = other.lowerBound(one.id)
      guard place < other.told.count, other.told[place].id == one.id else { return nil }
      return other.told[place].time &- one.time
    }
  }

  private func lowerBound(_ id: UInt64) -> Int {
    var low = 0
    var high = told.count
    while low < high {
      let middle = (low + high) / 2
      if told[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

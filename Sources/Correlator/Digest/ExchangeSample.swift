import LogEvents

/// One exchange as it is compared with others: what was asked for, by whom, and how long it took.
package struct SampledExchange: Sendable, Equatable, Codable {
  package var hash: UInt64
  /// Milliseconds since 1970.
  package var time: Int64
  package var outcome: Outcome
  package var line: UInt32
  /// Milliseconds; negative where the record has none.
  package var duration: Int32
  /// 0 where the record has none.
  package var status: UInt16
  package var file: String
  package var gateway: String
  package var client: String?
  /// Without the query.
  package var path: String?
  package var service: String?

  /// Order by hash; the fields decide between equal hashes.
  func precedes(_ other: SampledExchange) -> Bool {
    if hash != other.hash { return hash < other.hash }
    if time != other.time { return time < other.time }
    if file != other.file { return file < other.file }
    if line != other.line { return line < other.line }
    if duration != other.duration { return duration < other.duration }
    let ours = (outcome.rawValue, status, gateway, client ?? "", path ?? "", service ?? "")
    return ours
      < (
        other.outcome.rawValue, other.status, other.gateway, other.client ?? "",
        other.path ?? "", other.service ?? ""
      )
  }
}

/// The exchanges with the smallest hashes: all of them while they are few, an even sample afterwards.
///
/// A bottom-k sample: the smallest of a union are among the smallest of its parts, so merging is exact.
package struct ExchangeSample: Sendable, Equatable {
  package private(set) var limit: Int
  private var packed = PackedExchanges()

  package init(limit: Int) { self.limit = limit }

  init(limit: Int, of exchanges: some Sequence<SampledExchange>) {
    self.limit = limit
    for exchange in exchanges { packed.append(exchange) }
    packed.sort(upTo: limit)
  }

  /// Of exchanges in any order, those whose hash is not greater than `bound`.
  init(limit: Int, of exchanges: consuming PackedExchanges, bound: UInt64) {
    self.limit = limit
    packed = exchanges
    packed.sort(upTo: limit, bound: bound)
  }

  /// In the order of their hashes.
  package var exchanges: [SampledExchange] { packed.rows.indices.map { packed[$0] } }

  package mutating func merge(_ other: ExchangeSample) {
    var count = other.packed.rows.count
    while count > 0, other.packed.rows[count - 1].hash > bound { count -= 1 }
    guard count > 0 else { return }
    packed.merge(other.packed, first: count, limit: limit)
  }

  /// Lowers the number of exchanges that there may be.
  mutating func reduce(to limit: Int) {
    guard limit < self.limit else { return }
    self.limit = limit
    packed.reduce(to: limit)
  }

  /// Numbers the lines by so many more.
  mutating func moveLines(by count: UInt32) { packed.change { $0.line &+= count } }

  /// As a clock would tell that is so much ahead.
  func shifted(by milliseconds: Int64) -> ExchangeSample {
    ExchangeSample(
      limit: limit,
      of: exchanges.lazy.map { exchange in
        var exchange = exchange
        exchange.time &+= milliseconds
        return exchange
      })
  }

  /// The greatest hash that may be of a union with this sample.
  var bound: UInt64 { packed.rows.count < limit ? .max : packed.rows.last?.hash ?? .max }
}

extension ExchangeSample: Codable {
  private enum Key: String, CodingKey { case limit, exchanges }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    self.init(
      limit: max(1, try values.decode(Int.self, forKey: .limit)),
      of: try values.decode([SampledExchange].self, forKey: .exchanges))
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(limit, forKey: .limit)
    try values.encode(exchanges, forKey: .exchanges)
  }
}

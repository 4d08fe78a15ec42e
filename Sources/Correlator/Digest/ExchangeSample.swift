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
/// Once it is full, an exchange costs one comparison.
package struct ExchangeSample: Sendable, Equatable {
  package let limit: Int
  /// In the order of their hashes once trimmed; at most twice `limit` before.
  private var kept: [SampledExchange] = []
  /// Hashes above this one are of no use.
  private var bound = UInt64.max

  package init(limit: Int) { self.limit = limit }

  package var exchanges: [SampledExchange] { kept }
  package var isEmpty: Bool { kept.isEmpty }
  /// Whether exchanges were left out; meaningful once trimmed.
  package var isFull: Bool { kept.count >= limit }

  func wants(_ hash: UInt64) -> Bool { hash <= bound }

  mutating func add(_ exchange: SampledExchange) {
    kept.append(exchange)
    if kept.count >= limit * 2 { trim() }
  }

  package mutating func merge(_ other: ExchangeSample) {
    guard !other.kept.isEmpty else { return }
    kept += other.kept
    trim()
  }

  /// Brings the sample to its canonical form.
  mutating func trim() {
    kept.sort { $0.precedes($1) }
    if kept.count > limit { kept.removeLast(kept.count - limit) }
    if kept.count == limit, let last = kept.last { bound = last.hash }
  }
}

extension ExchangeSample: Codable {
  private enum Key: String, CodingKey { case limit, exchanges }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    self.init(limit: max(1, try values.decode(Int.self, forKey: .limit)))
    kept = try values.decode([SampledExchange].self, forKey: .exchanges)
    trim()
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(limit, forKey: .limit)
    try values.encode(kept, forKey: .exchanges)
  }
}

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
  package let limit: Int
  /// In the order of their hashes.
  package private(set) var exchanges: [SampledExchange] = []

  package init(limit: Int) { self.limit = limit }

  init(limit: Int, of exchanges: [SampledExchange]) {
    self.limit = limit
    self.exchanges = Self.smallest(limit, of: exchanges)
  }

  package mutating func merge(_ other: ExchangeSample) {
    guard let first = other.exchanges.first else { return }
    if exchanges.count == limit, let last = exchanges.last, last.hash < first.hash { return }
    let count = min(limit, exchanges.count + other.exchanges.count)
    var told: [SampledExchange] = []
    told.reserveCapacity(count)
    var (ours, theirs) = (0, 0)
    while told.count < count {
      if theirs == other.exchanges.count
        || ours < exchanges.count && !other.precedes(theirs, exchanges, ours)
      {
        told.append(exchanges[ours])
        ours += 1
      } else {
        told.append(other.exchanges[theirs])
        theirs += 1
      }
    }
    exchanges = told
  }

  /// Numbers the lines by so many more.
  mutating func moveLines(by count: UInt32) {
    for place in exchanges.indices { exchanges[place].line &+= count }
  }

  /// Hashes are compared in place: an exchange is large and owns text.
  private func precedes(_ place: Int, _ others: [SampledExchange], _ other: Int) -> Bool {
    let (hash, theirs) = (exchanges[place].hash, others[other].hash)
    return hash != theirs ? hash < theirs : exchanges[place].precedes(others[other])
  }

  /// The greatest hash that may be of a union with this sample.
  var bound: UInt64 { exchanges.count < limit ? .max : exchanges.last?.hash ?? .max }

  /// The first ones in order.
  ///
  /// Places are sorted, not exchanges: those are large and own text.
  private static func smallest(_ limit: Int, of all: [SampledExchange]) -> [SampledExchange] {
    let keys = all.indices.map { (hash: all[$0].hash, place: $0) }
    let sorted = keys.sorted { a, b in
      a.hash != b.hash ? a.hash < b.hash : all[a.place].precedes(all[b.place])
    }
    return sorted.prefix(limit).map { all[$0.place] }
  }
}

/// Gathers the sample of one stream.
///
/// A heap with the greatest hash on top: once it is full, an exchange that is not of the sample costs
/// one comparison, and one that is costs a walk down the heap.
struct ExchangeGatherer: Sendable {
  private let limit: Int
  /// No greater hash is of the sample.
  private(set) var bound: UInt64
  private var kept: [SampledExchange] = []
  /// Hash and place in `kept`; no hash is less than those of its children at 2n + 1 and 2n + 2.
  private var heap: [(hash: UInt64, place: Int32)] = []

  init(limit: Int, bound: UInt64) {
    self.limit = limit
    self.bound = bound
  }

  /// What was gathered, which is held here no longer.
  mutating func close() -> ExchangeSample {
    let sample = ExchangeSample(limit: limit, of: kept)
    (kept, heap) = ([], [])
    return sample
  }

  func wants(_ hash: UInt64) -> Bool { hash <= bound }

  /// Takes an exchange that is wanted.
  mutating func add(_ exchange: SampledExchange) {
    if heap.count < limit {
      heap.append((exchange.hash, Int32(truncatingIfNeeded: kept.count)))
      kept.append(exchange)
      rise()
      if heap.count == limit { bound = heap[0].hash }
      return
    }
    let place = heap[0].place
    guard exchange.precedes(kept[Int(place)]) else { return }
    kept[Int(place)] = exchange
    heap[0].hash = exchange.hash
    sink()
    bound = heap[0].hash
  }

  private mutating func rise() {
    var at = heap.count - 1
    while at > 0, heap[at].hash > heap[(at - 1) / 2].hash {
      heap.swapAt(at, (at - 1) / 2)
      at = (at - 1) / 2
    }
  }

  private mutating func sink() {
    var at = 0
    while true {
      var child = 2 * at + 1
      guard child < heap.count else { return }
      if child + 1 < heap.count, heap[child + 1].hash > heap[child].hash { child += 1 }
      guard heap[child].hash > heap[at].hash else { return }
      heap.swapAt(at, child)
      at = child
    }
  }
}

/// What the samples of a digest still take: an exchange with a greater hash is of no union with them, so
/// that pieces which are merged with the digest need not gather it.
package struct SampleBounds: Sendable {
  private var bounds: [BackendKey: (failed: UInt64, served: UInt64)] = [:]

  package init() {}

  package init(of digest: Digest) {
    bounds = digest.backends.mapValues { ($0.failedSample.bound, $0.servedSample.bound) }
  }

  subscript(key: BackendKey) -> (failed: UInt64, served: UInt64) { bounds[key] ?? (.max, .max) }
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

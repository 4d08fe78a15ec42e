import LogEvents

/// Gathers the sample of one stream.
///
/// A heap with the greatest hash on top: once it is full, an exchange that is not of the sample costs
/// one comparison, and one that is costs a walk down the heap.
struct ExchangeGatherer: Sendable {
  private var limit: Int
  /// No greater hash is of the sample.
  private(set) var bound: UInt64
  private var kept = PackedExchanges()
  private let origin: Int32
  /// Hash and place in `kept`; no hash is less than those of its children at 2n + 1 and 2n + 2.
  private var heap: [(hash: UInt64, place: Int32)] = []

  /// `file` and `gateway` are those of all exchanges.
  init(limit: Int, bound: UInt64, file: String, gateway: String) {
    self.limit = limit
    self.bound = bound
    origin = kept.origin(file, gateway)
  }

  /// What was gathered, which is held here no longer.
  mutating func close() -> ExchangeSample {
    var told = PackedExchanges()
    swap(&told, &kept)
    heap = []
    return ExchangeSample(limit: limit, of: told, bound: bound)
  }

  func wants(_ hash: UInt64) -> Bool { hash <= bound }

  /// Takes an exchange that is wanted.
  mutating func add(_ event: Event, _ batch: borrowing EventBatch, _ hash: UInt64) {
    if heap.count < limit {
      heap.append((hash, Int32(truncatingIfNeeded: heap.count)))
      kept.append(event, batch, hash, origin: origin)
      rise()
    } else {
      guard kept.replace(Int(heap[0].place), event, batch, hash, origin: origin) else { return }
      heap[0].hash = hash
      sink()
    }
    if heap.count == limit { lower(to: heap[0].hash) }
  }

  /// Takes no exchange with a greater hash; those that are there go at the end.
  mutating func lower(to bound: UInt64) { self.bound = min(self.bound, bound) }

  /// Lowers the number of exchanges that there may be.
  mutating func reduce(to limit: Int) {
    guard limit < self.limit else { return }
    self.limit = limit
    guard heap.count >= limit else { return }
    kept.sort(upTo: limit)
    // The last first: that is a heap.
    heap = kept.rows.indices.reversed().map { (kept.rows[$0].hash, Int32(truncatingIfNeeded: $0)) }
    lower(to: heap[0].hash)
  }

  private mutating func rise() {
    var at = heap.count - 1
    while at > 0, heap[at].hash > heap[(at - 1) / 2].hash {
      heap.swapAt(at, (at - 1) / 2)
      at = (at - 1) / 2
    }
  }

  private mutating func sink() {
    var entries = heap.mutableSpan
    let (sinking, count) = (entries[0], entries.count)
    var at = 0
    while true {
      var child = 2 * at + 1
      guard child < count else { break }
      if child + 1 < count, entries[child + 1].hash > entries[child].hash { child += 1 }
      guard entries[child].hash > sinking.hash else { break }
      entries[at] = entries[child]
      at = child
    }
    entries[at] = sinking
  }
}

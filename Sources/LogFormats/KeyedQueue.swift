/// What is open of many exchanges, in order of arrival, each found by its key.
///
/// A ring: the oldest is dropped without moving others. Those with one hash hang together, the later
/// before the earlier, so that nothing is deleted from the table of hashes.
struct KeyedQueue<Value: Sendable>: Sendable {
  private struct Link: BitwiseCopyable, Sendable {
    var key: UInt64
    /// The number of the one before it with the same hash; negative for none.
    var before: Int
  }

  /// By place; those that are not open are left over.
  var values: [Value]
  private var links: [Link]
  /// The number of the last one of each hash; negative for none.
  private var lasts: [Int]
  /// Numbers of the oldest, and of the next to come.
  private var first = 0
  private var next = 0
  private let empty: Value

  /// `empty` stands where none has been yet.
  init(empty: Value) {
    self.empty = empty
    values = [empty]
    links = [Link(key: 0, before: -1)]
    lasts = [-1, -1]
  }

  var count: Int { next &- first }

  /// The places of all, the oldest first.
  var places: some Sequence<Int> { (first..<next).lazy.map { place($0) } }

  /// The place of the oldest.
  var oldest: Int? { first < next ? place(first) : nil }

  /// The place of the last one with the key; good until one is appended.
  func place(of key: UInt64) -> Int? {
    var number = lasts[hash(key)]
    while number >= first {
      let link = links[place(number)]
      if link.key == key { return place(number) }
      number = link.before
    }
    return nil
  }

  func key(at place: Int) -> UInt64 { links[place].key }

  /// The place of a new one behind all others; its value is left over from another.
  mutating func append(key: UInt64) -> Int {
    if count == values.count { grow() }
    link(next, key)
    next &+= 1
    return place(next &- 1)
  }

  /// Drops all others.
  mutating func keep(where isKept: (Value) -> Bool) {
    var kept = KeyedQueue(empty: empty)
    for place in places where isKept(values[place]) {
      let next = kept.append(key: links[place].key)
      kept.values[next] = values[place]
    }
    self = kept
  }

  mutating func removeOldest() { if first < next { first &+= 1 } }

  private func place(_ number: Int) -> Int { number & (values.count &- 1) }

  private func hash(_ key: UInt64) -> Int {
    let mixed = key &* 0x9e37_79b9_7f4a_7c15
    return Int(truncatingIfNeeded: mixed >> 32) & (lasts.count &- 1)
  }

  private mutating func link(_ number: Int, _ key: UInt64) {
    let hash = hash(key)
    links[place(number)] = Link(key: key, before: lasts[hash])
    lasts[hash] = number
  }

  private mutating func grow() {
    let (oldValues, oldLinks) = (values, links)
    let old = oldValues.count
    values = [Value](repeating: empty, count: old * 2)
    links = [Link](repeating: Link(key: 0, before: -1), count: old * 2)
    lasts = [Int](repeating: -1, count: old * 4)
    for number in first..<next {
      values[place(number)] = oldValues[number & (old - 1)]
      link(number, oldLinks[number & (old - 1)].key)
    }
  }
}

import LogEvents

/// Failure counts a second in some windows of 1024 s, for periods in series that are too dense to
/// keep whole.
///
/// Windows are taken in the order of a hash of their number, as many as fit into 2048 seconds or fewer.
/// The choice depends on the multiset of failures alone, so merging is exact.
package struct FineSample: Sendable, Equatable {
  static let windowSeconds: Int64 = 1024
  static let usualLimit = 2048

  /// The failures of one second since 1970.
  struct Second: Sendable, Equatable {
    var second: Int64
    var count: Int
  }

  /// By number, the seconds of each window in order; of windows whose hash lies below `hashLimit`.
  private(set) var windows: [Int64: [Second]] = [:]
  private(set) var hashLimit: UInt64
  private var limit = usualLimit
  /// Seconds in all windows.
  private var count = 0

  init(hashLimit: UInt64 = .max) { self.hashLimit = hashLimit }

  /// Takes no window whose hash does not lie below.
  mutating func lower(to hashLimit: UInt64) {
    guard hashLimit < self.hashLimit else { return }
    self.hashLimit = hashLimit
    removeBeyondLimit()
  }

  mutating func add(at milliseconds: Int64, count: Int) {
    let second = floorDivide(milliseconds, 1000)
    let window = floorDivide(second, Self.windowSeconds)
    guard Self.hash(window: window) < hashLimit else { return }
    insert(Second(second: second, count: count), window)
    shrinkToLimit()
  }

  mutating func merge(_ other: FineSample) {
    lower(to: other.hashLimit)
    for (window, seconds) in other.windows where Self.hash(window: window) < hashLimit {
      if windows[window] == nil {
        windows[window] = seconds
        count += seconds.count
      } else {
        for second in seconds { insert(second, window) }
      }
    }
    shrinkToLimit()
  }

  private mutating func insert(_ second: Second, _ window: Int64) {
    if windows[window, default: []].insert(second) { count += 1 }
  }

  /// Lowers the number of seconds that there may be.
  mutating func reduce(to limit: Int) {
    self.limit = min(self.limit, limit)
    shrinkToLimit()
  }

  /// Drops the windows with the greatest hashes until the rest fits.
  private mutating func shrinkToLimit() {
    guard count > limit else { return }
    var kept = count
    let sizes = windows.map { (hash: Self.hash(window: $0.key), seconds: $0.value.count) }
    for window in sizes.sorted(by: { $0.hash > $1.hash }) where kept > limit {
      kept -= window.seconds
      hashLimit = window.hash
    }
    removeBeyondLimit()
  }

  private mutating func removeBeyondLimit() {
    let limit = hashLimit
    windows = windows.filter { Self.hash(window: $0.key) < limit }
    count = windows.values.reduce(0) { $0 + $1.count }
  }

  private static func hash(window: Int64) -> UInt64 {
    mixed(UInt64(bitPattern: window)) >> 1
  }
}

extension [FineSample.Second] {
  /// Counts failures of a second; tells whether it is a new one.
  fileprivate mutating func insert(_ new: FineSample.Second) -> Bool {
    var place = count
    // Logs are nearly in order: the place is at the end or close to it.
    while place > 0, self[place - 1].second > new.second { place -= 1 }
    if place > 0, self[place - 1].second == new.second {
      self[place - 1].count += new.count
      return false
    }
    insert(new, at: place)
    return true
  }
}

extension FineSample: Codable {
  private enum Key: String, CodingKey { case seconds, counts, hashLimit }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    let times = try values.decode([Int64].self, forKey: .seconds)
    let counts = try values.decode([Int].self, forKey: .counts)
    guard times.count == counts.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .counts, in: values, debugDescription: "as many counts as seconds")
    }
    self.init(hashLimit: try values.decode(UInt64.self, forKey: .hashLimit))
    for (second, count) in zip(times, counts) {
      insert(Second(second: second, count: count), floorDivide(second, Self.windowSeconds))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    let seconds = windows.sorted { $0.key < $1.key }.flatMap(\.value)
    try values.encode(seconds.map(\.second), forKey: .seconds)
    try values.encode(seconds.map(\.count), forKey: .counts)
    try values.encode(hashLimit, forKey: .hashLimit)
  }
}

/// The successes of one part of a digest that came within one cell of it, a second at first, added up so that
/// the digest is asked once a cell and not once an exchange.
///
/// It takes exchanges of the names that were told last, which no sample wants, and of which the part
/// knows all but the count. What it says does not depend on how many it took.
public struct SuccessTally: BitwiseCopyable, Sendable {
  /// Milliseconds since 1970; `.min` where nothing may be taken.
  @usableFromInline var start = Int64.min
  /// Of the cell, in milliseconds; 0 before the first success.
  @usableFromInline var width: UInt64 = 0
  /// What was taken, and the times of the first and the last of it, in milliseconds since 1970.
  public var count = 0
  public var first = Int64.max
  public var last = Int64.min
  /// Exchanges whose durations are known, and their sum in milliseconds.
  public var timed = 0
  public var milliseconds: Int64 = 0
  /// When the one that was taken last came.
  public var latest: Int64 = 0
  @usableFromInline var pool = NameID.none
  /// The last two that the part was told of: a backend is often reached with TLS and without.
  @usableFromInline var service = NameID.none
  @usableFromInline var otherService = NameID.none
  @usableFromInline var address = NameID.none
  @usableFromInline var hasMilliseconds = false
  @usableFromInline var product = 0
  @usableFromInline var seed: UInt64 = 0
  @usableFromInline var bound: UInt64 = 0

  public init() {}

  /// Whether it may take something.
  public var isOpen: Bool { start != .min }

  /// Goes on behind an exchange that the part has been told of, in cells of 2^`level` seconds.
  public mutating func open(
    behind event: Event, level: Int, product: Int, seed: UInt64, bound: UInt64
  ) {
    width = 1000 << UInt64(level)
    (self.product, self.seed, self.bound) = (product, seed, bound)
    open(behind: event)
  }

  /// Begins anew behind an exchange that the part is told of, if any was before.
  mutating func open(behind event: Event) {
    guard width > 0 else { return }
    let time = event.time.milliseconds
    move(to: time)
    latest = time
    (pool, address) = (event.pool, event.address)
    if event.service != service { (service, otherService) = (event.service, service) }
    hasMilliseconds = event.hasMilliseconds
  }

  /// Goes on in the cell of a moment; what it took has been added.
  mutating func move(to time: Int64) {
    empty()
    let rest = time % Int64(width)
    start = time &- (rest < 0 ? rest &+ Int64(width) : rest)
  }

  /// Whether a moment lies in its cell.
  @inlinable
  @inline(__always)
  func holds(_ time: Int64) -> Bool { UInt64(bitPattern: time &- start) < width }

  /// Takes nothing before the part has been told of another success.
  public mutating func close() {
    start = .min
    empty()
  }

  /// What it took has been added.
  public mutating func empty() {
    count = 0
    (first, last) = (.max, .min)
    (timed, milliseconds) = (0, 0)
  }

  /// Takes an exchange; returns how long the part had been idle, or `nil` where it is not taken.
  ///
  /// A clock that goes back is not idle at all.
  @inlinable
  public mutating func take(_ event: borrowing Event, product: Int) -> Int64? {
    guard event.count == 1, event.spanMilliseconds == 0, event.address.index == address.index,
      product == self.product, holds(event.time.milliseconds)
    else { return nil }
    return take(
      at: event.time.milliseconds, lasting: event.durationMilliseconds, place: event.place,
      pool: event.pool, service: event.service, hasMilliseconds: event.hasMilliseconds)
  }

  /// Takes one exchange of its cell, of a member's address that is known.
  @inlinable
  @inline(__always)
  public mutating func take(
    at time: Int64, lasting duration: Int32, place: UInt32, pool: NameID, service: NameID,
    hasMilliseconds: Bool
  ) -> Int64? {
    guard mixed(seed &+ UInt64(place)) > bound,
      pool.index == self.pool.index, hasMilliseconds == self.hasMilliseconds,
      service.index == self.service.index || service.index == otherService.index
    else { return nil }
    count &+= 1
    if time < first { first = time }
    if time > last { last = time }
    if duration >= 0 {
      timed &+= 1
      milliseconds &+= Int64(duration)
    }
    defer { latest = time }
    return time &- latest
  }
}

/// The finalizer of SplitMix64: every input bit changes every output bit with even chance.
@inlinable
public func mixed(_ value: UInt64) -> UInt64 {
  var z = value &+ 0x9e37_79b9_7f4a_7c15
  z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
  z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
  return z ^ (z >> 31)
}

import LogEvents

/// The successes of one part that came within one cell of its digest, a second at first, added up so that
/// the digest is asked once a cell and not once an exchange.
///
/// It takes exchanges of the names that were seen last, which no sample wants, and of which the part
/// knows all but the count. What it says does not depend on how many it took.
struct SuccessTally: BitwiseCopyable, Sendable {
  /// Milliseconds since 1970, and how many behind that: none where nothing may be taken.
  private var start: Int64 = 0
  private var width: UInt64 = 0
  private(set) var count = 0
  private(set) var first: Int64 = 0
  private(set) var last: Int64 = 0
  /// Exchanges whose durations are known, and their sum in milliseconds.
  private(set) var timed = 0
  private(set) var milliseconds: Int64 = 0
  /// When the one that was taken last came.
  private(set) var latest: Int64 = 0
  private var pool = NameID.none
  private var service = NameID.none
  private var address = NameID.none
  private var hasMilliseconds = false
  private var product = 0
  private var seed: UInt64 = 0
  private var bound: UInt64 = 0

  init() {}

  /// Goes on behind an exchange that the part has been told of, in cells of 2^`level` seconds.
  init(
    behind event: Event, level: Int, product: Int, seed: UInt64, bound: UInt64
  ) {
    let time = event.time.milliseconds
    let length = Int64(1000) << Int64(level)
    start = floorDivide(time, length) &* length
    width = UInt64(length)
    (first, last, latest) = (.max, .min, time)
    (pool, service, address) = (event.pool, event.service, event.address)
    hasMilliseconds = event.hasMilliseconds
    (self.product, self.seed, self.bound) = (product, seed, bound)
  }

  /// Takes an exchange; returns how long the part had been idle, or `nil` where it is not taken.
  ///
  /// A clock that goes back is not idle at all.
  mutating func take(_ event: borrowing Event, product: Int) -> Int64? {
    let time = event.time.milliseconds
    guard UInt64(bitPattern: time &- start) < width, mixed(seed &+ UInt64(event.place)) > bound,
      event.count == 1,
      event.spanMilliseconds == 0, event.pool.index == pool.index,
      event.service.index == service.index, event.address.index == address.index,
      event.hasMilliseconds == hasMilliseconds, product == self.product
    else { return nil }
    count &+= 1
    if time < first { first = time }
    if time > last { last = time }
    if event.durationMilliseconds >= 0 {
      timed &+= 1
      milliseconds &+= Int64(event.durationMilliseconds)
    }
    defer { latest = time }
    return time &- latest
  }
}

extension BackendPart {
  /// Adds what was counted apart.
  mutating func settle(_ tally: SuccessTally) {
    guard tally.count > 0 else { return }
    // The cell must know its first and its last one.
    if tally.count > 1 { digest.successes.add(at: tally.first, count: tally.count - 1) }
    digest.successes.add(at: tally.last, count: 1)
    if tally.timed > 0 {
      digest.work.add(at: tally.first, count: tally.timed, milliseconds: tally.milliseconds)
    }
    stretch.goOn(to: tally.latest)
  }
}

/// Successes that a reader counts instead of telling each: most lines of a log, of which a digest needs
/// little more than their number.
///
/// The consumer lends its tallies, and by which names it knows the parts that they are of. The reader gives
/// them back with every batch, in their places among the events. What it could not count it tells; what comes
/// of it is what telling all of them brings.
public struct CountedSuccesses: Sendable {
  /// Parts that are counted; each takes a kilobyte.
  public static let mostParts = 512
  /// Entries of `closed` at which a reader should hand on what it has.
  public static let mostClosed = 1024

  /// Successes of one part that come before an event of it.
  public struct Closed: Sendable {
    /// Of the event in its batch.
    public let position: Int
    public let part: Int
    public let tally: SuccessTally
  }

  /// What a part was lent.
  public struct Lent: Sendable {
    public var tally = SuccessTally()
    /// How long it had been idle before the successes that were counted.
    public var idle = IdleBins.Counts(repeating: 0)

    /// As `SuccessTally.take`.
    @inlinable
    @inline(__always)
    mutating func take(
      at time: Int64, lasting duration: Int32, place: UInt32, pool: NameID, service: NameID,
      hasMilliseconds: Bool
    ) -> Bool {
      guard
        let gap = tally.take(
          at: time, lasting: duration, place: place, pool: pool, service: service,
          hasMilliseconds: hasMilliseconds)
      else { return false }
      if gap >= 0 { idle[IdleBins.bin(gap)] &+= 1 }
      return true
    }
  }

  @usableFromInline var parts = KnownParts()
  public private(set) var isLent = false
  /// How often tallies were lent: within one time a part's number stands.
  public private(set) var lending: UInt32 = 0
  /// By part: of each one element, because asking an array whether it is ours costs as much as counting.
  public var lent: [Lent] = []
  /// Parts whose tallies may take something; one may stand here twice.
  @usableFromInline var open: [Int] = []
  public var closed: [Closed] = []
  /// Seconds in which something was counted, in milliseconds since 1970.
  public var seconds: [Int64] = []
  /// Successes that were counted since the tallies were lent.
  public var count = 0

  public init() {}

  /// Whether so much was counted that it should be handed on.
  @inlinable
  public var isFull: Bool {
    seconds.count >= EventBatch.fullCount || closed.count >= Self.mostClosed
  }

  // MARK: The consumer's side

  /// Lends tallies, by the numbers of their parts; none where there are too many.
  public mutating func lend(_ tallies: [SuccessTally], of parts: KnownParts) {
    giveBack()
    lending &+= 1
    isLent = tallies.count <= Self.mostParts
    let count = isLent ? tallies.count : 0
    if count < lent.count { lent.removeLast(lent.count - count) }
    guard isLent else { return }
    self.parts = parts
    for part in tallies.indices {
      if part == lent.count { lent.append(Lent()) }
      lent[part].tally = tallies[part]
      lent[part].tally.empty()
      if tallies[part].isOpen { open.append(part) }
    }
  }

  /// Takes what was lent back.
  private mutating func giveBack() {
    if count > 0 { for part in lent.indices { lent[part].idle = IdleBins.Counts(repeating: 0) } }
    count = 0
    open.removeAll(keepingCapacity: true)
    closed.removeAll(keepingCapacity: true)
    seconds.removeAll(keepingCapacity: true)
  }

  // MARK: The reader's side

  /// The part that the successes of a member in an access log are of; `nil` where none is known.
  @inlinable
  public func part(backend: NameID, pool: NameID, gateway: NameID) -> Int? {
    guard isLent,
      let part = parts.part(
        backend: backend, pool: pool, gateway: gateway, stream: .none, isAccess: true)
    else { return nil }
    return part < lent.count ? part : nil
  }

  /// Counts a success of a part, if it may; as an event it would have this position in its batch.
  @inlinable
  @inline(__always)
  public mutating func take(
    at time: Int64, lasting duration: Int32, place: UInt32, part: Int, pool: NameID,
    service: NameID, hasMilliseconds: Bool, at position: Int
  ) -> Bool {
    if !lent[part].tally.holds(time), !move(part, to: time, at: position) { return false }
    guard
      lent[part].take(
        at: time, lasting: duration, place: place, pool: pool, service: service,
        hasMilliseconds: hasMilliseconds)
    else { return false }
    count &+= 1
    if UInt64(bitPattern: time &- (seconds.last ?? .min)) >= 1000 { noteSecond(of: time) }
    return true
  }

  @usableFromInline
  mutating func noteSecond(of time: Int64) {
    seconds.append(Timestamp(milliseconds: time).wholeSecond.milliseconds)
  }

  /// An event is told, at this position in its batch: what was counted of its part comes before it.
  @usableFromInline
  mutating func tell(_ event: Event, at position: Int) {
    guard let part = parts.part(of: event), part < lent.count else {
      // It may be of any.
      for part in open { close(part, at: position) }
      open.removeAll(keepingCapacity: true)
      return
    }
    close(part, at: position)
    // A pattern, because comparing values with raw ones costs 40 instructions.
    guard case .ok = event.outcome, event.count == 1, event.spanMilliseconds == 0 else { return }
    lent[part].tally.open(behind: event)
    if lent[part].tally.isOpen { open.append(part) }
  }

  /// Goes on in another cell of a part; no where it may take nothing.
  @usableFromInline
  mutating func move(_ part: Int, to time: Int64, at position: Int) -> Bool {
    guard lent[part].tally.isOpen else { return false }
    setAside(part, at: position)
    lent[part].tally.move(to: time)
    return true
  }

  private mutating func close(_ part: Int, at position: Int) {
    setAside(part, at: position)
    lent[part].tally.close()
  }

  private mutating func setAside(_ part: Int, at position: Int) {
    guard lent[part].tally.count > 0 else { return }
    closed.append(Closed(position: position, part: part, tally: lent[part].tally))
  }
}

/// Which part of a digest an event belongs to, as far as its member or its pool tells.
///
/// Open addressing with linear probing; what finds no room is not known.
public struct KnownParts: Sendable {
  private static let mostNames = 1024

  /// What makes a part.
  @usableFromInline
  struct Names: BitwiseCopyable, Sendable {
    @usableFromInline var backend: UInt32 = 0
    @usableFromInline var pool: UInt32 = 0
    @usableFromInline var gateway: UInt32 = 0
    /// The stream, and whether its journal is one of access.
    @usableFromInline var stream: UInt32 = 0
    /// -1 where the slot is empty.
    @usableFromInline var part: Int32 = -1

    @inlinable
    init() {}
  }

  @usableFromInline var slots = [Names](repeating: Names(), count: 2 * mostNames)
  private var count = 0

  public init() {}

  /// The part of an event; `nil` where it was not noted, and where the event names neither member nor pool.
  @inlinable
  public func part(of event: borrowing Event) -> Int? {
    // A pattern, because comparing values with raw ones costs 40 instructions.
    let isAccess = if case .access = event.journal { true } else { false }
    return part(
      backend: event.backend, pool: event.pool, gateway: event.gateway, stream: event.stream,
      isAccess: isAccess)
  }

  /// The part of events with these names.
  @inlinable
  @inline(__always)
  public func part(
    backend: NameID, pool: NameID, gateway: NameID, stream: NameID, isAccess: Bool
  ) -> Int? {
    let journal = Self.key(stream, isAccess)
    var slot = Self.slot(backend, pool)
    while slots[slot].part >= 0 {
      let names = slots[slot]
      if names.backend == backend.index, names.pool == pool.index,
        names.gateway == gateway.index, names.stream == journal
      {
        return Int(names.part)
      }
      slot = (slot &+ 1) & (slots.count &- 1)
    }
    return nil
  }

  /// Notes of which part an event is.
  public mutating func note(_ event: Event, part: Int) {
    guard count < Self.mostNames, !(event.backend.isNone && event.pool.isNone) else { return }
    var slot = Self.slot(event.backend, event.pool)
    while slots[slot].part >= 0 { slot = (slot &+ 1) & (slots.count &- 1) }
    slots[slot].backend = event.backend.index
    slots[slot].pool = event.pool.index
    slots[slot].gateway = event.gateway.index
    slots[slot].stream = Self.key(event.stream, event.journal == .access)
    slots[slot].part = Int32(truncatingIfNeeded: part)
    count += 1
  }

  @inlinable
  static func key(_ stream: NameID, _ isAccess: Bool) -> UInt32 {
    stream.index &* 2 &+ (isAccess ? 1 : 0)
  }

  /// Where to look for them: the highest bits of a product.
  @inlinable
  static func slot(_ backend: NameID, _ pool: NameID) -> Int {
    Int((backend.index &* 0x9e37_79b1 ^ pool.index &* 0x85eb_ca6b) >> 21)
  }
}

import Synchronization

/// Tells contents apart that are read block by block, whatever the blocks.
///
/// Four lanes of eight bytes, multiplied and rotated, as in Y. Collet's xxHash64. The seed is drawn
/// anew in each run, so that no log can be composed to pass for another one, unless values are
/// compared with those of other runs.
package struct ContentHash: Sendable {
  /// What two equal contents share.
  package struct Value: Hashable, Sendable {
    package var high: UInt64
    package var low: UInt64
    package var count: Int
  }

  private static let isComparable = Atomic<Bool>(false)
  private static let seed: UInt64 =
    isComparable.load(ordering: .relaxed) ? prime : .random(in: .min ... .max)

  /// Values of this run can be compared with those of others; called before the first one is made.
  package static func compareAcrossRuns() { isComparable.store(true, ordering: .relaxed) }

  private static let prime: UInt64 = 0x9e37_79b1_85eb_ca87
  private static let other: UInt64 = 0xc2b2_ae3d_27d4_eb4f

  private var a = seed &+ prime &+ other
  private var b = seed &+ other
  private var c = seed
  private var d = seed &- prime
  private var count = 0
  /// Bytes that do not fill a step of 32 yet.
  private var rest: [UInt8] = []

  package init() { rest.reserveCapacity(64) }

  package mutating func add(_ bytes: Span<UInt8>) {
    count += bytes.count
    var at = 0
    if !rest.isEmpty {
      at = min(32 - rest.count, bytes.count)
      for place in 0..<at { rest.append(bytes[place]) }
      guard rest.count == 32 else { return }
      let whole = rest
      _ = steps(unsafe whole.span.bytes, from: 0)
      rest.removeAll(keepingCapacity: true)
    }
    if at + 32 <= bytes.count { at = steps(unsafe bytes.bytes, from: at) }
    while at < bytes.count {
      rest.append(bytes[at])
      at += 1
    }
  }

  package var value: Value {
    var (high, low) = (a, c)
    func mix(_ into: inout UInt64, _ value: UInt64) {
      into = (into ^ value) &* Self.prime
      into ^= into >> 29
    }
    for value in [b, d, UInt64(count)] + rest.map(UInt64.init) {
      mix(&high, value)
      mix(&low, value &* Self.other)
    }
    mix(&high, c)
    mix(&low, a)
    return Value(high: high, low: low, count: count)
  }

  /// Takes in all whole steps of 32 bytes; returns where they end.
  private mutating func steps(_ bytes: RawSpan, from start: Int) -> Int {
    // In registers: two instructions a byte become one.
    var (a, b, c, d) = (self.a, self.b, self.c, self.d)
    var at = start
    while at + 32 <= bytes.byteCount {
      a = Self.lane(a, unsafe bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self))
      b = Self.lane(b, unsafe bytes.unsafeLoadUnaligned(fromByteOffset: at + 8, as: UInt64.self))
      c = Self.lane(c, unsafe bytes.unsafeLoadUnaligned(fromByteOffset: at + 16, as: UInt64.self))
      d = Self.lane(d, unsafe bytes.unsafeLoadUnaligned(fromByteOffset: at + 24, as: UInt64.self))
      at += 32
    }
    (self.a, self.b, self.c, self.d) = (a, b, c, d)
    return at
  }

  @inline(__always)
  private static func lane(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    let sum = lane &+ word &* other
    return (sum << 31 | sum >> 33) &* prime
  }
}

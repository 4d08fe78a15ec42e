import Glibc

/// Runs of bytes taken at once. With `FindByte`, `Chunk` and `HeaderPattern`, which load words whose places
/// have been checked, and the reader of files it is the only unchecked memory access of what reads logs. Byte
/// loops take 5 to 10 instructions a byte, which made half the cost of a line.
extension [UInt8] {
  /// Appends the bytes [start, end) of `bytes` in one copy.
  public mutating func append(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) {
    guard start >= 0, start < end, end <= bytes.count else { return }
    unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe append(contentsOf: UnsafeBufferPointer(rebasing: buffer[start..<end]))
    }
  }
}

extension Span<UInt8> {
  /// Whether the bytes from `start` on are those of `wanted`; no where fewer are left.
  public func holds(_ wanted: Span<UInt8>, at start: Int) -> Bool {
    guard start >= 0, start <= count - wanted.count else { return false }
    return unsafe withUnsafeBufferPointer { ours in
      unsafe wanted.withUnsafeBufferPointer { theirs in
        guard let ours = ours.baseAddress, let theirs = theirs.baseAddress else { return true }
        return unsafe memcmp(ours + start, theirs, wanted.count) == 0
      }
    }
  }

  /// The eight bytes from `start` on, the first one lowest; they must be there.
  @inlinable
  public func word(at start: Int) -> UInt64 {
    unsafe UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self))
  }

  /// As `word`, the next eight bytes too.
  @inlinable
  public func twoWords(at start: Int) -> (UInt64, UInt64) {
    let words = unsafe bytes.unsafeLoadUnaligned(
      fromByteOffset: start, as: SIMD2<UInt64>.self)
    return (UInt64(littleEndian: words[0]), UInt64(littleEndian: words[1]))
  }

  /// The bytes [start, end), at most eight of them, the first one lowest and zeros above.
  @inlinable
  public func word(_ start: Int, _ end: Int) -> UInt64 {
    let bits = UInt64(truncatingIfNeeded: (end &- start) &* 8)
    guard bits > 0, bits <= 64 else { return 0 }
    if start &+ 8 <= count { return word(at: start) & (.max >> (64 &- bits)) }
    if end >= 8 { return word(at: end &- 8) >> (64 &- bits) }
    var word: UInt64 = 0
    for at in start..<end { word |= UInt64(self[at]) << UInt64(8 * (at - start)) }
    return word
  }
}

/// A hash of the bytes [start, end), the same in every process.
///
/// Eight bytes a step, each multiplied and folded as in W. Yi's wyhash, without its key: names and
/// transactions are told apart by it where a clash does no more harm than one count too few.
@inlinable
public func textHash(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> UInt64 {
  var hash = UInt64(truncatingIfNeeded: end &- start) &* 0xa076_1d64_78bd_642f
  var at = start
  while at < end {
    let word = at &+ 8 <= end ? bytes.word(at: at) : bytes.word(at, end)
    let product = (hash ^ word ^ 0xe703_7ed1_a0b4_28db)
      .multipliedFullWidth(by: 0x8ebc_6af0_9c88_c6e3)
    hash = hash &* 0x9e37_79b9_7f4a_7c15 &+ (product.high ^ product.low)
    at &+= 8
  }
  hash ^= hash >> 32
  hash = hash &* 0x9e37_79b9_7f4a_7c15
  return hash ^ (hash >> 29)
}

import CByteMasks
import LogEvents

extension Span<UInt8> {
  /// The first two spaces in [start, end), where they stand among the 64 bytes from `start` on.
  @inline(__always)
  func twoSpaces(from start: Int, _ end: Int) -> (Int, Int)? {
    guard var spaces = Chunk(self, from: start)?.places(of: .space) else { return nil }
    let (first, second) = (spaces.takeLowest(), spaces.takeLowest())
    return second < 64 && start &+ second < end ? (start &+ first, start &+ second) : nil
  }

  /// The first position of `byte` from `start` on, expected among the next 64 bytes; `count` where there is
  /// none.
  @inline(__always)
  func nearPosition(of byte: UInt8, from start: Int) -> Int {
    if let places = Chunk(self, from: start)?.places(of: byte), places != 0 {
      return start &+ places.trailingZeroBitCount
    }
    return farPosition(of: byte, in: self, start, count)
  }
}

extension UInt64 {
  /// So many ones, at most 64.
  @inline(__always)
  static func ones(below count: Int) -> UInt64 {
    count < 64 ? (1 &<< UInt64(truncatingIfNeeded: count)) &- 1 : .max
  }

  /// The lowest bit that is set, alone; 0 where none is.
  @inline(__always)
  var lowestBit: UInt64 { self & (0 &- self) }

  /// Clears the lowest bit that is set and tells its place; 64 where none is.
  @inline(__always)
  mutating func takeLowest() -> Int {
    defer { self &= self &- 1 }
    return trailingZeroBitCount
  }
}

/// Goes from one place of a byte to the next.
struct PlaceWalk: BitwiseCopyable {
  private let byte: UInt8
  private var base: Int
  private var places: UInt64 = 0

  /// Of `byte`, from `start` on.
  @inline(__always)
  init(of byte: UInt8, in bytes: Span<UInt8>, from start: Int) {
    self.byte = byte
    base = start
    places = Chunk(bytes, from: start)?.places(of: byte) ?? 0
  }

  /// The next place before `end`, which is passed; `nil` where there is none, and where fewer than 64 bytes
  /// are left to look at.
  @inline(__always)
  mutating func next(in bytes: Span<UInt8>, before end: Int) -> Int? {
    while places == 0 {
      base &+= 64
      guard base < end, let chunk = Chunk(bytes, from: base) else { return nil }
      places = chunk.places(of: byte)
    }
    let place = base &+ places.takeLowest()
    return place < end ? place : nil
  }
}

/// 64 bytes at once: where in them some byte stands, without a loop.
///
/// A loop over a field of varying length is mispredicted at its end almost every time.
struct Chunk: BitwiseCopyable {
  private let low: HalfChunk
  private let high: HalfChunk

  /// The bytes from `start` on; `nil` where fewer are left.
  @inline(__always)
  init?(_ bytes: Span<UInt8>, from start: Int) {
    guard start >= 0, start &+ 64 <= bytes.count else { return nil }
    low = HalfChunk(unchecked: bytes, from: start)
    high = HalfChunk(unchecked: bytes, from: start &+ 32)
  }

  /// Where a byte stands: bit n is set for the byte n.
  @inline(__always)
  func places(of byte: UInt8) -> UInt64 { low.places(of: byte) | high.places(of: byte) &<< 32 }

  /// Where digits stand.
  @inline(__always)
  var placesOfDigits: UInt64 { low.placesOfDigits | high.placesOfDigits &<< 32 }
}

/// As `Chunk`, of 32 bytes.
struct HalfChunk: BitwiseCopyable {
  private typealias Quarter = SIMD16<UInt8>
  private let quarters: (Quarter, Quarter)

  /// The bytes from `start` on; `nil` where fewer are left.
  @inline(__always)
  init?(_ bytes: Span<UInt8>, from start: Int) {
    guard start >= 0, start &+ 32 <= bytes.count else { return nil }
    self.init(unchecked: bytes, from: start)
  }

  @inline(__always)
  fileprivate init(unchecked bytes: Span<UInt8>, from start: Int) {
    let raw = unsafe bytes.bytes
    quarters = unsafe (
      raw.unsafeLoadUnaligned(fromUncheckedByteOffset: start, as: Quarter.self),
      raw.unsafeLoadUnaligned(fromUncheckedByteOffset: start &+ 16, as: Quarter.self)
    )
  }

  /// Where a byte stands: bit n is set for the byte n.
  @inline(__always)
  func places(of byte: UInt8) -> UInt64 {
    places_of_byte(quarters.0, byte) | places_of_byte(quarters.1, byte) &<< 16
  }

  /// Where digits stand.
  @inline(__always)
  var placesOfDigits: UInt64 {
    places_of_digits(quarters.0) | places_of_digits(quarters.1) &<< 16
  }

  /// Where something stands that is outside of `!` to `:`, among which are digits, dots and colons.
  @inline(__always)
  var placesBeyondAddresses: UInt64 {
    places_beyond(quarters.0, 0x21, 0x3a) | places_beyond(quarters.1, 0x21, 0x3a) &<< 16
  }

  /// The bytes in four words.
  @inline(__always)
  var words: (UInt64, UInt64, UInt64, UInt64) {
    let low = unsafe unsafeBitCast(quarters.0, to: SIMD2<UInt64>.self)
    let high = unsafe unsafeBitCast(quarters.1, to: SIMD2<UInt64>.self)
    return (
      UInt64(littleEndian: low[0]), UInt64(littleEndian: low[1]),
      UInt64(littleEndian: high[0]), UInt64(littleEndian: high[1])
    )
  }
}

extension Span<UInt8> {
  /// The number of one to eight digits in [start, end), known to be such; eight bytes must follow `start`.
  @inline(__always)
  func knownNumber(_ start: Int, _ end: Int) -> Int? {
    let length = end &- start
    return length > 0 && length <= 8 ? Self.knownNumber(word(at: start), digits: length) : nil
  }
}

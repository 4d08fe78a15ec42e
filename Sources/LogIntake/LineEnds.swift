import Glibc

/// Where lines end in a block.
enum LineEnds {
  static func first(in bytes: Span<UInt8>, from start: Int) -> Int? {
    guard start < bytes.count else { return nil }
    return unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress,
        let hit = unsafe memchr(base + start, 10, buffer.count - start)
      else { return nil }
      return unsafe UnsafeRawPointer(hit) - UnsafeRawPointer(base)
    }
  }

  /// Where the first line begins behind `wanted` that may `stand` apart from the one before it.
  static func cut(
    _ block: Span<UInt8>, behind wanted: Int,
    _ stand: (_ line: Span<UInt8>, _ before: Span<UInt8>) -> Bool
  ) -> Int? {
    guard var before = first(in: block, from: max(0, wanted)).map({ $0 + 1 }),
      var line = first(in: block, from: before).map({ $0 + 1 })
    else { return nil }
    while let end = first(in: block, from: line) {
      if stand(block.extracting(line..<end), block.extracting(before..<(line - 1))) { return line }
      (before, line) = (line, end + 1)
    }
    return nil
  }

  static func count(in bytes: Span<UInt8>) -> Int {
    typealias Lanes = SIMD16<UInt8>
    let raw = unsafe bytes.bytes
    var (count, at) = (0, 0)
    while at + 16 <= bytes.count {
      // Lanes count to 255: a mask is minus one where a line ends.
      let end = min(bytes.count - 15, at + 255 * 16)
      var lanes = Lanes(repeating: 0)
      while at < end {
        let chunk = unsafe raw.unsafeLoadUnaligned(fromByteOffset: at, as: Lanes.self)
        lanes = lanes &- (unsafe unsafeBitCast(chunk .== Lanes(repeating: 10), to: Lanes.self))
        at &+= 16
      }
      let halves = unsafe unsafeBitCast(lanes, to: SIMD2<UInt64>.self)
      count += sum(halves[0]) + sum(halves[1])
    }
    for place in at..<bytes.count where bytes[place] == 10 { count += 1 }
    return count
  }

  /// The sum of eight bytes.
  private static func sum(_ bytes: UInt64) -> Int {
    let even: UInt64 = 0x00ff_00ff_00ff_00ff
    let pairs = (bytes & even) &+ (bytes >> 8 & even)
    return Int(truncatingIfNeeded: (pairs &* 0x0001_0001_0001_0001) >> 48)
  }
}

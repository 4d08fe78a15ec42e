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
}

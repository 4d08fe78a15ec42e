extension [UInt8] {
  /// Appends the bytes [start, end) of `bytes` in one copy: 20 instructions and a move, where a loop
  /// takes 10 a byte.
  package mutating func append(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) {
    guard start >= 0, start < end, end <= bytes.count else { return }
    unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe append(contentsOf: buffer[start..<end])
    }
  }
}

/// Turns deflated bytes into the bytes they stand for, a buffer at a time.
protocol Inflater: AnyObject {
  /// Begins a new stream.
  func reset()

  /// Goes on until the input is used or the output is full.
  func inflate(
    _ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
  ) -> InflateStep
}

/// What one step of inflating did.
struct InflateStep {
  enum State {
    case amid
    case end
    case damaged
  }

  var state: State
  /// Bytes taken of the input.
  var used = 0
  /// Bytes put into the output.
  var made = 0
}

/// What stands around the deflated bytes.
enum DeflateWrapping {
  /// gzip (RFC 1952) or zlib (RFC 1950).
  case gzip
  /// Nothing (RFC 1951), as in a zip.
  case bare
}

extension DeflateWrapping {
  /// What inflates it fastest, for input that begins with `magic`.
  func inflater(_ magic: ArraySlice<UInt8>) -> (any Inflater)? {
    #if canImport(CIsal)
      if self == .gzip, magic.starts(with: [0x1f, 0x8b]) { return IsalInflater() }
    #endif
    return ZlibInflater(self)
  }
}

import CZlib

/// zlib, which every Linux has.
@safe final class ZlibInflater: Inflater {
  /// zlib keeps a pointer to its stream, so the stream must not move.
  private let stream: UnsafeMutablePointer<z_stream>

  /// `nil` where zlib has no memory, or is another than the one that this was compiled with.
  init?(_ wrapping: DeflateWrapping) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // 15: the largest window; 32 more: find out gzip or zlib; negative: bare.
    let code = unsafe inflateInit2_(
      stream, wrapping == .gzip ? 15 + 32 : -15, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else { return nil }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deinitialize(count: 1)
    unsafe stream.deallocate()
  }

  func reset() { unsafe inflateReset(stream) }

  func inflate(
    _ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
  ) -> InflateStep {
    unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
    unsafe stream.pointee.avail_in = UInt32(input.count)
    unsafe stream.pointee.next_out = output.baseAddress
    unsafe stream.pointee.avail_out = UInt32(output.count)
    let code = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
    let state: InflateStep.State =
      switch code {
      case Z_STREAM_END: .end
      case Z_OK, Z_BUF_ERROR: .amid
      default: .damaged
      }
    return unsafe InflateStep(
      state: state, used: input.count - Int(stream.pointee.avail_in),
      made: output.count - Int(stream.pointee.avail_out))
  }
}

/// The sum that a zip keeps of each entry (CRC-32).
struct EntrySum {
  private(set) var value: UInt32 = 0

  mutating func add(_ bytes: ArraySlice<UInt8>) {
    value = unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe UInt32(truncatingIfNeeded: crc32(UInt(value), bytes.baseAddress, UInt32(bytes.count)))
    }
  }
}

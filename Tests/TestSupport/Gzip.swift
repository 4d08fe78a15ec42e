import CZlib

/// The bytes as one gzip member, in blocks that are compressed (level 1 to 9) or stored (0).
package func gzipped(_ bytes: [UInt8], level: Int32 = 6) -> [UInt8] {
  var stream = unsafe z_stream()
  var out = [UInt8](repeating: 0, count: bytes.count + bytes.count / 100 + 200)
  unsafe deflateInit2_(
    &stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
    Int32(MemoryLayout<z_stream>.size))
  var bytes = bytes
  unsafe bytes.withUnsafeMutableBufferPointer { input in
    unsafe out.withUnsafeMutableBufferPointer { output in
      unsafe stream.next_in = input.baseAddress
      unsafe stream.avail_in = UInt32(input.count)
      unsafe stream.next_out = output.baseAddress
      unsafe stream.avail_out = UInt32(output.count)
      unsafe _ = deflate(&stream, Z_FINISH)
    }
  }
  let count = unsafe Int(stream.total_out)
  unsafe deflateEnd(&stream)
  return Array(out[..<count])
}

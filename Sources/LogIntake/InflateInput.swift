import CZlib

/// Inflates data on the way; memory is bounded whatever the ratio.
@safe final class InflateInput: ByteInput {
  enum Wrapping {
    /// gzip (RFC 1952), members one after the other, or zlib (RFC 1950).
    case gzip
    /// Nothing (RFC 1951), as in a zip; the input is left where the data ends.
    case bare
  }

  private let path: String
  private let source: PeekableInput
  private let wrapping: Wrapping
  private let budget: UnpackingBudget
  /// zlib keeps a pointer to its stream, so the stream must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var isInsideMember = true
  private var isAtEnd = false

  init(
    path: String, _ source: PeekableInput, _ wrapping: Wrapping, _ budget: UnpackingBudget
  ) throws(SourceProblem) {
    self.path = path
    self.source = source
    self.wrapping = wrapping
    self.budget = budget
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // 15: the largest window; 32 more: find out gzip or zlib; negative: bare.
    let code = unsafe inflateInit2_(
      stream, wrapping == .gzip ? 15 + 32 : -15, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else { throw SourceProblem(path: path, kind: .damagedGzip) }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deinitialize(count: 1)
    unsafe stream.deallocate()
  }

  func read(into buffer: inout [UInt8], from position: Int) throws(SourceProblem) -> Int {
    while !isAtEnd {
      if !isInsideMember, wrapping == .bare { break }
      guard let next = try source.peek(1).first else {
        isAtEnd = true
        if isInsideMember { throw SourceProblem(path: path, kind: .damagedGzip) }
        return 0
      }
      if !isInsideMember {
        // Zero bytes after the last member are padding (gzip(1)); anything else starts a member.
        guard next != 0 else {
          isAtEnd = true
          return 0
        }
        unsafe inflateReset(stream)
        isInsideMember = true
      }
      let (code, made) = inflateSome(into: &buffer, from: position)
      switch code {
      case Z_STREAM_END: isInsideMember = false
      case Z_OK, Z_BUF_ERROR: break
      default:
        isAtEnd = true
        throw SourceProblem(path: path, kind: .damagedGzip)
      }
      try budget.note(unpacked: made)
      if made > 0 { return made }
    }
    return 0
  }

  private func inflateSome(into buffer: inout [UInt8], from position: Int) -> (Int32, Int) {
    let stream = unsafe self.stream
    let (code, used, made) = unsafe source.withUnread { input in
      unsafe buffer.withUnsafeMutableBufferPointer { output -> (Int32, Int, Int) in
        guard let source = input.baseAddress, let target = output.baseAddress else {
          return (Z_DATA_ERROR, 0, 0)
        }
        let room = output.count - position
        unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: source)
        unsafe stream.pointee.avail_in = UInt32(input.count)
        unsafe stream.pointee.next_out = unsafe target + position
        unsafe stream.pointee.avail_out = UInt32(room)
        let code = unsafe inflate(stream, Z_NO_FLUSH)
        return unsafe (
          code, input.count - Int(stream.pointee.avail_in),
          room - Int(stream.pointee.avail_out)
        )
      }
    }
    source.advance(by: used)
    return (code, made)
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

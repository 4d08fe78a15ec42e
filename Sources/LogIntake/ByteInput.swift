import CZlib
import Glibc

/// Where bytes come from, one `read` after the other.
package protocol ByteInput: ~Copyable {
  /// Fills `buffer` from `start` on; 0 at the end.
  mutating func read(into buffer: inout [UInt8], from start: Int) throws(SourceProblem) -> Int
}

/// A file or pipe, read with read(2) into a buffer of ours: a log truncated under a map would kill
/// the process.
package struct FileInput: ~Copyable, ByteInput {
  private let path: String
  private let descriptor: Int32
  private let isOwned: Bool

  package init(path: String) throws(SourceProblem) {
    self.path = path
    if path == "-" {
      descriptor = STDIN_FILENO
      isOwned = false
      return
    }
    let opened = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard opened >= 0 else { throw SourceProblem(path: path, kind: Self.kind(errno)) }
    descriptor = opened
    isOwned = true
  }

  deinit { if isOwned { close(descriptor) } }

  package mutating func read(
    into buffer: inout [UInt8], from start: Int
  ) throws(SourceProblem) -> Int {
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { bytes -> Int in
        guard let base = bytes.baseAddress, start < bytes.count else { return 0 }
        return unsafe Glibc.read(descriptor, base + start, bytes.count - start)
      }
      if count >= 0 { return count }
      guard errno == EINTR else { throw SourceProblem(path: path, kind: Self.kind(errno)) }
    }
  }

  static func kind(_ code: Int32) -> SourceProblem.Kind {
    switch code {
    case ENOENT: .notFound
    case EACCES, EPERM: .notPermitted
    default: unsafe .unreadable(String(cString: strerror(code)))
    }
  }
}

/// Inflates gzip data on the way, members one after the other; memory is bounded whatever the ratio.
@safe package struct GzipInput: ~Copyable, ByteInput {
  private let path: String
  private var file: FileInput
  /// zlib keeps a pointer to its stream, so the stream must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var compressed: [UInt8]
  private var start: Int
  private var end: Int
  private var isInsideMember = true
  private var isAtEnd = false

  /// Takes over `file`, of which `head` was already read.
  package init(path: String, file: consuming FileInput, head: [UInt8]) throws(SourceProblem) {
    self.path = path
    self.file = file
    compressed = [UInt8](repeating: 0, count: max(256 * 1024, head.count))
    compressed.replaceSubrange(0..<head.count, with: head)
    start = 0
    end = head.count
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let code = unsafe inflateInit2_(
      stream, 15 + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else { throw SourceProblem(path: path, kind: .damagedGzip) }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deinitialize(count: 1)
    unsafe stream.deallocate()
  }

  package mutating func read(
    into buffer: inout [UInt8], from position: Int
  ) throws(SourceProblem) -> Int {
    while !isAtEnd {
      if start == end {
        start = 0
        end = try file.read(into: &compressed, from: 0)
        if end == 0 {
          isAtEnd = true
          if isInsideMember { throw SourceProblem(path: path, kind: .damagedGzip) }
          return 0
        }
      }
      if !isInsideMember {
        // Zero bytes after the last member are padding (gzip(1)); anything else starts a member.
        guard compressed[start] != 0 else {
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
      if made > 0 { return made }
    }
    return 0
  }

  private mutating func inflateSome(into buffer: inout [UInt8], from position: Int) -> (Int32, Int)
  {
    let stream = unsafe self.stream
    let offset = start
    let available = end - start
    let (code, left, made) = unsafe compressed.withUnsafeMutableBufferPointer { input in
      unsafe buffer.withUnsafeMutableBufferPointer { output -> (Int32, Int, Int) in
        guard let source = input.baseAddress, let target = output.baseAddress else {
          return (Z_DATA_ERROR, 0, 0)
        }
        let room = output.count - position
        unsafe stream.pointee.next_in = unsafe source + offset
        unsafe stream.pointee.avail_in = UInt32(available)
        unsafe stream.pointee.next_out = unsafe target + position
        unsafe stream.pointee.avail_out = UInt32(room)
        let code = unsafe inflate(stream, Z_NO_FLUSH)
        return unsafe (
          code, Int(stream.pointee.avail_in), room - Int(stream.pointee.avail_out)
        )
      }
    }
    start = end - left
    return (code, made)
  }
}

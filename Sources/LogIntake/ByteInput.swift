import Glibc

/// Where bytes come from, one `read` after the other.
package protocol ByteInput: AnyObject {
  /// Fills `buffer` from `start` on; 0 at the end.
  func read(into buffer: inout [UInt8], from start: Int) throws(SourceProblem) -> Int
}

/// A file or pipe, read with read(2) into a buffer of ours: a log truncated under a map would kill
/// the process.
package final class FileInput: ByteInput, Sendable {
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

  /// Bytes of a regular file; `nil` for a pipe or a device.
  var seekableSize: Int? {
    var facts = stat()
    guard unsafe fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      return nil
    }
    return Int(facts.st_size)
  }

  package func read(
    into buffer: inout [UInt8], from start: Int
  ) throws(SourceProblem) -> Int {
    try unsafe fill(&buffer, from: start) { descriptor, base, count in
      unsafe Glibc.read(descriptor, base, count)
    }
  }

  /// As `read`, but from a place in the file, which does not move.
  func read(
    into buffer: inout [UInt8], from start: Int, at offset: Int
  ) throws(SourceProblem) -> Int {
    try unsafe fill(&buffer, from: start) { descriptor, base, count in
      unsafe pread(descriptor, base, count, offset)
    }
  }

  private func fill(
    _ buffer: inout [UInt8], from start: Int,
    _ call: (Int32, UnsafeMutableRawPointer, Int) -> Int
  ) throws(SourceProblem) -> Int {
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { bytes -> Int in
        guard let base = bytes.baseAddress, start < bytes.count else { return 0 }
        return unsafe call(descriptor, base + start, bytes.count - start)
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

/// An input of which the next bytes can be looked at before they are read.
final class PeekableInput: ByteInput {
  static let capacity = 64 * 1024

  private let source: any ByteInput
  private(set) var buffer: [UInt8]
  /// The bytes that were looked at and not read yet stand in [start, end).
  private(set) var start = 0
  private(set) var end = 0
  /// What happened behind the bytes that were looked at; told when they have been read.
  private var problem: SourceProblem?

  init(_ source: any ByteInput) {
    self.source = source
    buffer = [UInt8](repeating: 0, count: Self.capacity)
  }

  /// The next bytes, `count` of them unless the input ends before.
  func peek(_ count: Int) throws(SourceProblem) -> ArraySlice<UInt8> {
    if count > buffer.count {
      buffer.append(contentsOf: repeatElement(0, count: count - buffer.count))
    }
    if start > 0, buffer.count - start < count {
      buffer.replaceSubrange(0..<(end - start), with: Array(buffer[start..<end]))
      end -= start
      start = 0
    }
    while end - start < count {
      let more = try more(into: &buffer, from: end)
      if more == 0 { break }
      end += more
    }
    return buffer[start..<min(end, start + count)]
  }

  private func more(into buffer: inout [UInt8], from position: Int) throws(SourceProblem) -> Int {
    if let problem {
      if start < end { return 0 }
      throw problem
    }
    do throws(SourceProblem) {
      return try source.read(into: &buffer, from: position)
    } catch {
      problem = error
      if start < end { return 0 }
      throw error
    }
  }

  /// What was looked at and not read yet.
  var unread: ArraySlice<UInt8> { buffer[start..<end] }

  /// Lends out the bytes that were looked at and not read yet.
  func withUnread<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    unsafe buffer.withUnsafeBufferPointer { unsafe body(.init(rebasing: $0[start..<end])) }
  }

  /// Passes bytes that were looked at.
  func advance(by count: Int) {
    start = min(end, start + count)
    if start == end { (start, end) = (0, 0) }
  }

  func read(into buffer: inout [UInt8], from position: Int) throws(SourceProblem) -> Int {
    guard start < end else { return try more(into: &buffer, from: position) }
    return take(into: &buffer, from: position, atMost: .max)
  }

  /// Reads at most `limit` bytes.
  func read(
    into buffer: inout [UInt8], from position: Int, atMost limit: Int
  ) throws(SourceProblem) -> Int {
    if start == end, try peek(1).isEmpty { return 0 }
    return take(into: &buffer, from: position, atMost: limit)
  }

  /// Passes up to `count` bytes; returns how many there were.
  func skip(_ count: Int) throws(SourceProblem) -> Int {
    var left = count
    while left > 0, try !peek(1).isEmpty {
      let step = min(left, end - start)
      advance(by: step)
      left -= step
    }
    return count - left
  }

  private func take(into target: inout [UInt8], from position: Int, atMost limit: Int) -> Int {
    let count = min(end - start, target.count - position, limit)
    target.replaceSubrange(position..<(position + count), with: buffer[start..<(start + count)])
    advance(by: count)
    return count
  }
}

/// A part of a file, read where it stands.
final class FilePart: ByteInput {
  private let file: FileInput
  private var offset: Int
  private let end: Int

  init(_ file: FileInput, _ range: Range<Int>) {
    self.file = file
    offset = range.lowerBound
    end = range.upperBound
  }

  func read(into buffer: inout [UInt8], from start: Int) throws(SourceProblem) -> Int {
    guard offset < end, start < buffer.count else { return 0 }
    let count = min(try file.read(into: &buffer, from: start, at: offset), end - offset)
    offset += count
    return count
  }
}

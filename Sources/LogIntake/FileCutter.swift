import Glibc

/// A part of a file that begins and ends where a line does.
package struct FilePiece: Sendable {
  /// Bytes of the file.
  package var range: Range<Int>
  /// Lines of the file before it.
  package var linesBefore: Int
  package var isLast: Bool
}

/// Cuts a file into pieces, the first one first.
///
/// Each piece is read here for its lines and its hash, and again by whoever takes it, then from the
/// page cache: counting costs a few percent of what reading records does.
package struct FileCutter: Sendable {
  private let file: FileInput
  private let pieceBytes: Int
  private var start = 0
  private var lines = 0
  private var isAtEnd = false
  private var hash = ContentHash()
  private var buffer = [UInt8](repeating: 0, count: OpenLog.blockBytes)

  /// `nil` for what is no file.
  package init?(_ source: Source, pieceBytes: Int) throws(SourceProblem) {
    file = try FileInput(path: source.path)
    guard file.seekableSize != nil else { return nil }
    self.pieceBytes = max(1, pieceBytes)
  }

  /// What the content is told apart by; good when there is no further piece.
  package var contentHash: ContentHash.Value { hash.value }

  /// The next piece; `nil` when there is none.
  ///
  /// A cut goes between two lines that `stand` apart: the second is read as if there were no first.
  package mutating func next(
    _ stand: (_ line: Span<UInt8>, _ before: Span<UInt8>) -> Bool
  ) throws(SourceProblem) -> FilePiece? {
    guard !isAtEnd else { return nil }
    var piece = FilePiece(range: start..<start, linesBefore: lines, isLast: false)
    var at = start
    while true {
      let filled = try fill(from: at)
      isAtEnd = filled == 0
      var taken = filled
      if at + filled - start > pieceBytes,
        let cut = cut(filled, from: pieceBytes - (at - start), stand)
      {
        taken = cut
      }
      // A local, because the block is lent out while they change.
      var told = (hash: hash, lines: lines)
      Self.note(buffer.span.extracting(0..<taken), &told.hash, &told.lines)
      (hash, lines) = (told.hash, told.lines)
      at += taken
      if isAtEnd || taken < filled { break }
    }
    piece.range = start..<at
    piece.isLast = isAtEnd
    start = at
    return piece
  }

  private static func note(
    _ bytes: Span<UInt8>, _ hash: inout ContentHash, _ lines: inout Int
  ) {
    hash.add(bytes)
    lines += lineEnds(in: bytes)
  }

  /// One block, or what is left of the file.
  private mutating func fill(from offset: Int) throws(SourceProblem) -> Int {
    var filled = 0
    while filled < buffer.count {
      let more = try file.read(into: &buffer, from: filled, at: offset + filled)
      if more == 0 { break }
      filled += more
    }
    return filled
  }

  /// Where the first line begins behind `wanted` that may be the first of a piece.
  private func cut(
    _ filled: Int, from wanted: Int, _ stand: (Span<UInt8>, Span<UInt8>) -> Bool
  ) -> Int? {
    let block = buffer.span.extracting(0..<filled)
    guard var before = lineEnd(in: block, from: max(0, wanted)).map({ $0 + 1 }),
      var line = lineEnd(in: block, from: before).map({ $0 + 1 })
    else { return nil }
    while let end = lineEnd(in: block, from: line) {
      if stand(block.extracting(line..<end), block.extracting(before..<(line - 1))) { return line }
      (before, line) = (line, end + 1)
    }
    return nil
  }
}

extension OpenLog {
  /// A piece of a file, to be read as a log of its own.
  package convenience init(_ piece: FilePiece, of source: Source) throws(SourceProblem) {
    let part = FilePart(try FileInput(path: source.path), piece.range)
    // The cutter has the hash of the whole.
    self.init(source, PeekableInput(part), isEntry: false, isPlain: true, isHashed: false)
  }
}

private func lineEnd(in bytes: Span<UInt8>, from start: Int) -> Int? {
  guard start < bytes.count else { return nil }
  return unsafe bytes.withUnsafeBufferPointer { buffer in
    guard let base = buffer.baseAddress,
      let hit = unsafe memchr(base + start, 10, buffer.count - start)
    else { return nil }
    return unsafe UnsafeRawPointer(hit) - UnsafeRawPointer(base)
  }
}

private func lineEnds(in bytes: Span<UInt8>) -> Int {
  var count = 0
  var at = 0
  while let end = lineEnd(in: bytes, from: at) {
    count += 1
    at = end + 1
  }
  return count
}

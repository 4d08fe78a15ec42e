import Glibc

/// A part of a log that begins and ends where a line does.
package struct LogPiece: Sendable {
  /// Bytes of the log, unpacked.
  package var range: Range<Int>
  /// Lines of the log before it; `nil` where its neighbours are to be counted first.
  package var linesBefore: Int?
  package var isLast: Bool
  /// What stands there, where it cannot be read again from the file.
  var bytes: [UInt8]?
}

/// Cuts a log into pieces, the first one first.
///
/// A plain file is read by whoever takes a piece, once to count its lines, which the pieces behind it must
/// know, and once for its records; here only where its content is hashed, too. Of a packed one the piece
/// goes along.
package struct LogCutter {
  private enum Input {
    case file(FileInput)
    case stream(PeekableInput)
  }

  /// Pieces that are held in memory get this many times as large as wanted at most.
  private static let mostStretch = 4

  private let input: Input
  private let path: String
  private let pieceBytes: Int
  private var start = 0
  private var lines = 0
  private var isAtEnd = false
  private var hash = ContentHash()
  private let isHashed: Bool
  private var buffer = [UInt8](repeating: 0, count: OpenLog.blockBytes)
  /// What a stream told behind the last cut.
  private var rest: [UInt8] = []

  /// `nil` for what is no file, and for a log within a bundle.
  ///
  /// What is packed must not be read by others.
  package init?(_ log: OpenLog, pieceBytes: Int) throws(SourceProblem) {
    guard !log.isEntry else { return nil }
    let file = try FileInput(path: log.source.path)
    guard file.seekableSize != nil else { return nil }
    path = log.source.path
    input = log.isPlain ? .file(file) : .stream(log.input)
    isHashed = log.isHashed
    self.pieceBytes = max(1, pieceBytes)
  }

  /// What the content is told apart by, if the log is hashed; good when there is no further piece.
  package var contentHash: ContentHash.Value? { isHashed ? hash.value : nil }
  /// Bytes of the pieces so far.
  package var byteCount: Int { start }

  /// The next piece; `nil` when there is none.
  ///
  /// A cut goes between two lines that `stand` apart: the second is read as if there were no first.
  ///
  /// - Throws: `SourceProblem`, also where a packed log has no such lines for long.
  package mutating func next(
    _ stand: (_ line: Span<UInt8>, _ before: Span<UInt8>) -> Bool
  ) throws(SourceProblem) -> LogPiece? {
    guard !isAtEnd else { return nil }
    var piece = LogPiece(range: start..<start, linesBefore: lines, isLast: false)
    var at = start
    switch input {
    case .stream:
      piece.bytes = []
      piece.bytes?.reserveCapacity(pieceBytes + buffer.count)
    case .file(let file) where !isHashed:
      piece.linesBefore = nil
      // Nobody asks what stands before the next cut.
      at = min(start + pieceBytes, max(start, file.seekableSize ?? start))
    case .file: break
    }
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
      if isHashed { told.hash.add(buffer.span.extracting(0..<taken)) }
      if piece.linesBefore != nil {
        told.lines += lineEnds(in: buffer.span.extracting(0..<taken))
      }
      (hash, lines) = (told.hash, told.lines)
      piece.bytes?.append(contentsOf: buffer[..<taken])
      if piece.bytes != nil { rest = Array(buffer[taken..<filled]) }
      at += taken
      if piece.bytes != nil, at - start > pieceBytes * Self.mostStretch + buffer.count {
        throw SourceProblem(path: path, kind: .refused("nothing to cut it at"))
      }
      if isAtEnd || taken < filled { break }
    }
    piece.range = start..<at
    piece.isLast = isAtEnd
    start = at
    return piece
  }

  /// One block, or what is left of the log.
  private mutating func fill(from offset: Int) throws(SourceProblem) -> Int {
    var filled = rest.count
    buffer.replaceSubrange(0..<filled, with: rest)
    while filled < buffer.count {
      let more =
        switch input {
        case .file(let file): try file.read(into: &buffer, from: filled, at: offset + filled)
        case .stream(let stream): try stream.read(into: &buffer, from: filled)
        }
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

extension LogPiece {
  /// How many lines end in it; its file is read for them.
  package func lineCount(of source: Source) throws(SourceProblem) -> Int {
    var count = 0
    try read(of: source) { block, _ in
      count += lineEnds(in: block)
      return block.count
    }
    return count
  }

  /// Calls `consume` as `OpenLog` does.
  package func read(
    of source: Source, consume: (Span<UInt8>, _ atEnd: Bool) -> Int
  ) throws(SourceProblem) {
    if let bytes {
      _ = consume(bytes.span, true)
      return
    }
    let part = PeekableInput(FilePart(try FileInput(path: source.path), range))
    // The cutter has the hash of the whole.
    let log = OpenLog(source, part, isEntry: false, isPlain: true)
    log.isHashed = false
    try log.read(consume: consume)
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
private func sum(_ bytes: UInt64) -> Int {
  let even: UInt64 = 0x00ff_00ff_00ff_00ff
  let pairs = (bytes & even) &+ (bytes >> 8 & even)
  return Int(truncatingIfNeeded: (pairs &* 0x0001_0001_0001_0001) >> 48)
}

/// A part of a log that begins and ends where a line does.
package struct LogPiece: Sendable {
  /// Bytes of the log, unpacked.
  package var range: Range<Int>
  package var isLast: Bool
  package var bytes: [UInt8]
}

/// Cuts a log that is read once, from its start to its end, into pieces: a packed one, or one that is
/// hashed meanwhile.
package struct LogCutter {
  /// Pieces get this many times as large as wanted at most.
  private static let mostStretch = 4

  private let input: PeekableInput
  private let path: String
  private let pieceBytes: Int
  private var start = 0
  private var isAtEnd = false
  private var hash = ContentHash()
  private let isHashed: Bool
  private var buffer = [UInt8](repeating: 0, count: OpenLog.blockBytes)
  /// What was read behind the last cut.
  private var rest: [UInt8] = []

  /// `nil` for a log within a bundle.
  ///
  /// The log must not be read by others.
  package init?(_ log: OpenLog, pieceBytes: Int) {
    guard !log.isEntry else { return nil }
    path = log.source.path
    input = log.input
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
  /// - Throws: `SourceProblem`, also where the log has no such lines for long.
  package mutating func next(
    _ stand: (_ line: Span<UInt8>, _ before: Span<UInt8>) -> Bool
  ) throws(SourceProblem) -> LogPiece? {
    guard !isAtEnd else { return nil }
    var piece = LogPiece(range: start..<start, isLast: false, bytes: [])
    piece.bytes.reserveCapacity(pieceBytes + buffer.count)
    while true {
      let filled = try fill()
      isAtEnd = filled == 0
      var taken = filled
      let wanted = pieceBytes - piece.bytes.count
      if filled > wanted,
        let cut = LineEnds.cut(buffer.span.extracting(0..<filled), behind: wanted, stand)
      {
        taken = cut
      }
      if isHashed {
        // A local, because the block is lent out while it changes.
        var told = hash
        told.add(buffer.span.extracting(0..<taken))
        hash = told
      }
      piece.bytes.append(contentsOf: buffer[..<taken])
      rest = Array(buffer[taken..<filled])
      if piece.bytes.count > pieceBytes * Self.mostStretch + buffer.count {
        throw SourceProblem(path: path, kind: .refused("nothing to cut it at"))
      }
      if isAtEnd || taken < filled { break }
    }
    start += piece.bytes.count
    piece.range = piece.range.lowerBound..<start
    piece.isLast = isAtEnd
    return piece
  }

  /// One block, or what is left of the log.
  private mutating func fill() throws(SourceProblem) -> Int {
    var filled = rest.count
    buffer.replaceSubrange(0..<filled, with: rest)
    while filled < buffer.count {
      let more = try input.read(into: &buffer, from: filled)
      if more == 0 { break }
      filled += more
    }
    return filled
  }
}

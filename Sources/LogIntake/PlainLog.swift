/// A plain file of which several workers read a part each.
package struct PlainLog: Sendable {
  /// What is looked through for a place to cut at, in bytes.
  private static let reach = 4 * OpenLog.blockBytes

  private let file: FileInput
  /// Bytes when it was opened; a log may grow.
  package let size: Int

  /// `nil` for what is packed, lies within a bundle or is no file.
  package init?(_ log: OpenLog) throws(SourceProblem) {
    guard log.isPlain, !log.isEntry else { return nil }
    try self.init(path: log.source.path)
  }

  package init?(path: String) throws(SourceProblem) {
    file = try FileInput(path: path)
    guard let size = file.seekableSize else { return nil }
    self.size = size
  }

  /// Calls `consume` with each block behind `start`; what it leaves (an unfinished line) stands at the
  /// start of the next one.
  ///
  /// `end` is asked where to stop, at first and whenever reading came there; it is told how far was
  /// consumed. When it tells the same again, or the file ends, `consume` is called with `atEnd`, once.
  /// Returns how far it read.
  package func read(
    from start: Int, to end: (_ consumed: Int) -> Int, consume: (Span<UInt8>, _ atEnd: Bool) -> Int
  ) throws(SourceProblem) -> Int {
    var buffer = [UInt8](repeating: 0, count: OpenLog.blockBytes)
    var (at, filled, limit) = (start, 0, start)
    while true {
      if at == limit { limit = max(at, end(at - filled)) }
      var isAtEnd = at == limit
      while filled < buffer.count, at < limit, !isAtEnd {
        let more = min(try file.read(into: &buffer, from: filled, at: at), limit - at)
        (at, filled) = (at + more, filled + more)
        isAtEnd = more == 0
      }
      let used = consume(buffer.span.extracting(0..<filled), isAtEnd)
      if isAtEnd { return at }
      // A copy of the rest: a slice would have the whole buffer copied before it is changed.
      if used < filled {
        buffer.replaceSubrange(0..<(filled - used), with: Array(buffer[used..<filled]))
      }
      filled -= used
    }
  }

  /// Where the first line begins, not far behind `wanted`, that may `stand` apart from the one before.
  package func cut(
    behind wanted: Int, _ stand: (_ line: Span<UInt8>, _ before: Span<UInt8>) -> Bool
  ) throws(SourceProblem) -> Int? {
    var buffer = [UInt8](repeating: 0, count: Self.reach)
    var (filled, more) = (0, 1)
    while filled < buffer.count, more > 0 {
      more = try file.read(into: &buffer, from: filled, at: wanted + filled)
      filled += more
    }
    return LineEnds.cut(buffer.span.extracting(0..<filled), behind: 0, stand).map { wanted + $0 }
  }
}

/// A log, opened: a source unpacked, or a file within a bundle.
package final class OpenLog {
  /// Blocks over 1 MiB get slower (second-level cache), under 64 KiB the calls show.
  package static let blockBytes = 256 * 1024

  private static let headBytes = 64 * 1024

  package let source: Source
  /// Whether the log lies within a bundle.
  package let isEntry: Bool
  /// Whether its bytes are those of the source itself.
  package let isPlain: Bool
  let input: PeekableInput
  private var hash = ContentHash()
  /// Whether anybody asks for `contentHash`.
  package var isHashed = true
  /// Bytes that were read.
  package private(set) var byteCount = 0

  init(_ source: Source, _ input: PeekableInput, isEntry: Bool, isPlain: Bool) {
    self.source = source
    self.input = input
    self.isEntry = isEntry
    self.isPlain = isPlain
  }

  /// What the first bytes are told apart by; asked for before anything is read.
  package private(set) lazy var headHash: ContentHash.Value = {
    var hash = ContentHash()
    hash.add(peek(Self.headBytes).span)
    return hash.value
  }()

  /// What the content is told apart by; good at the end, if `isHashed`.
  package var contentHash: ContentHash.Value { hash.value }

  /// Calls `consume` with each block; what it leaves (an unfinished line) stands at the start of
  /// the next one.
  ///
  /// `atEnd` is true once, with the last block, which may be empty.
  ///
  /// - Throws: `SourceProblem`; what came before a damaged place has been consumed, with `atEnd`.
  package func read(
    consume: (Span<UInt8>, _ atEnd: Bool) -> Int
  ) throws(SourceProblem) {
    var buffer = [UInt8](repeating: 0, count: Self.blockBytes)
    var filled = 0
    var input: any ByteInput = input
    var isAhead = isPlain
    while true {
      var isAtEnd = false
      // Pipes give little at a time; a format is told better from a full block.
      while filled < buffer.count, !isAtEnd {
        let more: Int
        do throws(SourceProblem) {
          more = try input.read(into: &buffer, from: filled)
        } catch {
          _ = consume(buffer.span.extracting(0..<filled), true)
          throw error
        }
        if isHashed { hash.add(buffer.span.extracting(filled..<(filled + more))) }
        filled += more
        byteCount += more
        isAtEnd = more == 0
      }
      let used = consume(buffer.span.extracting(0..<filled), isAtEnd)
      if isAtEnd { return }
      // What fits into one block is not worth a thread.
      if !isAhead {
        input = ReadAhead(input, blockBytes: Self.blockBytes)
        isAhead = true
      }
      // A copy of the rest: a slice would have the whole buffer copied before it is changed.
      if used < filled {
        buffer.replaceSubrange(0..<(filled - used), with: Array(buffer[used..<filled]))
      }
      filled -= used
    }
  }

  /// Up to `count` bytes from the start, to recognize the format; reads nothing.
  ///
  /// A damaged file is told of when it is read; its head is good enough to sniff.
  package func peek(_ count: Int) -> [UInt8] {
    (try? Array(input.peek(count))) ?? Array(input.unread)
  }

  /// Reads all of it for its hash alone.
  package func readHash() throws(SourceProblem) -> ContentHash.Value {
    isHashed = true
    try read { block, _ in block.count }
    return contentHash
  }
}

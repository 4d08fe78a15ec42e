/// Reads a source that is one log, or the logs of a bundle as if they were one.
package enum ChunkReader {
  package static let blockBytes = OpenLog.blockBytes

  /// As `OpenLog.read`.
  package static func read(
    _ source: Source, consume: (Span<UInt8>, _ atEnd: Bool) -> Int
  ) throws(SourceProblem) {
    var problem: SourceProblem?
    _ = try Contents.read(source) { log in
      do throws(SourceProblem) {
        try log.read(consume: consume)
      } catch {
        problem = error
      }
      return .known
    }
    if let problem { throw problem }
  }

  /// Up to one block, unpacked, to recognize its format; of a bundle, the first log's.
  package static func head(_ source: Source) throws(SourceProblem) -> [UInt8] {
    var head: [UInt8]?
    _ = try Contents.read(source) { log in
      head = log.peek(blockBytes)
      return .enough
    }
    return head ?? []
  }

  /// The last block of a file that is not packed, without the line that it begins within.
  package static func tail(_ source: Source) throws(SourceProblem) -> [UInt8] {
    let file = try FileInput(path: source.path)
    guard let size = file.seekableSize else { return [] }
    let start = max(0, size - blockBytes)
    let part = PeekableInput(FilePart(file, start..<size))
    let bytes = try part.peek(size - start)
    guard start > 0 else { return Array(bytes) }
    return Array(bytes.drop { $0 != 10 })
  }
}

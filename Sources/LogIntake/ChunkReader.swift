/// Reads one source in blocks of whole lines, unpacked if need be.
package enum ChunkReader {
  /// Blocks over 1 MiB get slower (second-level cache), under 64 KiB the calls show.
  static let blockBytes = 256 * 1024

  /// Calls `consume` with each block; what it leaves (an unfinished line) stands at the start of
  /// the next one.
  ///
  /// `atEnd` is true once, with the last block, which may be empty.
  ///
  /// - Throws: `SourceProblem`; what came before a damaged place has been consumed, with `atEnd`.
  package static func read(
    _ source: Source, consume: (Span<UInt8>, _ atEnd: Bool) -> Int
  ) throws(SourceProblem) {
    var file = try FileInput(path: source.path)
    var buffer = [UInt8](repeating: 0, count: blockBytes)
    let count = try file.read(into: &buffer, from: 0)
    switch Packing(head: buffer[0..<count]) {
    case .plain: try pump(&file, &buffer, filled: count, consume)
    case .gzip:
      var input = try GzipInput(path: source.path, file: file, head: Array(buffer[0..<count]))
      try pump(&input, &buffer, filled: 0, consume)
    case .program(let name):
      var input = try UnpackerInput(path: source.path, program: name)
      try pump(&input, &buffer, filled: 0, consume)
    }
  }

  /// Up to one block from the start of the source, unpacked, to recognize its format.
  package static func head(_ source: Source) throws(SourceProblem) -> [UInt8] {
    var file = try FileInput(path: source.path)
    var buffer = [UInt8](repeating: 0, count: blockBytes)
    let count = try file.read(into: &buffer, from: 0)
    switch Packing(head: buffer[0..<count]) {
    case .plain: return fill(&file, &buffer, filled: count)
    case .gzip:
      var input = try GzipInput(path: source.path, file: file, head: Array(buffer[0..<count]))
      return fill(&input, &buffer, filled: 0)
    case .program(let name):
      var input = try UnpackerInput(path: source.path, program: name)
      return fill(&input, &buffer, filled: 0)
    }
  }

  /// The buffer's bytes, filled as far as the input goes.
  ///
  /// A damaged file is told of when it is read; its head is good enough to sniff.
  private static func fill<Input: ByteInput & ~Copyable>(
    _ input: inout Input, _ buffer: inout [UInt8], filled: Int
  ) -> [UInt8] {
    var filled = filled
    while filled < buffer.count {
      let more: Int
      do throws(SourceProblem) {
        more = try input.read(into: &buffer, from: filled)
      } catch {
        break
      }
      if more == 0 { break }
      filled += more
    }
    return Array(buffer[0..<filled])
  }

  private static func pump<Input: ByteInput & ~Copyable>(
    _ input: inout Input, _ buffer: inout [UInt8], filled: Int,
    _ consume: (Span<UInt8>, Bool) -> Int
  ) throws(SourceProblem) {
    var filled = filled
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
        filled += more
        isAtEnd = more == 0
      }
      if isAtEnd {
        _ = consume(buffer.span.extracting(0..<filled), true)
        return
      }
      let used = consume(buffer.span.extracting(0..<filled), false)
      buffer.replaceSubrange(0..<(filled - used), with: Array(buffer[used..<filled]))
      filled -= used
    }
  }
}

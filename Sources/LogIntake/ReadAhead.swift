import Foundation

/// An input that is unpacked on a thread of its own, a few blocks ahead of who reads it.
///
/// While this one reads, nobody else may touch `source`: it belongs to the thread until the end of the
/// input or a problem has been handed over, and then to nobody.
final class ReadAhead: ByteInput, @unchecked Sendable {
  /// Blocks that wait at most; four of 256 KiB hide the unevenness of both sides.
  private static let mostBlocks = 4

  private enum Block {
    case bytes([UInt8], count: Int)
    case end
    case problem(SourceProblem)
  }

  private let source: any ByteInput
  private let blockBytes: Int
  private let condition = NSCondition()
  /// Guarded by the condition.
  private var waiting: [Block] = []
  /// Used up, to be filled again; guarded by the condition.
  private var used: [[UInt8]] = []
  /// What is being read, by the reader alone.
  private var current: (bytes: [UInt8], at: Int, count: Int) = ([], 0, 0)
  private var last: Block?

  init(_ source: any ByteInput, blockBytes: Int) {
    self.source = source
    self.blockBytes = blockBytes
    let thread = Thread { [self] in unpack() }
    thread.stackSize = 1 << 20
    thread.start()
  }

  func read(into buffer: inout [UInt8], from start: Int) throws(SourceProblem) -> Int {
    if current.at == current.count {
      switch last ?? next() {
      case .bytes(let bytes, let count): current = (bytes, 0, count)
      case .end:
        last = .end
        return 0
      case .problem(let problem):
        last = .problem(problem)
        throw problem
      }
    }
    let count = min(current.count - current.at, buffer.count - start)
    let range = current.at..<(current.at + count)
    buffer.replaceSubrange(start..<(start + count), with: current.bytes[range])
    current.at += count
    return count
  }

  private func next() -> Block {
    condition.withLock {
      if !current.bytes.isEmpty { used.append(current.bytes) }
      current = ([], 0, 0)
      while waiting.isEmpty { condition.wait() }
      condition.broadcast()
      return waiting.removeFirst()
    }
  }

  private func unpack() {
    while true {
      var bytes = condition.withLock {
        used.popLast() ?? [UInt8](repeating: 0, count: blockBytes)
      }
      var count = 0
      do throws(SourceProblem) {
        var more = 1
        while count < bytes.count, more > 0 {
          more = try source.read(into: &bytes, from: count)
          count += more
        }
        hand(count > 0 ? .bytes(bytes, count: count) : .end)
        if count == 0 { return }
      } catch {
        // What came before a damaged place is good.
        if count > 0 { hand(.bytes(bytes, count: count)) }
        hand(.problem(error))
        return
      }
    }
  }

  private func hand(_ block: Block) {
    condition.withLock {
      while waiting.count >= Self.mostBlocks { condition.wait() }
      waiting.append(block)
      condition.broadcast()
    }
  }
}

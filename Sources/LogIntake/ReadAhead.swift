import Dispatch
import Foundation
import Synchronization

/// An input that is unpacked on a thread of its own, a few blocks ahead of who reads it.
///
/// `source` is handed over: it belongs to the thread until the end of the input or a problem was read
/// here, and then to nobody.
final class ReadAhead: ByteInput {
  /// Blocks that wait at most; four of 256 KiB hide the unevenness of both sides.
  fileprivate static let mostBlocks = 4

  fileprivate enum Block: Sendable {
    case bytes([UInt8], count: Int)
    case end
    case problem(SourceProblem)
  }

  private let blocks = BlockQueue()
  private var current: (bytes: [UInt8], at: Int, count: Int) = ([], 0, 0)
  private var last: Block?

  init(_ source: any ByteInput, blockBytes: Int) {
    // No type can tell that an input is handed over: they are classes that `OpenLog` holds. It reads
    // from this one alone as soon as there is one.
    nonisolated(unsafe) let source = source
    let thread = Thread { [blocks] in
      unsafe Self.unpack(source, blockBytes: blockBytes, into: blocks)
    }
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
    let bytes = current.bytes
    current = ([], 0, 0)
    return blocks.take(givingBack: bytes)
  }

  private static func unpack(
    _ source: any ByteInput, blockBytes: Int, into blocks: BlockQueue
  ) {
    while true {
      var bytes = blocks.empty() ?? [UInt8](repeating: 0, count: blockBytes)
      var count = 0
      do throws(SourceProblem) {
        var more = 1
        while count < bytes.count, more > 0 {
          more = try source.read(into: &bytes, from: count)
          count += more
        }
        blocks.hand(count > 0 ? .bytes(bytes, count: count) : .end)
        if count == 0 { return }
      } catch {
        // What came before a damaged place is good.
        if count > 0 { blocks.hand(.bytes(bytes, count: count)) }
        blocks.hand(.problem(error))
        return
      }
    }
  }
}

/// Blocks on their way from the thread to the reader, and empty ones on their way back.
private final class BlockQueue: Sendable {
  private struct State {
    var waiting: [ReadAhead.Block] = []
    var used: [[UInt8]] = []
  }

  private let state = Mutex(State())
  private let filled = DispatchSemaphore(value: 0)
  private let room = DispatchSemaphore(value: 0)

  init() {
    // Not as its first value: a semaphore that ends below that stops the program.
    for _ in 0..<ReadAhead.mostBlocks { room.signal() }
  }

  /// The next block, as soon as there is one; `bytes` may be filled again.
  func take(givingBack bytes: [UInt8]) -> ReadAhead.Block {
    filled.wait()
    room.signal()
    return state.withLock { state in
      if !bytes.isEmpty { state.used.append(bytes) }
      return state.waiting.removeFirst()
    }
  }

  func empty() -> [UInt8]? { state.withLock { $0.used.popLast() } }

  /// Hands a block over, as soon as there is room.
  func hand(_ block: ReadAhead.Block) {
    room.wait()
    state.withLock { $0.waiting.append(block) }
    filled.signal()
  }
}

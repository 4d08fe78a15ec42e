import TestSupport
import Testing

@testable import Pipeline

@Suite("Sections of a file")
struct SectionQueueTests {
  /// Lines are ten bytes long.
  private static let lineBytes = 10

  /// What a worker is at.
  private struct Worker {
    var section: Int?
    /// It may read up to here.
    var limit = 0
  }

  @Test("cover it once, whoever is how fast", arguments: 1...40)
  func coverOnce(seed: UInt64) throws {
    var dice = Dice(seed)
    let size = Int.random(in: 0...3000, using: &dice) * Self.lineBytes
    var queue = SectionQueue(
      size: size, grant: Int.random(in: 1...2000, using: &dice),
      least: Int.random(in: 20...2000, using: &dice), most: Int.random(in: 20...9000, using: &dice))
    if seed % 3 == 0 { queue.split(all: 900) { Self.lineStart(behind: $0) } }
    var workers = [Worker](repeating: Worker(), count: Int.random(in: 1...5, using: &dice))
    var read: [Range<Int>] = []
    var idle = 0
    while idle < 1000 {
      let place = Int.random(in: workers.indices, using: &dice)
      guard let section = workers[place].section else {
        switch queue.next(backends: Int.random(in: 0...200, using: &dice)) {
        case .read(let section):
          workers[place] = Worker(section: section, limit: section)
        case .cut(let section, let wanted):
          // Another worker may have read on, or have cut, meanwhile.
          let isVain = Int.random(in: 0..<9, using: &dice) == 0
          queue.split(section, at: isVain ? nil : Self.lineStart(behind: wanted))
        case nil: idle += 1
        }
        continue
      }
      idle = 0
      // It read what it was granted, or to the end of the file.
      let at = min(workers[place].limit, size)
      let limit = queue.grant(section)
      if at == size || limit == at {
        read.append(section..<at)
        workers[place].section = nil
      }
      workers[place].limit = limit
    }
    #expect(workers.allSatisfy { $0.section == nil })
    let inOrder = read.sorted { $0.lowerBound < $1.lowerBound }
    #expect(inOrder.first?.lowerBound == 0)
    #expect(inOrder.last?.upperBound == size)
    for (one, next) in zip(inOrder, inOrder.dropFirst()) {
      #expect(one.upperBound == next.lowerBound)
    }
  }

  private static func lineStart(behind place: Int) -> Int {
    (place + lineBytes) / lineBytes * lineBytes
  }
}

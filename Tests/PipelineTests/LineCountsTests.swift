import Dispatch
import LogIntake
import TestSupport
import Testing

@testable import Pipeline

@Suite("Lines before a place")
struct LineCountsTests {
  @Test("are the same for all who count them at once", arguments: [1, 7, 100, 5000])
  func together(blockBytes: Int) throws {
    var dice = Dice(3)
    var text: [UInt8] = []
    for _ in 0..<300 {
      text += [UInt8](repeating: 0x61, count: Int.random(in: 0...40, using: &dice)) + [10]
    }
    var before = [0]
    for byte in text { before.append(before[before.count - 1] + (byte == 10 ? 1 : 0)) }
    let directory = try LogDirectory()
    defer { directory.remove() }
    try directory.write(text, to: "x.log")
    let path = try #require(directory.sources.first?.path)
    let counts = LineCounts(try #require(try PlainLog(path: path)), blockBytes: blockBytes)
    let asked = (0..<200).map { _ in
      (
        place: Int.random(in: 0...text.count, using: &dice),
        at: Int.random(in: 0...text.count, using: &dice)
      )
    }
    let expected = before
    DispatchQueue.concurrentPerform(iterations: asked.count) { number in
      let (place, at) = asked[number]
      let lines = try? counts.lines(before: place, (at, expected[at]))
      #expect(lines == expected[place])
    }
  }
}

import Foundation
import LogEvents
import TestSupport
import Testing

@testable import Correlator

@Suite("Durations, concurrency and surroundings")
struct SurroundingsTests {
  @Test("Durations merge exactly, whatever the split and the order")
  func durationsMerge() {
    var dice = Dice(3)
    var whole = FailureDurations()
    var parts = [FailureDurations](repeating: FailureDurations(), count: 4)
    for _ in 0..<4000 {
      let outcome: Outcome = Bool.random(using: &dice) ? .responseTimeout : .http5xx
      let length = Int64.random(in: 0...200_000, using: &dice)
      whole.add(outcome, milliseconds: length, count: 1)
      parts[Int.random(in: 0..<4, using: &dice)].add(outcome, milliseconds: length, count: 1)
    }
    var left = FailureDurations()
    for part in parts { left.merge(part) }
    var right = FailureDurations()
    for part in parts.reversed() { right.merge(part) }
    #expect(left == whole)
    #expect(right == whole)
    whole.merge(FailureDurations())
    #expect(right == whole)
    #expect(whole.bins.count < 2 * FailureDurations.binCount)
  }

  @Test("A pile is found at its value, across the edge of two bins, and not in even durations")
  func findsPiles() throws {
    var durations = FailureDurations()
    for number in 0..<40 {
      durations.add(.responseTimeout, milliseconds: 60_000 + Int64(number), count: 1)
    }
    for number in 0..<10 {
      durations.add(.responseTimeout, milliseconds: Int64(number * number * 31), count: 1)
    }
    let pile = try #require(durations.pile(of: [.responseTimeout]))
    #expect(pile.count == 40)
    #expect(pile.known == 50)
    #expect(pile.leastMilliseconds == 60_000)
    #expect(pile.mostMilliseconds == 60_039)
    #expect(durations.pile(of: [.http5xx]) == nil)
    // 65 536 ms is the edge of an octave.
    var edge = FailureDurations()
    for number in 0..<20 {
      edge.add(.responseTimeout, milliseconds: 65_526 + Int64(number), count: 1)
    }
    #expect(edge.pile(of: [.responseTimeout])?.count == 20)
    var even = FailureDurations()
    for number in 1...100 {
      even.add(.responseTimeout, milliseconds: Int64(number) * 1000, count: 1)
    }
    #expect((even.pile(of: [.responseTimeout])?.share ?? 1) < 0.1)
  }

  @Test("Time at work merges exactly and coarsens to the same grid")
  func workMerges() {
    var dice = Dice(5)
    var whole = ExchangeTime()
    var parts = [ExchangeTime](repeating: ExchangeTime(), count: 3)
    for _ in 0..<6000 {
      let time = Int64.random(in: -9_000_000...90_000_000, using: &dice)
      let length = Int64.random(in: 0...5000, using: &dice)
      whole.add(at: time, count: 1, milliseconds: length)
      parts[Int.random(in: 0..<3, using: &dice)].add(at: time, count: 1, milliseconds: length)
    }
    var merged = ExchangeTime()
    for part in parts.reversed() { merged.merge(part) }
    #expect(merged == whole)
    #expect(whole.cells.count <= ExchangeTime.usualLimit)
    #expect(whole.level > 0)
    let all = whole.sums(from: -9_000_000, to: 90_000_000)
    #expect(all.count == 6000)
    #expect(all.milliseconds == whole.cells.reduce(0) { $0 + $1.milliseconds })
  }

  @Test("A file that says what no log can hold is refused, and a sound one comes back equal")
  func refusesNonsense() throws {
    var work = ExchangeTime()
    work.add(at: 5000, count: 2, milliseconds: 90)
    let bytes = try JSONEncoder().encode(work)
    #expect(try JSONDecoder().decode(ExchangeTime.self, from: bytes) == work)
    for text in [
      "{\"level\":100,\"cells\":[]}",
      "{\"level\":0,\"cells\":[{\"index\":0,\"count\":9223372036854775807,\"milliseconds\":0}]}",
      "{\"level\":0,\"cells\":[{\"index\":1,\"count\":1,\"milliseconds\":0},{\"index\":1,\"count\":1,\"milliseconds\":0}]}",
    ] {
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(ExchangeTime.self, from: Data(text.utf8))
      }
    }
    var durations = FailureDurations()
    durations.add(.http5xx, milliseconds: 60_000, count: 3)
    let again = try JSONDecoder().decode(
      FailureDurations.self, from: try JSONEncoder().encode(durations))
    #expect(again == durations)
    let bad = "[{\"outcome\":\"http-5xx\",\"bin\":-1,\"count\":1,\"least\":0,\"most\":1}]"
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(FailureDurations.self, from: Data(bad.utf8))
    }
  }

  @Test("The law of Little: requests a second times their duration are at work at once")
  func countsWhatIsAtWork() {
    var work = ExchangeTime()
    for second in 0..<100 as Range<Int64> {
      work.add(at: second * 1000 + 500, count: 20, milliseconds: 20 * 400)
    }
    let sums = work.sums(from: 0, to: 99_999)
    #expect(Double(sums.milliseconds) / Double(sums.length) == 8)
  }

  @Test("What one gateway, the siblings and the callers met is told beside the case")
  func fillsSurroundings() throws {
    var story = Story()
    for gateway in ["gw1.log", "gw2.log"] {
      for second in 0..<3600 {
        let isOut = gateway == "gw1.log" && second >= 1200 && second < 1800
        story.tell(
          Double(second) + 0.2, isOut ? .connectTimeout : .ok, "192.0.2.1:80", log: gateway)
        story.tell(Double(second) + 0.4, .ok, "192.0.2.1:81", log: gateway)
      }
    }
    for second in 1200..<1260 { story.tell(Double(second), .clientAbort, "192.0.2.1:80") }
    let found = try #require(story.cases().first { $0.backend == "192.0.2.1:80" })
    let tallies = found.surroundings.gateways
    #expect(tallies.map(\.name) == ["gw1", "gw2"])
    #expect(tallies[0].failures == 600)
    #expect(tallies[1].failures == 0)
    #expect(tallies[1].successes > 500)
    #expect(found.surroundings.ports.map(\.name) == ["192.0.2.1:81"])
    #expect(found.surroundings.ports[0].isFine)
    #expect(found.surroundings.abortsInside == 60)
    #expect(found.surroundings.concurrency == nil)
    let aborts = Classifier.classify(story.digest()).aborts
    #expect(aborts.map(\.backend) == ["192.0.2.1:80"])
    #expect(aborts.first?.count == 60)
    #expect(aborts.first?.usualMilliseconds == nil)
  }
}

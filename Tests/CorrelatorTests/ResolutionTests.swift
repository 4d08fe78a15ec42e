import Foundation
import LogEvents
import TestSupport
import Testing

@testable import Correlator

@Suite("What is kept of many backends")
struct ResolutionTests {
  /// Digests of logs that all tell of the same backends, each too little to be kept coarser.
  private static func digests(_ seed: UInt64, bounds: DigestBounds = DigestBounds()) -> [Digest] {
    var dice = Dice(seed)
    return (1...3).map { number in
      var memory = TransactionMemory()
      let builder = DigestBuilder(file: "gw\(number).log", gateway: "gw", bounds: bounds)
      return digested(builder, &memory, 27_000) { number, batch in
        let time = Story.start + Int64(number) * 20_000 + Int64.random(in: 0..<9000, using: &dice)
        return event(number, at: time, isServed: number % 5 == 0, &batch, &dice)
      }
    }
  }

  private static func event(
    _ number: Int, at time: Int64, isServed: Bool, _ batch: inout EventBatch, _ dice: inout Dice
  ) -> Event {
    var event = Event(
      time: Timestamp(milliseconds: time), line: UInt32(number + 1),
      outcome: number % 10 == 7
        ? .clientAbort
        : isServed ? .ok : number % 3 == 0 ? .connectRefused : .http5xx)
    event.backend = batch.names.id("srv\(Int.random(in: 0..<150, using: &dice)):8080")
    event.durationMilliseconds = Int32.random(in: 0..<60_000, using: &dice)
    event.client = batch.keep(Array("192.0.2.\(Int.random(in: 0..<9, using: &dice))".utf8))
    event.uri = batch.keep(Array("/orders/\(Int.random(in: 0..<99, using: &dice))".utf8))
    return event
  }

  @Test("Any order and grouping of merges gives the same, coarser than each of them")
  func merges() {
    let parts = Self.digests(1)
    #expect(parts.allSatisfy { $0.resolution.isFull })
    let all = Self.merged(parts)
    #expect(!all.resolution.isFull)
    #expect(all.backends.values.allSatisfy { $0.failures.limit == all.resolution.failureCells })
    #expect(Self.merged(parts.reversed()) == all)
    #expect(Self.merged([parts[1], Self.merged([parts[2], parts[0]])]) == all)
    #expect(Self.merged([all, Digest()]) == all)
    #expect(Self.merged([Digest(), all]) == all)
    let behind = Self.digests(1, bounds: DigestBounds(of: all))
    #expect(Self.merged([all, behind[0]]) == Self.merged([all, parts[0]]))
  }

  @Test("What is kept coarser counts the same")
  func counts() {
    let parts = Self.digests(2)
    let all = Self.merged(parts)
    let failures = parts.map { $0.backends.values.reduce(0) { $0 + $1.failures.total } }
    let successes = parts.map { $0.backends.values.reduce(0) { $0 + $1.successes.total } }
    #expect(all.backends.values.reduce(0) { $0 + $1.failures.total } == failures.reduce(0, +))
    #expect(all.backends.values.reduce(0) { $0 + $1.successes.total } == successes.reduce(0, +))
    #expect(all.backends.values.allSatisfy { $0.classSeries.total == $0.failures.total })
  }

  @Test("A log read at once gives what its pieces give, whatever they hear of each other meanwhile")
  func pieces() {
    func digest(
      _ range: Range<Int>, of count: Int, learning bounds: DigestBounds? = nil
    ) -> Digest {
      var dice = Dice(3)
      var memory = TransactionMemory()
      var builder = DigestBuilder(
        file: "gw.log", piece: Piece(start: UInt64(range.lowerBound), end: .max), gateway: "gw")
      var batch = EventBatch()
      for number in 0..<count {
        let event = Self.event(
          number, at: Story.start + Int64(number) * 700, isServed: number % 4 == 0, &batch, &dice)
        if range.contains(number) {
          batch.stand(at: Int(event.line))
          batch.append(event)
        }
        guard number % 500 == 499 else { continue }
        builder.add(batch, memory: &memory)
        batch.clear()
        if let bounds, number == range.lowerBound + 9999 { builder.fit(to: bounds) }
      }
      if range.upperBound < count { builder.endPiece(at: UInt64(range.upperBound)) }
      return builder.finish()
    }
    let whole = digest(0..<90_000, of: 90_000)
    #expect(whole.resolution.steps > 1)
    let parts = [0..<30_000, 30_000..<50_000, 50_000..<90_000].map { digest($0, of: 90_000) }
    #expect(Self.merged(parts) == whole)
    #expect(Self.merged(parts.reversed()) == whole)
    // Who hears, while reading the second piece, how far the first has come.
    let second = digest(30_000..<50_000, of: 90_000, learning: DigestBounds(of: parts[0]))
    #expect(second != parts[1])
    #expect(Self.merged([parts[0], second, parts[2]]) == whole)
  }

  @Test("The file form gives the same digest back")
  func fileForm() throws {
    let digest = Self.merged(Self.digests(4))
    let bytes = try JSONEncoder().encode(digest)
    #expect(try JSONDecoder().decode(Digest.self, from: bytes) == digest)
  }

  @Test(
    "A file that tells what no log can hold is refused",
    arguments: [
      #"{"limit":64,"level":99,"cells":[]}"#, #"{"limit":0,"level":1,"cells":[]}"#,
      #"{"limit":64,"level":0,"cells":[{"index":-9223372036854775808,"count":1,"first":0,"last":0}]}"#,
      #"{"limit":64,"level":0,"cells":[{"index":1,"count":-1,"first":1000,"last":1000}]}"#,
      #"{"limit":64,"level":0,"cells":[{"index":1,"count":1,"first":1000,"last":9223372036854775807}]}"#,
    ])
  func hostileFile(_ text: String) throws {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(CountSeries.self, from: Data(text.utf8))
    }
    let sound = #"{"limit":64,"level":0,"cells":[{"index":1,"count":2,"first":1000,"last":1000}]}"#
    #expect(try JSONDecoder().decode(CountSeries.self, from: Data(sound.utf8)).total == 2)
  }

  @Test("Failures in every slice are not periodic because slices are as wide as each other")
  func wideSlices() {
    var dice = Dice(5)
    var failures = CellSeries(limit: 64)
    var successes = CountSeries(limit: 64)
    for _ in 0..<600 {
      failures.add(at: Story.start + Int64.random(in: 0..<500_000_000, using: &dice), count: 1)
    }
    for second in 0..<500_000 {
      successes.add(at: Story.start + Int64(second) * 1000 + 137, count: 1)
    }
    let timeline = Timeline(failures: failures, successes: successes, resolution: 0)
    #expect(timeline.width > 4_000_000 && timeline.slices.allSatisfy { $0.failures > 0 })
    #expect(Periods(timeline).answer() == nil)
  }

  @Test("The classes of a stretch of time come from the slices that lie in it")
  func classesOfAStretch() {
    var series = ClassSeries()
    for second in 0..<100 as Range<Int64> {
      let isWithin = (40..<60).contains(second)
      series.add(at: second * 1000 + 500, isWithin ? .connectRefused : .http5xx, count: 2)
    }
    #expect(series.classes(in: 40_500...59_500) == [.connectRefused: 40])
    #expect(series.classes(in: 39_500...40_500) == [.connectRefused: 2, .http5xx: 2])
  }

  private static func merged(_ parts: [Digest]) -> Digest {
    parts.reduce(into: Digest()) { $0.merge($1) }
  }
}

import LogEvents
import TestSupport
import Testing

@testable import Correlator

@Suite("What several gateways and logs tell of one backend is tied together")
struct TieTests {
  private static let backend = "be1.example.com:8443"

  /// Three outages seen by two gateways; the clock of the second is ahead.
  private static func outages(ahead seconds: Double) -> Story {
    var story = Story()
    for (log, offset) in [("gw1.log", 0), ("gw2.log", seconds)] {
      for second in 0..<1200 {
        let isOut = [200..<260, 500..<590, 900..<930].contains { $0.contains(second) }
        story.tell(Double(second) + offset, isOut ? .connectRefused : .ok, backend, log: log)
      }
    }
    return story
  }

  @Test("A clock that is ahead shows in the edges of outages, and is set right")
  func findsOffsetsByEdges() throws {
    let result = Classifier.classify(Self.outages(ahead: 20).digest())
    let offset = try #require(result.offsets.first)
    #expect(result.offsets.count == 1)
    #expect(offset.gateway == "gw2")
    #expect(offset.reference == "gw1")
    #expect(abs(offset.milliseconds - 20_000) <= 1000)
    #expect(offset.source == .edges(6))
    let together = Classifier.classify(Self.outages(ahead: 0).digest())
    #expect(together.offsets.isEmpty)
    // The outages count as they do on clocks that agree.
    #expect(result.cases.map(\.pattern) == together.cases.map(\.pattern))
    #expect(result.cases.map(\.failures) == together.cases.map(\.failures))
  }

  @Test("What the operator says of a clock goes first")
  func takesGivenSkew() {
    var corrections = Corrections()
    corrections.skew["gw2"] = 20_000
    let result = Classifier.classify(Self.outages(ahead: 20).digest(), corrections)
    #expect(result.offsets.map(\.source) == [.given])
    #expect(result.cases.count == 3)
  }

  /// Transactions told by two gateways, the second `ahead` and `late` by up to so many milliseconds.
  private static func transactions(
    _ count: Int, ahead: Int64, late: Int64 = 40
  ) -> [ClockOffset] {
    var dice = Dice(11)
    var digest = Digest()
    for (number, gateway) in ["gw1", "gw2"].enumerated() {
      var builder = DigestBuilder(file: gateway, gateway: gateway)
      var memory = TransactionMemory()
      var batch = EventBatch()
      for place in 0..<count {
        let time =
          Story.start + Int64(place) * 700
          + (number == 0 ? 0 : ahead + Int64.random(in: 0...late, using: &dice))
        var event = Event(
          time: Timestamp(milliseconds: time), line: UInt32(place + 1), outcome: .ok)
        event.backend = batch.names.id(backend)
        event.transaction = batch.keep(Array("tx-\(place)".utf8))
        batch.append(event)
      }
      builder.add(batch, memory: &memory)
      digest.merge(builder.finish())
    }
    return Classifier.classify(digest).offsets
  }

  @Test("Transactions that two gateways tell show the offset of their clocks")
  func findsOffsetsByTransactions() throws {
    let offset = try #require(Self.transactions(2000, ahead: -2300).first)
    #expect(offset.gateway == "gw2")
    #expect(abs(offset.milliseconds + 2280) < 40)
    #expect(offset.source == .transactions(256))
  }

  @Test("Neither the way of a request nor a few transactions make an offset")
  func claimsNoOffsetFromLittle() {
    #expect(Self.transactions(2000, ahead: 0, late: 900).isEmpty)
    #expect(Self.transactions(2000, ahead: 3000, late: 60_000).isEmpty)
    #expect(Self.transactions(5, ahead: 9000).isEmpty)
  }

  @Test("The sample of transactions is the same however it is merged")
  func samplesCanonically() {
    var dice = Dice(3)
    var whole = TransactionSample()
    var parts = [TransactionSample](repeating: TransactionSample(), count: 4)
    for _ in 0..<5000 {
      let (id, time) = (
        UInt64.random(in: 0..<3000, using: &dice), Int64.random(in: 0..<9, using: &dice)
      )
      whole.insert(mixed(id), at: time)
      parts[Int.random(in: 0..<4, using: &dice)].insert(mixed(id), at: time)
    }
    var merged = TransactionSample()
    for part in parts.shuffled(using: &dice) { merged.merge(part) }
    #expect(merged == whole)
    #expect(whole.told.count == TransactionSample.limit)
  }

  @Test("An alias makes two names one backend, and so does a member's only address")
  func makesNamesOne() {
    func names(_ corrections: Corrections, addressOf member: String? = nil) -> [String] {
      var builder = DigestBuilder(file: "lb1.log", gateway: "lb1")
      var memory = TransactionMemory()
      var batch = EventBatch()
      for (line, name) in ["192.0.2.7:8443", "orders-a", Self.backend].enumerated() {
        var event = Event(
          time: Timestamp(milliseconds: Story.start + Int64(line)), line: UInt32(line + 1),
          outcome: .ok)
        event.backend = batch.names.id(name)
        if name == member { event.address = batch.names.id("192.0.2.7:8443") }
        batch.append(event)
      }
      builder.add(batch, memory: &memory)
      return Classifier.classify(builder.finish(), corrections).backends.map(\.name)
    }
    #expect(names(Corrections()).count == 3)
    #expect(names(Corrections(), addressOf: "orders-a") == ["192.0.2.7:8443", Self.backend])
    var corrections = Corrections()
    corrections.aliases.canonical["192.0.2.7:8443"] = Self.backend
    #expect(names(corrections) == [Self.backend, "orders-a"])
    #expect(names(corrections, addressOf: "orders-a") == [Self.backend])
  }
}

import Foundation
import LogEvents
import TestSupport
import Testing

@testable import Correlator

@Suite("What the digest keeps to show and to compare")
struct ComparedExchangesTests {
  private static let outcomes: [Outcome] = [
    .ok, .ok, .connectRefused, .responseTimeout, .http5xx,
  ]

  /// Digests of a few logs with clients, paths, services and durations.
  private static func digests(
    _ seed: UInt64, moments: Int, bounds: DigestBounds = DigestBounds()
  ) -> [Digest] {
    var dice = Dice(seed)
    return (1...3).map { number in
      var memory = TransactionMemory()
      let builder = DigestBuilder(file: "gw\(number).log", gateway: "gw", bounds: bounds)
      return digested(builder, &memory, moments) { number, batch in
        let time = Story.start + Int64.random(in: 0..<40_000_000, using: &dice)
        var event = Event(
          time: Timestamp(milliseconds: time), line: UInt32(number + 1),
          outcome: outcomes.randomElement(using: &dice) ?? .ok)
        event.backend = batch.names.id(["a:1", "b:2"].randomElement(using: &dice) ?? "a:1")
        event.service = batch.names.id("front\(Int.random(in: 0..<3, using: &dice))")
        event.durationMilliseconds = Int32.random(in: 0..<60_000, using: &dice)
        event.client = batch.keep(Array("192.0.2.\(Int.random(in: 0..<9, using: &dice))".utf8))
        let path = "/orders/\(Int.random(in: 0..<99, using: &dice))?token=secret"
        event.uri = batch.keep(Array(path.utf8))
        event.message = batch.keep(Array("refused \(number + 1)".utf8))
        return event
      }
    }
  }

  @Test("Any order and grouping of merges gives the same digest", arguments: [1, 2] as [UInt64])
  func merges(seed: UInt64) {
    let parts = Self.digests(seed, moments: 3000)
    let all = Self.merged(parts)
    #expect(Self.merged(parts.reversed()) == all)
    #expect(Self.merged([parts[1], Self.merged([parts[2], parts[0]])]) == all)
    #expect(Self.merged([all, Digest()]) == all)
  }

  private static func merged(_ parts: [Digest]) -> Digest {
    parts.reduce(into: Digest()) { $0.merge($1) }
  }

  @Test(
    "What begins as coarse as the digest that it is merged with tells no less",
    arguments: [7, 8] as [UInt64])
  func bounds(seed: UInt64) {
    let apart = Self.digests(seed, moments: 9000)
    let bounds = DigestBounds(of: apart[0])
    let behind = Self.digests(seed, moments: 9000, bounds: bounds)
    for number in 1...2 {
      let alone = Self.merged([apart[0], apart[number]])
      #expect(Self.merged([apart[0], behind[number]]) == alone)
    }
    #expect(behind != apart)
    for (key, told) in behind[1].backends {
      #expect(told.failures.level >= bounds[key].failures && bounds[key].failures > 0)
      #expect(told.servedSample.exchanges.allSatisfy { $0.hash <= bounds[key].served })
      #expect(bounds[key].fine < .max && told.fine.hashLimit <= bounds[key].fine)
    }
  }

  @Test("The file form gives the same digest back")
  func fileForm() throws {
    let digest = Self.digests(3, moments: 2000)[0]
    let bytes = try JSONEncoder().encode(digest)
    #expect(try JSONDecoder().decode(Digest.self, from: bytes) == digest)
  }

  @Test("Samples are of every class, earliest first, at most three, with file and line")
  func samples() throws {
    let part = try #require(Self.digests(4, moments: 2000)[0].backends.values.first)
    #expect(part.samples.outcomes == [.connectRefused, .responseTimeout, .http5xx])
    for outcome in part.samples.outcomes {
      let kept = part.samples.samples(of: outcome)
      #expect((1...3).contains(kept.count))
      #expect(kept.allSatisfy { $0.file == "gw1.log" && $0.line > 0 && $0.outcome == outcome })
      let first = part.failures.cells.compactMap(\.exemplar).filter { $0.outcome == outcome }
      #expect(kept[0].time.milliseconds <= first.map(\.time).min() ?? .max)
    }
  }

  @Test("Failures by class add up to the failures, in every slice")
  func classSeries() {
    for part in Self.digests(5, moments: 3000).flatMap({ $0.backends.values }) {
      #expect(part.classSeries.total == part.failures.total)
      #expect(part.classSeries.cells.count <= ClassSeries.usualLimit)
      for outcome in part.classes.keys {
        let told = part.classSeries.cells.filter { $0.outcome == outcome }
        #expect(told.reduce(0) { $0 + $1.count } == part.classes[outcome])
      }
    }
  }

  @Test("The compared exchanges are bounded, hold no query, and all of them while they are few")
  func exchangeSample() {
    for part in Self.digests(6, moments: 4000).flatMap({ $0.backends.values }) {
      #expect(part.failedSample.exchanges.count == BackendDigest.sampleLimit)
      #expect(part.servedSample.exchanges.count == BackendDigest.sampleLimit)
      #expect(part.failedSample.exchanges.allSatisfy { $0.path?.contains("token") == false })
    }
    for part in Self.digests(6, moments: 50).flatMap({ $0.backends.values }) {
      #expect(part.failedSample.exchanges.count == part.failures.total)
      #expect(part.servedSample.exchanges.count == part.successes.total)
    }
  }

  @Test("Long text is cut between characters")
  func cuts() {
    var batch = EventBatch()
    let text = batch.keep(Array(String(repeating: "é", count: 5000).utf8))
    let cut = batch.text[batch.places(text, 301)]
    #expect(String(decoding: cut, as: UTF8.self) == String(repeating: "é", count: 150))
  }
}

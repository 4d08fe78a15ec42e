import LogEvents
import TestSupport
import Testing

@testable import Correlator

@Suite("What failed exchanges share")
struct SharedTraitsTests {
  /// One backend: `share` of the failures are on one operation and one client, as are few successes.
  private func digest(failures: Int, successes: Int, concentrated: Bool) -> Digest {
    var memory = TransactionMemory()
    let builder = DigestBuilder(file: "gw1.log", gateway: "gw1")
    return digested(builder, &memory, failures + successes) { number, batch in
      let fails = number < failures
      var event = Event(
        time: Timestamp(milliseconds: Story.start + Int64(number) * 500),
        line: UInt32(number + 1), outcome: fails ? .http5xx : .ok)
      event.journal = .access
      event.backend = batch.names.id("be1.example.com:8443")
      let isOdd = concentrated && fails ? number % 10 != 0 : number % 50 == 0
      event.uri = batch.keep(
        Array((isOdd ? "/export/\(number)?user=x" : "/orders/\(number % 7)/lines").utf8))
      event.client = batch.keep(Array("192.0.2.\(number % 100)".utf8))
      return event
    }
  }

  private func traits(_ digest: Digest) -> [SharedTraits] {
    Detail(of: digest, Classifier.classify(digest)).traits
  }

  @Test("An operation that nearly only failures have is a pattern, with its lift and bound")
  func pattern() throws {
    let shared = try #require(
      traits(digest(failures: 300, successes: 900, concentrated: true)).first)
    let row = try #require(shared.patterns.first)
    #expect(row.trait == .operation && row.value == "/export/{n}")
    #expect(row.failed == 270 && row.allFailed == 300)
    let lift = try #require(row.lift)
    #expect(lift.value > 10 && lift.atLeast > 5 && lift.atLeast < lift.value)
    #expect(shared.patterns.count == 1)
  }

  @Test("Without one nothing is called a pattern")
  func noPattern() {
    for shared in traits(digest(failures: 300, successes: 3000, concentrated: false)) {
      #expect(shared.patterns.isEmpty)
    }
  }

  @Test("Few failures, or no successes, make no pattern")
  func tooFew() {
    #expect(traits(digest(failures: 4, successes: 900, concentrated: true))[0].rows.isEmpty)
    let unknown = traits(digest(failures: 300, successes: 0, concentrated: true))[0]
    #expect(unknown.patterns.isEmpty && unknown.rows.allSatisfy { $0.lift == nil })
  }

  @Test("Fisher's own example, and Holm's order")
  func tests() {
    #expect(abs(Fisher.chance(failed: 3, of: 4, served: 1, of: 4) - 17.0 / 70) < 1e-12)
    #expect(Fisher.chance(failed: 0, of: 4, served: 4, of: 4) == 1)
    #expect(Holm.significant([0.02, 0.004, 0.03], level: 0.05) == [true, true, true])
    #expect(Holm.significant([0.03, 0.004, 0.03], level: 0.05) == [false, true, false])
  }

  @Test(
    "Paths become operations",
    arguments: [
      ("/orders/4711/lines/3?x=1", "/orders/{n}/lines/{n}"),
      ("/a/123e4567-e89b-12d3-a456-426614174000", "/a/{uuid}"),
      ("/blob/deadbeef0123", "/blob/{hex}"), ("/v2/users/x86", "/v2/users/x86"),
      ("/order-20261120/7.json", "/order-{n}/{n}.json"),
      ("https://example.com:8443/pay;jsessionid=1", "/pay"), ("https://example.com", "/"),
      ("/a/b/c/d/e/f/g/h/i", "/a/b/c/d/e/f/g/h/*"), ("", "/"),
    ])
  func templates(uri: String, template: String) {
    #expect(URLTemplate.of(uri) == template)
  }
}

@Suite("The cube")
struct CubeTests {
  @Test(
    "Failures by backend, gateway, class, time and case add up to the totals of the classification")
  func sums() {
    var dice = Dice(9)
    var story = Story()
    for log in ["gw1.log", "gw2.log"] {
      for backend in ["a:1", "b:2", "c:3"] {
        story.succeed(from: 0, to: 7200, every: 3, backend, log: log)
        for _ in 0..<60 {
          story.tell(
            Double(Int.random(in: 0..<720_000, using: &dice)) / 100, .connectionReset, backend,
            log: log)
        }
      }
      for second in 3000..<3300 { story.tell(Double(second), .connectRefused, "a:1", log: log) }
    }
    let digest = story.digest()
    let found = Classifier.classify(digest)
    let cube = Detail(of: digest, found).cube
    #expect(cube.failed.reduce(0) { $0 + $1.count } == found.failures)
    #expect(cube.failed.allSatisfy { $0.count > 0 && (0..<cube.cellCount).contains($0.cell) })
    for backend in found.backends {
      let place = cube.backends.firstIndex(of: backend.name)
      let rows = cube.failed.filter { $0.backend == place }
      #expect(rows.reduce(0) { $0 + $1.count } == backend.failures)
      for (outcome, count) in backend.classes {
        #expect(rows.reduce(0) { $1.outcome == outcome ? $0 + $1.count : $0 } == count)
      }
      let served = cube.served.reduce(0) { $1.backend == place ? $0 + $1.count : $0 }
      #expect(served == backend.successes ?? 0)
    }
    for (place, told) in found.cases.enumerated() where told.backends.isEmpty {
      let counted = cube.failed.reduce(0) { $1.place == place ? $0 + $1.count : $0 }
      #expect(counted == told.failures)
    }
    let outside = cube.failed.reduce(0) { $1.place == nil ? $0 + $1.count : $0 }
    #expect(outside == found.failuresOutside)
  }

  @Test("Many backends and a long time are folded, and still add up")
  func limits() {
    var story = Story()
    for second in 0..<4000 { story.tell(Double(second) * 60, .http5xx, "be\(second % 90):1") }
    let digest = story.digest()
    let found = Classifier.classify(digest)
    var limits = Cube.Limits()
    limits.rows = 500
    limits.backends = 10
    let cube = Cube(of: found.subjects, found, limits: limits)
    #expect(cube.backends.count == 10 && cube.backends.last == Cube.others)
    #expect(cube.failed.count <= 500)
    #expect(cube.failed.reduce(0) { $0 + $1.count } == 4000)
  }
}

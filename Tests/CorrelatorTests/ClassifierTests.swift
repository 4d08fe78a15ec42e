import LogEvents
import Testing

@testable import Correlator

@Suite("Cases")
struct ClassifierTests {
  private let backend = "be1.example.com:8443"

  @Test("An interval without success is constant, with its edges exact")
  func findsAnOutage() throws {
    var story = Story()
    story.succeed(from: 0, to: 600)
    for second in 600..<700 { story.tell(Double(second) + 0.4, .connectRefused) }
    story.succeed(from: 700, to: 1200)
    let found = try #require(story.cases().first)
    #expect(story.cases().count == 1)
    #expect(found.pattern == .constant)
    #expect(found.failures == 100)
    #expect(found.interval.start.milliseconds == Story.start + 600_400)
    #expect(found.interval.end.milliseconds == Story.start + 699_400)
    #expect(found.lastSuccess?.milliseconds == Story.start + 599_137)
    #expect(found.nextSuccess?.milliseconds == Story.start + 700_137)
    #expect(found.classes == [.connectRefused: 100])
    #expect(found.confidence > 0.8)
  }

  @Test("A batch of failures in a quiet minute is no outage")
  func ignoresABatch() {
    var story = Story()
    story.succeed(from: 0, to: 3600, every: 60)
    for number in 0..<15 { story.tell(1830 + Double(number) * 0.05, .http5xx) }
    #expect(!story.cases().contains { $0.pattern == .constant })
  }

  @Test("Bursts under load are clustered and load-linked")
  func findsOverload() throws {
    var dice = Dice(5)
    var story = Story()
    for second in 0..<3600 {
      let isBurst = second % 600 < 50
      for place in 0..<(isBurst ? 20 : 4) {
        let fails = isBurst && Int.random(in: 0..<3, using: &dice) == 0
        story.tell(
          Double(second) + Double(place) / 21 + 0.013, fails ? .responseTimeout : .ok)
      }
    }
    let cases = story.cases()
    let found = try #require(cases.first)
    #expect(cases.count == 1)
    #expect(found.pattern == .clustered)
    #expect(found.intervals.count == 6)
    #expect(found.evidence.contains(Measure("loadLinked", 1)))
  }

  @Test("Isolated failures evenly scattered among successes are sporadic")
  func findsScatter() throws {
    var dice = Dice(11)
    var story = Story()
    story.succeed(from: 0, to: 20_000)
    for part in 0..<20 {
      story.tell(
        Double(part * 1000 + Int.random(in: 0..<1000, using: &dice)) + 0.5, .connectTimeout)
    }
    let found = try #require(story.cases().first)
    #expect(found.pattern == .sporadic)
    #expect(found.failures == 20)
    #expect(found.confidence <= 0.8)
  }

  @Test("Without successes nothing is called sporadic")
  func doesNotGuessHardware() {
    var dice = Dice(11)
    var story = Story()
    for part in 0..<20 {
      story.tell(
        Double(part * 1000 + Int.random(in: 0..<1000, using: &dice)) + 0.5, .connectTimeout)
    }
    let cases = story.cases()
    #expect(cases.map(\.pattern) == [.insufficient])
    #expect(cases.first?.missing.isEmpty == false)
  }

  @Test("Three failures among many requests are too few to say more")
  func saysTooFew() {
    var story = Story()
    story.succeed(from: 0, to: 3000)
    for second in [100, 1300, 2500] { story.tell(Double(second) + 0.5, .http5xx) }
    #expect(story.cases().map(\.pattern) == [.insufficient])
  }

  @Test("Cases and failures outside them add up to all failures", arguments: [1, 2, 3] as [UInt64])
  func reconciles(seed: UInt64) {
    var dice = Dice(seed)
    var story = Story()
    for name in ["a:1", "b:2", "c:3"] {
      story.succeed(from: 0, to: 4000, every: 2, name)
      let from = Int.random(in: 500..<2000, using: &dice)
      for second in from..<(from + 200) { story.tell(Double(second) + 0.3, .connectRefused, name) }
      for _ in 0..<30 {
        story.tell(Double(Int.random(in: 0..<4000, using: &dice)) + 0.7, .http5xx, name)
      }
    }
    let result = Classifier.classify(story.digest())
    #expect(result.failures == 3 * 230)
    #expect(result.failuresOutside >= 0)
    #expect(result.cases.reduce(0) { $0 + $1.failures } + result.failuresOutside == result.failures)
  }

  @Test("A failure that error log and access log of one gateway both tell is counted once")
  func tiesJournals() {
    var builder = DigestBuilder(file: "error.log", gateway: "gw1")
    var batch = EventBatch()
    for (number, journal) in [Journal.error, .access, .access].enumerated() {
      // The access log stamps the start of the request, and has one failure more.
      var event = Event(
        time: Timestamp(milliseconds: Story.start + (number == 0 ? 2000 : Int64(number) * 500)),
        line: UInt32(number + 1), outcome: journal == .error ? .connectRefused : .http5xx)
      event.journal = journal
      event.backend = batch.names.id(backend)
      batch.append(event)
    }
    builder.add(batch)
    let result = Classifier.classify(builder.finish())
    #expect(result.failures == 2)
    #expect(result.backends.first?.classes == [.connectRefused: 1, .http5xx: 1])
  }

  @Test("An empty digest has no cases and no window")
  func survivesNothing() {
    let result = Classifier.classify(Digest())
    #expect(result.cases.isEmpty)
    #expect(result.window == nil)
  }
}

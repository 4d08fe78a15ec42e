import LogEvents
import TestSupport
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
    let bursts = [410, 900, 1730, 1990, 2800, 3300]
    for second in 0..<3600 {
      let isBurst = bursts.contains { second >= $0 && second < $0 + 50 }
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

  @Test("Failures every five minutes are periodic, and the period is named")
  func findsAPeriod() throws {
    var dice = Dice(3)
    var story = Story()
    story.succeed(from: 0, to: 7200)
    for tick in 1..<24 {
      let late = Double.random(in: 0..<4, using: &dice)
      story.tell(Double(tick) * 300 + late, .connectionReset)
    }
    let found = try #require(story.cases().first)
    #expect(found.pattern == .periodic)
    #expect(abs((found.seconds ?? 0) - 300) < 3)
  }

  @Test("Failures of one URL that the successes do not share are named by it")
  func findsAKey() throws {
    var memory = TransactionMemory()
    var builder = DigestBuilder(file: "gw1.log", gateway: "gw1")
    var batch = EventBatch()
    var dice = Dice(9)
    for number in 0..<6000 {
      let isReport = number % 50 == 0
      let fails = isReport && Int.random(in: 0..<10, using: &dice) < 7
      var event = Event(
        time: Timestamp(
          milliseconds: Story.start + Int64(number) * 1000 + Int64.random(in: 0..<900, using: &dice)
        ),
        line: UInt32(number + 1), outcome: fails ? .http5xx : .ok)
      event.backend = batch.names.id(backend)
      event.hasMilliseconds = true
      event.uri = batch.keep(
        Array((isReport ? "/report?id=\(number)" : "/item/\(number % 7)").utf8))
      batch.append(event)
      if batch.isFull {
        builder.add(batch, memory: &memory)
        batch.clear()
      }
    }
    builder.add(batch, memory: &memory)
    let found = try #require(Classifier.classify(builder.finish()).cases.first)
    #expect(found.pattern == .urlConcentrated)
    #expect(found.key == "/report")
  }

  @Test("Backends that fail together have a common cause; a chance pair has not")
  func findsACommonCause() throws {
    var story = Story()
    for name in ["192.0.2.1:80", "192.0.2.2:80", "192.0.2.3:80", "192.0.2.4:80"] {
      let isWell = name.hasSuffix("4:80")
      for second in 0..<3600 {
        let isDown = !isWell && second >= 1200 && second < 1500
        story.tell(Double(second) + 0.2, isDown ? .connectTimeout : .ok, name)
      }
    }
    let group = try #require(story.cases().last)
    #expect(group.pattern == .commonCause)
    #expect(group.backends == ["192.0.2.1:80", "192.0.2.2:80", "192.0.2.3:80"])
    #expect(group.interval.start.milliseconds == Story.start + 1_200_200)
    #expect(story.cases().count { $0.pattern == .constant } == 3)
  }

  @Test("The port that goes on timing out after its neighbours recovered is captured")
  func findsACapturedPort() throws {
    var story = Story()
    for port in [8080, 8081, 8082] {
      for second in 0..<3600 {
        let end = port == 8082 ? 3000 : 1300
        let isDown = second >= 1200 && second < end
        story.tell(
          Double(second) + 0.2, isDown ? .connectTimeout : .ok, "192.0.2.7:\(port)")
      }
    }
    let cases = story.cases()
    #expect(cases.filter { $0.pattern == .backlogCapture }.map(\.backend) == ["192.0.2.7:8082"])
  }

  @Test("Outages that begin a steady lag after a member is taken out follow it")
  func findsARelation() throws {
    var story = Story()
    let downs = [600, 1500, 2100, 3000]
    for second in 0..<3600 {
      let isDown = downs.contains { second >= $0 + 4 && second < $0 + 60 }
      story.tell(Double(second) + 0.2, isDown ? .connectRefused : .ok)
    }
    for down in downs { story.tell(Double(down), .serverDown) }
    let relation = try #require(story.cases().first { $0.pattern == .follows })
    #expect(relation.follows == "server-down")
    #expect(abs((relation.seconds ?? 0) - 4) < 1.5)
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
    var memory = TransactionMemory()
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
    builder.add(batch, memory: &memory)
    let result = Classifier.classify(builder.finish())
    #expect(result.failures == 2)
    #expect(result.backends.first?.classes == [.connectRefused: 1, .http5xx: 1])
  }

  @Test("An access log without backends is the denominator of the error log that names them")
  func tiesPaths() throws {
    var error = DigestBuilder(file: "error.log", gateway: "gw1")
    var access = DigestBuilder(file: "access.log", gateway: "gw1")
    var (errors, accesses) = (EventBatch(), EventBatch())
    for number in 0..<600 {
      let time = Timestamp(milliseconds: Story.start + Int64(number) * 1000)
      let fails = number >= 300 && number < 400
      let client = Array("203.0.113.\(number % 50)".utf8)
      var served = Event(time: time, line: UInt32(number + 1), outcome: fails ? .http5xx : .ok)
      served.journal = .access
      served.durationMilliseconds = 40
      served.client = accesses.keep(client)
      served.uri = accesses.keep(Array("/orders/\(number)?x=1".utf8))
      accesses.append(served)
      guard fails else { continue }
      var failed = Event(
        time: Timestamp(milliseconds: time.milliseconds + 40), line: UInt32(number + 1),
        outcome: .connectRefused)
      failed.backend = errors.names.id(backend)
      failed.client = errors.keep(client)
      errors.append(failed)
    }
    var memory = TransactionMemory()
    error.add(errors, memory: &memory)
    access.add(accesses, memory: &memory)
    var digest = error.finish()
    digest.merge(access.finish())
    let result = Classifier.classify(digest)
    #expect(result.backends.map(\.name) == [backend])
    #expect(result.failures == 100)
    let found = try #require(result.cases.first)
    #expect(found.pattern == .constant)
    #expect(found.lastSuccess != nil)
  }

  @Test("An empty digest has no cases and no window")
  func survivesNothing() {
    let result = Classifier.classify(Digest())
    #expect(result.cases.isEmpty)
    #expect(result.window == nil)
  }
}

import Correlator
import Foundation
import LogFormats
import LogIntake
import Testing
import TestSupport

@testable import Pipeline

@Suite("A live run")
struct LiveRunTests {
  private static let now: Int64 = 1_800_000_000_000

  private static func settings(_ sample: Sample) throws -> FormatSettings {
    try sample.expected().0
  }

  private func report(_ sample: Sample) throws -> (Digest, FileResult<DigestConsumer>) {
    let settings = try Self.settings(sample)
    let run = Run(workers: 1) { _ in settings }
    let (digest, files) = run.digest(
      [Source(path: sample.log.path, size: 0, modifiedMilliseconds: 0)], roots: [])
    return (digest, try #require(files.first))
  }

  private func live(_ sample: Sample, headBytes: Int = LiveLog.headBytes) throws -> LiveRun {
    let settings = try Self.settings(sample)
    return LiveRun(
      run: Run(workers: 1) { _ in settings }, roots: [], windowMilliseconds: 3_600_000,
      headBytes: headBytes)
  }

  @Test(
    "The tail of a finished log has the digest and the counts of its report", arguments: Sample.all)
  func tailEqualsReport(_ sample: Sample) throws {
    let (digest, file) = try report(sample)
    let bytes = try sample.bytes()
    for step in [bytes.count, 1000] {
      var live = try live(sample)
      var at = 0
      while at < bytes.count {
        let end = min(bytes.count, at + step)
        live.take(
          .bytes(log: sample.log.path, part: 1, modified: 0), bytes.span.extracting(at..<end),
          at: Self.now)
        if at == 0 { _ = live.window(at: Self.now) }
        at = end
      }
      let total = live.total()
      #expect(total.digest == digest)
      #expect(total.logs.first?.counts == file.counts)
      #expect(total.logs.first?.format?.name == file.format?.name)
    }
  }

  /// One exchange a minute fifty times; `take` is called with each minute.
  private func followed(minutes: Int, every: Int = 1, keepsDays: Bool = false) -> LiveRun {
    var live = LiveRun(
      run: Run(workers: 1) { _ in FormatSettings() }, roots: [], windowMilliseconds: 600_000,
      keepsDays: keepsDays)
    for minute in stride(from: 0, to: minutes, by: every) {
      let time = String(
        format: "%02d/Nov/2026:%02d:%02d", 20 + minute / 1440, minute / 60 % 24, minute % 60)
      let line =
        "203.0.113.7:\(minute + 1024) [\(time):00.000] fe be/srv1 0/0/-1/-1/3 503 87 - - SC-- "
        + "1/1/0/0/0 0/0 \"GET /\(minute) HTTP/1.1\"\n"
      let bytes = Array(String(repeating: line, count: 50).utf8)
      live.take(.bytes(log: "lb.log", part: 1, modified: 0), bytes.span, at: Self.now)
    }
    return live
  }

  @Test("A log that is read faster than it was written keeps no more than its window")
  func forgetsWhileReading() throws {
    let live = followed(minutes: 120)
    #expect(try #require(live.logs["lb.log"]).slices.count <= 13)
    #expect(live.progress.lines == 6000)
  }

  @Test("Days are told apart only where they are dropped one by one, and sum to the same")
  func keepsDays() throws {
    var (one, many) = (
      followed(minutes: 4000, every: 20), followed(minutes: 4000, every: 20, keepsDays: true)
    )
    #expect(try #require(one.logs["lb.log"]).account.count == 1)
    #expect(try #require(many.logs["lb.log"]).account.count == 3)
    #expect(one.total().digest == many.total().digest)
    let saved = many.saved("lb.log")
    one = LiveRun(
      run: Run(workers: 1) { _ in FormatSettings() }, roots: [], windowMilliseconds: 600_000)
    one.restore(try #require(saved), at: Self.now)
    #expect(one.total().digest == many.total().digest)
  }

  @Test(
    "A run that is saved and restored at any place counts as one that was not",
    arguments: Sample.all)
  func survivesRestarts(_ sample: Sample) throws {
    let path = sample.log.path
    let bytes = try sample.bytes()
    // The format is settled early, so that all of the state is at work.
    let headBytes = bytes.count / 5
    var whole = try live(sample, headBytes: headBytes)
    whole.take(.bytes(log: path, part: 1, modified: 0), bytes.span, at: Self.now)
    var live = try live(sample, headBytes: headBytes)
    var (at, restarts) = (0, 0)
    var state = UInt64(bytes.count)
    while at < bytes.count {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let end = min(bytes.count, at + 1 + Int(state >> 33) % (bytes.count / 2 + 1))
      live.take(
        .bytes(log: path, part: 1, modified: 0), bytes.span.extracting(at..<end), at: Self.now)
      at = end
      guard let saved = live.saved(path) else { continue }
      let text = try JSONEncoder().encode(saved)
      live = try self.live(sample, headBytes: headBytes)
      live.restore(try JSONDecoder().decode(SavedLog.self, from: text), at: Self.now)
      restarts += 1
    }
    #expect(restarts > 0)
    let (total, expected) = (live.total(), whole.total())
    #expect(total.digest == expected.digest)
    #expect(total.logs.first?.counts == expected.logs.first?.counts)
    #expect(total.logs.first?.format?.name == expected.logs.first?.format?.name)
  }

  @Test("A state that another version saved is refused by that name")
  func refusesOtherVersions() throws {
    let directory = try LogDirectory()
    defer { directory.remove() }
    try directory.write(#"{"version":2,"log":{"path":"x.log"}}"#.utf8, to: "1.log.json")
    do {
      _ = try SavedState.logs(in: directory.url.path)
      Issue.record("it was read")
    } catch {
      #expect(error.sentence == "1.log.json is of another version")
    }
  }
}

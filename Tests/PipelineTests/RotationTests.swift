import Foundation
import LogEvents
import LogFormats
import LogIntake
import Synchronization
import TestSupport
import Testing

@testable import Pipeline

/// Every event with the file and line it stands on, in a form that tests compare.
struct EventNotes: EventConsumer {
  let file: String
  private(set) var notes: [String] = []

  init(_ source: Source) { file = URL(fileURLWithPath: source.path).lastPathComponent }

  mutating func take(_ batch: borrowing EventBatch, format: FormatCard) {
    for event in batch.events {
      let names = [event.backend, event.pool, event.service, event.code].map {
        batch.names.name($0) ?? "-"
      }
      notes.append(
        "\(file):\(event.line) \(RFC3339.text(event.time)) \(event.outcome.name) x\(event.count) "
          + names.joined(separator: " ") + " " + (batch.string(event.transaction) ?? "-")
          + " " + (batch.string(event.client) ?? "-"))
    }
  }
}

/// A directory of logs that is gone after the body.
struct LogDirectory {
  var url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)

  init() throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  func remove() { try? FileManager.default.removeItem(at: url) }

  func write(_ bytes: some Sequence<UInt8>, to name: String, modified: Int? = nil) throws {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    if let modified {
      let date = Date(timeIntervalSince1970: TimeInterval(modified))
      try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: file.path)
    }
  }

  var sources: [Source] { DirectoryWalk.sources([url.path]).0 }
}

@Suite("A rotated log")
struct RotationTests {
  private func notes(_ directory: LogDirectory, _ settings: FormatSettings) -> [String] {
    let run = Run(workers: 1) { _ in settings }
    return run.read(directory.sources) { EventNotes($0) }.flatMap(\.consumer.notes)
  }

  /// Gives the lines of a file their numbers in the log that it was cut from.
  private func counted(_ notes: [String], from file: String, after lines: Int) -> [String] {
    notes.compactMap { note in
      guard note.hasPrefix(file + ":") else { return nil }
      let rest = note.dropFirst(file.count + 1)
      let number = rest.prefix { $0.isNumber }
      return "\((Int(number) ?? 0) + lines)\(rest.dropFirst(number.count))"
    }
  }

  @Test("tells the same events wherever it was cut", arguments: Sample.all)
  func cuts(sample: Sample) throws {
    let (settings, _) = try sample.expected()
    let bytes = try sample.bytes()
    let whole = try LogDirectory()
    defer { whole.remove() }
    try whole.write(bytes, to: "x.log")
    let expected = counted(notes(whole, settings), from: "x.log", after: 0).sorted()
    let ends = bytes.indices.filter { bytes[$0] == 10 }
    // The first lines must be enough to know the format by.
    for cut in [ends.count * 3 / 5] where cut > 8 && cut < ends.count - 1 {
      let parts = try LogDirectory()
      defer { parts.remove() }
      let (old, new) = (bytes[...ends[cut]], bytes[(ends[cut] + 1)...])
      // Records of several lines are not cut by those who rotate.
      guard startsRecord(new, settings, bytes) else { continue }
      try parts.write(old, to: "x.log.1")
      try parts.write(new, to: "x.log")
      let told = notes(parts, settings)
      let joined =
        counted(told, from: "x.log.1", after: 0) + counted(told, from: "x.log", after: cut + 1)
      #expect(joined.sorted() == expected, "cut behind line \(cut + 1)")
    }
  }

  /// Whether the format that reads all begins a record here.
  private func startsRecord(
    _ part: ArraySlice<UInt8>, _ settings: FormatSettings, _ whole: [UInt8]
  ) -> Bool {
    guard let choice = Sniffer.choose(whole.span, settings) else { return false }
    let format = choice.format.init(settings)
    guard format.isMultiline else { return true }
    let line = Array(part.prefix { $0 != 10 })
    return format.startsRecord(line.span) && choice.companions.isEmpty
  }

  private let open =
    "[Fri Nov 20 07:00:00.100000 2026] [proxy:error] [pid 7:tid 9] (111)Connection refused: AH00957: HTTP: attempt to connect to 192.0.2.9:80 (be.example.com:80) failed\n"
  private let close =
    "[Fri Nov 20 07:00:00.100200 2026] [proxy_http:error] [pid 7:tid 9] [client 198.51.100.4:1] AH01114: HTTP: failed to make connection to backend: be.example.com\n"

  @Test("joins an exchange over the seam, on the line and in the file where it began")
  func seam() throws {
    let directory = try LogDirectory()
    defer { directory.remove() }
    let later = open.replacing("07:00:00", with: "07:10:00")
    try directory.write(
      (open.replacing("07:00:00", with: "06:50:00") + open).utf8, to: "error.log.1")
    try directory.write((close + later).utf8, to: "error.log")
    let run = Run(workers: 2) { _ in FormatSettings() }
    let results = run.read(directory.sources.reversed()) { EventNotes($0) }
    let notes = results.flatMap(\.consumer.notes)
    #expect(notes.contains { $0.hasPrefix("error.log.1:2 ") && $0.contains("connect-refused") })
    #expect(notes.count == 3)
    let records = results.reduce(0) { $0 + $1.counts.records }
    let told = results.reduce(0) { $0 + $1.counts.events + $1.counts.joined }
    #expect(records == 4 && told == 4)
  }

  @Test("tells a product that begins far behind its head, wherever it was cut")
  func stranger() throws {
    let (first, second) = (try sampleLine("haproxy"), try sampleLine("envoy"))
    let lines =
      Array(repeating: first, count: 1500) + Array(repeating: second, count: 14)
      + Array(repeating: first, count: 40)
    func notes(cut: Int) throws -> [String] {
      let directory = try LogDirectory()
      defer { directory.remove() }
      if cut > 0 { try directory.write(lines[..<cut].joined().utf8, to: "x.log.1", modified: 1) }
      try directory.write(lines[cut...].joined().utf8, to: "x.log", modified: 2)
      let told = self.notes(directory, FormatSettings())
      return
        (counted(told, from: "x.log.1", after: 0) + counted(told, from: "x.log", after: cut))
        .sorted()
    }
    let whole = try notes(cut: 0)
    #expect(whole.contains { $0.hasPrefix("1501 ") })
    for cut in [1490, 1502, 1506, 1513, 1530] { #expect(try notes(cut: cut) == whole, "\(cut)") }
  }

  private func sampleLine(_ name: String) throws -> String {
    let format = try #require(FormatShelf.all.first { $0.card.name == name })
    return format.card.sample + "\n"
  }

  @Test("of two instances that ran at the same time is two logs")
  func instances() throws {
    let directory = try LogDirectory()
    defer { directory.remove() }
    let later = open.replacing("07:00:00", with: "09:00:00")
    try directory.write((open + later).utf8, to: "error-1.log")
    try directory.write((close.replacing("07:00", with: "07:10") + later).utf8, to: "error-2.log")
    let run = Run(workers: 1) { _ in FormatSettings() }
    let notes = run.read(directory.sources) { EventNotes($0) }.flatMap(\.consumer.notes)
    #expect(notes.count == 4)
  }

  @Test("is read in the order of its times, not of its names")
  func order() {
    let names = ["x.log.10", "x.log.9", "x.log", "y.log", "z/x.log"]
    let sources = names.map { Source(path: $0, size: 0, modifiedMilliseconds: nil) }
    #expect(LogSet.units(sources) == [[0, 1, 2], [3], [4]])
  }
}

@Suite("The same content twice")
struct TwinTests {
  private static let incident = Sample.root.appending(path: "incidents/three-backends")

  private func digest(_ sources: [Source], workers: Int = 2) -> (Data, [String]) {
    let run = Run(workers: workers) { _ in FormatSettings() }
    let (digest, files) = run.digest(sources, roots: [])
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return ((try? encoder.encode(digest)) ?? Data(), files.compactMap(\.sameAs))
  }

  @Test("is counted once, copied or compressed again, in any order")
  func countedOnce() throws {
    let directory = try LogDirectory()
    defer { directory.remove() }
    let log = Self.incident.appending(path: "web1/error.log")
    let bytes = Array(try Data(contentsOf: log).prefix(40_000))
    try directory.write(bytes, to: "a/error.log")
    let alone = digest(directory.sources)
    try directory.write(bytes, to: "a/error.log.1")
    try directory.write(bytes, to: "b/error.log")
    let gzip = Process()
    gzip.executableURL = URL(fileURLWithPath: "/bin/gzip")
    gzip.arguments = ["-k", directory.url.appending(path: "b/error.log").path]
    if FileManager.default.isExecutableFile(atPath: "/bin/gzip") {
      try gzip.run()
      gzip.waitUntilExit()
    }
    let all = directory.sources
    let (twice, twins) = digest(all)
    #expect(twice == alone.0)
    #expect(twins.count == all.count - 1)
    #expect(digest(all.reversed(), workers: 1) == (twice, twins.reversed()))
  }

  @Test("is not what two short logs have in common, nor what a longer copy begins with")
  func notTwins() throws {
    let directory = try LogDirectory()
    defer { directory.remove() }
    let log = Self.incident.appending(path: "web1/error.log")
    let lines = try String(contentsOf: log, encoding: .utf8).split(separator: "\n")
    let short = lines.prefix(2).joined(separator: "\n") + "\n"
    #expect(short.utf8.count < Twins.leastBytes)
    try directory.write(short.utf8, to: "gw1/error.log")
    try directory.write(short.utf8, to: "gw2/error.log")
    try directory.write([], to: "gw1/empty.log")
    try directory.write([], to: "gw2/empty.log")
    try directory.write(lines.prefix(100).joined(separator: "\n").utf8, to: "gw3/error.log")
    try directory.write(lines.prefix(110).joined(separator: "\n").utf8, to: "gw4/error.log")
    #expect(digest(directory.sources).1.isEmpty)
  }
}

@Suite("An asked window")
struct AskedWindowTests {
  private static let incident = Sample.root.appending(path: "incidents/three-backends").path
  private let noon = Timestamp(milliseconds: 1_795_160_100_000)

  private func results(_ asked: AskedWindow) -> [FileResult<EventNotes>] {
    var run = Run(workers: 2) { _ in FormatSettings() }
    run.asked = asked
    return run.read(DirectoryWalk.sources([Self.incident]).0) { EventNotes($0) }
  }

  @Test("and its two complements hold every event once")
  func partition() {
    let end = Timestamp(milliseconds: noon.milliseconds + 600_000)
    let all = results(AskedWindow())
    let parts = [
      results(AskedWindow(until: noon)), results(AskedWindow(since: noon, until: end)),
      results(AskedWindow(since: end)),
    ]
    let notes = parts.flatMap { $0.flatMap(\.consumer.notes) }
    #expect(notes.sorted() == all.flatMap(\.consumer.notes).sorted())
    #expect(parts.allSatisfy { !$0.flatMap(\.consumer.notes).isEmpty })
    for part in parts {
      for result in part {
        #expect(result.counts.events == result.outside + result.consumer.notes.count)
      }
    }
  }

  @Test("leaves a file unopened that was last changed long before it, not one that was just so")
  func unopened() throws {
    let directory = try LogDirectory()
    defer { directory.remove() }
    let since = Int(noon.milliseconds / 1000)
    try directory.write("x".utf8, to: "old.log", modified: since - 30 * 3600)
    try directory.write("x".utf8, to: "young.log", modified: since - 20 * 3600)
    var run = Run(workers: 1) { _ in FormatSettings() }
    run.asked = AskedWindow(since: noon)
    let results = run.read(directory.sources) { EventNotes($0) }
    #expect(results.map(\.isTooOld) == [true, false])
  }

  @Test("can count from the end of the logs, packed or not")
  func endOfLogs() {
    let run = Run(workers: 2) { _ in FormatSettings() }
    let (sources, _) = DirectoryWalk.sources([Self.incident])
    let end = run.end(of: sources)
    #expect(end.map { RFC3339.text($0) } == "2026-11-20T07:59:59.238Z")
    let packed = sources.filter { $0.path.hasSuffix(".gz") }
    #expect(run.end(of: packed) != nil)
    #expect(run.end(of: [.standardInput]) == nil)
  }
}

@Suite("The ledger of a file")
struct LedgerTests {
  @Test("accounts for every record", arguments: Sample.all)
  func balances(sample: Sample) throws {
    let (settings, _) = try sample.expected()
    let counts = read(try sample.bytes(), settings).counts
    let unread = counts.faultCount - (counts.faults[.tooLong] ?? 0)
    let sum = counts.events + counts.chatter + counts.joined + counts.repeated + unread
    // A record may tell several events, but none is lost.
    #expect(sum >= counts.records)
    #expect(counts.joined == 0 || sum == counts.records)
  }
}

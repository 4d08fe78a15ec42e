import Foundation
import Testing
import TestSupport

@Suite("Following on the command line")
struct TailTests {
  private static let incidents = Sample.root.appending(path: "incidents")

  /// Without the lines that tell of changes.
  private func report(_ output: String) -> String {
    let start = output.range(of: "logtriage  ")?.lowerBound ?? output.startIndex
    return String(output[start...])
  }

  @Test(
    "The tail of finished logs ends with their report, byte for byte",
    arguments: ["incidents/three-backends/lb1", "ca-api-gateway/default-log", "haproxy/http"])
  func endsWithTheReport(_ path: String) throws {
    let directory = Sample.root.appending(path: path).path
    let expected = try Program.run(["report", directory])
    let told = try Program.run(["tail", "--once", directory])
    #expect(report(told.output) == report(expected.output))
    #expect(told.status == expected.status)
  }

  @Test("A pipe is followed to its end; a command's output, too")
  func followsPipes() throws {
    let log = Self.incidents.appending(path: "three-backends/lb1/haproxy.log")
    let expected = try Program.run(["report", "-"], input: try Data(contentsOf: log))
    let told = try Program.run(["tail", "-"], input: try Data(contentsOf: log))
    #expect(report(told.output) == report(expected.output))
    let command = try Program.run(["tail", "--command", "cat \(log.path)"])
    #expect(report(command.output) == report(expected.output))
  }

  @Test("With --json every change is one object")
  func tellsChangesAsObjects() throws {
    let told = try Program.run(
      ["tail", "--once", "--json", Self.incidents.appending(path: "three-backends").path])
    let rows = told.output.split(separator: "\n")
    #expect(!rows.isEmpty)
    for row in rows {
      let object = try JSONDecoder().decode([String: JSONValue].self, from: Data(row.utf8))
      #expect(object["event"]?.string == "open")
      #expect(object["subject"]?.string?.isEmpty == false)
    }
  }

  @Test("What a state directory keeps is reported as if it had been read at once")
  func reportsFromItsState() throws {
    try Program.withDirectory { directory in
      let log = directory.appending(path: "haproxy.log")
      let state = directory.appending(path: "state").path
      let bytes = try Data(
        contentsOf: Self.incidents.appending(path: "three-backends/lb1/haproxy.log"))
      let half = bytes.count / 2
      try bytes[..<half].write(to: log)
      _ = try Program.run(["tail", "--once", "--state", state, log.path])
      let handle = try FileHandle(forWritingTo: log)
      try handle.seekToEnd()
      try handle.write(contentsOf: bytes[half...])
      try handle.close()
      let told = try Program.run(["tail", "--once", "--state", state, log.path])
      let expected = try Program.run(["report", log.path])
      #expect(report(told.output) == report(expected.output))
      #expect(try Program.run(["report", "--state", state]).output == expected.output)
    }
  }

  @Test("Ctrl-C ends with the report and 130, SIGTERM quietly; alerts go to their hook")
  func endsOnSignals() throws {
    try Program.withDirectory { directory in
      let log = Self.incidents.appending(path: "three-backends").path
      let alert = directory.appending(path: "alert.json")
      let interrupted = try Program.start(
        ["tail", "--on-finding", "exec:cat >> \(alert.path)", "--group-wait", "0", log])
      #expect(interrupted.end(with: SIGINT, after: "OPEN").status == 130)
      #expect(try String(contentsOf: alert, encoding: .utf8).contains("\"event\":\"open\""))
      let terminated = try Program.start(["tail", log])
      let told = terminated.end(with: SIGTERM, after: "OPEN")
      #expect(told.status == 0)
      #expect(!told.output.contains("VERDICTS"))
    }
  }

  @Test(
    "Wrong addresses and targets are told with what to type instead",
    arguments: [
      ["--listen", "5514"], ["--listen", "tls://:6514"], ["--on-finding", "mail:me"],
      ["--metrics", "here"], ["--keep", "long"],
    ])
  func refusesNonsense(_ words: [String]) throws {
    let told = try Program.run(["tail", "--once", "."] + words)
    #expect(told.status == 2)
  }
}

/// A program that runs until it is told to end.
struct RunningProgram {
  let process: Process
  let output: Pipe

  /// Waits until a line holds `word`, sends the signal, and gives all that was printed.
  func end(with signal: Int32, after word: String) -> Outcome {
    let id = process.processIdentifier
    let watchdog = Thread {
      Thread.sleep(forTimeInterval: 30)
      if !Thread.current.isCancelled { kill(id, SIGKILL) }
    }
    watchdog.start()
    defer { watchdog.cancel() }
    var told = ""
    while !told.contains(word) {
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else { break }
      told += String(decoding: more, as: UTF8.self)
    }
    // The hook of this tick is sent before the next one.
    Thread.sleep(forTimeInterval: 0.3)
    kill(process.processIdentifier, signal)
    let rest = (try? output.fileHandleForReading.readToEnd()) ?? Data()
    told += String(decoding: rest, as: UTF8.self)
    process.waitUntilExit()
    return Outcome(status: process.terminationStatus, output: told, errors: "")
  }
}

extension Program {
  static func start(_ arguments: [String]) throws -> RunningProgram {
    let process = Process()
    let test = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    process.executableURL = test.deletingLastPathComponent().appending(path: "logtriage")
    process.arguments = arguments
    process.environment = ["LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"]
    let output = Pipe()
    process.standardOutput = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return RunningProgram(process: process, output: output)
  }
}

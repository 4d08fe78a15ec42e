import Foundation
import LogEvents
import Testing

@testable import logtriage

@Suite("What is read, and how it is told")
struct IntakeCommandTests {
  private static let incident = "SampleLogs/incidents/three-backends"
  private var error: Data {
    get throws {
      try Data(contentsOf: Program.repository.appending(path: Self.incident + "/web1/error.log"))
    }
  }

  private func shell(_ command: String, in directory: URL) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = directory
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  private func unwrapped(_ text: String) -> String {
    text.split { $0.isWhitespace }.joined(separator: " ")
  }

  @Test("A bundle gives the report of its directory, and what is no log is one count")
  func bundle() throws {
    try Program.withDirectory { directory in
      let logs = Program.repository.appending(path: Self.incident)
      try FileManager.default.copyItem(at: logs, to: directory.appending(path: "logs"))
      for name in ["core.bin", "show version.txt", "config.cfg"] {
        try Data("\0no log\n".utf8).write(to: directory.appending(path: "logs/\(name)"))
      }
      try shell("tar czf b.tgz -C logs .", in: directory)
      let bundle = try Program.run([directory.appending(path: "b.tgz").path])
      let whole = try Program.run([Self.incident])
      #expect(bundle.status == 0)
      let lines = bundle.output.split(separator: "\n").filter { line in
        !line.hasPrefix("bundle") && !line.hasPrefix("           ")
      }
      #expect(lines == whole.output.split(separator: "\n"))
      #expect(unwrapped(bundle.output).contains("3 files that are no logs passed over"))
      #expect(!bundle.output.contains("not read"))
      try shell("head -c 60000 b.tgz > cut.tgz", in: directory)
      let cut = try Program.run([directory.appending(path: "cut.tgz").path])
      #expect(cut.status == 3)
      #expect(cut.errors.contains("cut"))
      let sniffed = try Program.run(["sniff", directory.appending(path: "b.tgz").path])
      #expect(sniffed.output.split(separator: "\n").count == 6)
      #expect(sniffed.output.contains("!web1/error.log: apache-error"))
    }
  }

  @Test("Events of a file that is there twice are printed once, standard input included")
  func twins() throws {
    try Program.withDirectory { directory in
      let log = directory.appending(path: "error.log")
      try error.write(to: log)
      try shell("cp error.log copy.log; gzip -k copy.log; tar cf b.tar copy.log.gz", in: directory)
      let once = try Program.run(["events", log.path]).output.split(separator: "\n").count
      let told = try Program.run(["events", directory.path])
      #expect(told.output.split(separator: "\n").count == once)
      #expect(told.errors.contains("printed once"))
      let piped = try Program.run(["events", log.path, "-"], input: error)
      #expect(piped.output.split(separator: "\n").count == once)
      let report = try Program.run(["--full", directory.path])
      #expect(report.output.contains("1 file "))
      #expect(unwrapped(report.output).contains("counted once, and 2 others"))
    }
  }

  @Test("Records that cannot be read are written as they stand, and too many of them end with 4")
  func rejects() throws {
    try Program.withDirectory { directory in
      let log = directory.appending(path: "error.log")
      let garbage = Data("caf\u{1b}[31m \u{0} garbage\n".utf8)
      try (error + garbage).write(to: log)
      let rejects = directory.appending(path: "rejects")
      let told = try Program.run(["--rejects", rejects.path, "--min-coverage", "99.99%", log.path])
      #expect(told.status == 4)
      #expect(told.errors.contains("coverage 99.9% is under"))
      #expect(told.output.contains("unread     1 record"))
      let written = try Data(contentsOf: rejects)
      let head = Data("# \(log.path):1399: not in this dialect\n".utf8)
      #expect(written == head + garbage)
      #expect(try Program.run(["--min-coverage", "0.9", log.path]).status == 0)
    }
  }

  @Test("An asked window is shown, and what lies outside is counted")
  func window() throws {
    let json = try Program.run(
      ["--format", "json", "--since", "07:30", "--until", "2026-11-20 07:40", Self.incident])
    #expect(json.output.contains("\"since\" : \"2026-11-20T07:30:00Z\""))
    #expect(json.output.contains("\"until\" : \"2026-11-20T07:40:00Z\""))
    #expect(json.output.contains("\"eventsOutsideWindow\""))
    let nothing = try Program.run(["--since", "2027-01-01", Self.incident])
    #expect(nothing.status == 0)
    #expect(nothing.output.contains("Nothing in the asked window."))
  }

  @Test(
    "Wrong times and shares are told with a hint",
    arguments: [
      ["--since", "soon", "x"], ["--since", "2026-02-30", "x"], ["--until", "25:00", "x"],
      ["--since", "2026-11-20", "--until", "2026-11-19", "x"], ["--window", "5m", "x"],
      ["--around", "07:00", "--since", "06:00", "x"], ["--around", "07:00", "--window", "x", "x"],
      ["--min-coverage", "110%", "x"],
    ])
  func wrongFlags(arguments: [String]) throws {
    #expect(try Program.run(arguments).status == 2)
  }
}

@Suite("A time as a person says it")
struct MomentTests {
  private let end = Timestamp(milliseconds: 1_795_161_600_000)  // 2026-11-20T08:00:00Z

  @Test(
    "counts from the end of the logs, or is fixed",
    arguments: [
      ("-3h", "2026-11-20T05:00:00Z"), ("-90s", "2026-11-20T07:58:30Z"),
      ("07:30", "2026-11-20T07:30:00Z"), ("09:00", "2026-11-19T09:00:00Z"),
      ("yesterday 07:00", "2026-11-19T07:00:00Z"), ("yesterday", "2026-11-19T00:00:00Z"),
      ("today 07:00:30", "2026-11-20T07:00:30Z"), ("2026-11-20", "2026-11-20T00:00:00Z"),
      ("2026-11-20 07:00", "2026-11-20T07:00:00Z"),
      ("2026-11-20T07:00:00+01:00", "2026-11-20T06:00:00Z"),
      ("2026-11-20T07:00:00.5Z", "2026-11-20T07:00:00.500Z"),
    ])
  func resolves(phrase: String, utc: String) throws {
    let time = try #require(Moment(phrase)).resolved(end: end)
    #expect(RFC3339.text(time, withMilliseconds: utc.contains(".")) == utc)
  }

  @Test(
    "is not just any text",
    arguments: [
      "", "-", "-3", "-h", "3h", "24:00", "7:00", "07:60", "tomorrow", "2026-13-01", "-9e9h",
    ])
  func refuses(phrase: String) { #expect(Moment(phrase) == nil) }

  @Test("a length of time has a number and a unit, and no sign")
  func lengths() {
    for (text, milliseconds) in [
      ("250ms", 250), ("2.3s", 2300), ("90s", 90_000), ("10m", 600_000), ("2h", 7_200_000),
      ("3d", 259_200_000), ("0s", 0), ("", nil), ("s", nil), ("90", nil), ("-1s", nil),
      ("+1s", nil), ("1e3s", nil), ("nans", nil), ("0x1s", nil), ("1..2s", nil),
      ("99999999999d", nil),
    ] as [(String, Int64?)] { #expect(DurationArgument.milliseconds(text) == milliseconds) }
  }
}

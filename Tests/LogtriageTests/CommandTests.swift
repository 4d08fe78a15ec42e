import Foundation
import Testing
import TestSupport

/// What a shell gets: standard output, standard error and exit status of the program.
struct Outcome {
  var status: Int32
  var output: String
  var errors: String
}

/// The program as the tests' own build made it.
enum Program {
  static var repository: URL { Sample.root.deletingLastPathComponent() }

  static func run(
    _ arguments: [String], input: Data? = nil, in directory: URL = repository
  ) throws -> Outcome {
    let process = Process()
    let test = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    process.executableURL = test.deletingLastPathComponent().appending(path: "logtriage")
    process.arguments = arguments
    process.currentDirectoryURL = directory
    process.environment = ["LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"]
    let (output, errors, source) = (Pipe(), Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = source
    try process.run()
    if let input { try source.fileHandleForWriting.write(contentsOf: input) }
    try source.fileHandleForWriting.close()
    let told = try output.fileHandleForReading.readToEnd() ?? Data()
    let complained = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: String(decoding: told, as: UTF8.self),
      errors: String(decoding: complained, as: UTF8.self))
  }

  /// A directory that is gone after the body.
  static func withDirectory(_ body: (URL) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try body(directory)
  }
}

@Suite("Commands")
struct CommandTests {
  private let good =
    "203.0.113.7:57315 [20/Nov/2026:23:57:51.236] fe be/ord1 0/0/-1/-1/3 503 87 - - SC-- 1/1/0/0/0 0/0 \"GET / HTTP/1.1\"\n"

  @Test("An empty directory is said, and nothing was recognized")
  func emptyDirectory() throws {
    try Program.withDirectory { directory in
      let told = try Program.run([directory.path])
      #expect(told.status == 4)
      #expect(told.errors.contains("the directory holds no files"))
      #expect(told.output.contains("Nothing recognized."))
      #expect(told.output.contains("coverage none"))
    }
  }

  @Test("A file that is not there does not keep the others from being reported")
  func missingFile() throws {
    try Program.withDirectory { directory in
      let log = directory.appending(path: "ha.log")
      try Data(good.utf8).write(to: log)
      let told = try Program.run([log.path, directory.path + "/gone.log"])
      #expect(told.status == 3)
      #expect(told.errors.contains("gone.log: no such file or directory"))
      #expect(told.output.contains("1 file"))
      #expect(told.output.contains("ord1"))
    }
  }

  @Test("Binary data and a log of no known format are named, not guessed")
  func unknownContent() throws {
    try Program.withDirectory { directory in
      try Data((0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 7) }).write(
        to: directory.appending(path: "a.bin"))
      try Data("hello\nworld\n".utf8).write(to: directory.appending(path: "b.log"))
      let told = try Program.run([directory.path])
      #expect(told.status == 4)
      #expect(told.output.contains("a.bin"))
      #expect(told.output.contains("b.log: no known format"))
    }
  }

  @Test("A cut gzip file is read up to the cut")
  func cutGzip() throws {
    try Program.withDirectory { directory in
      let whole = Program.repository.appending(
        path: "SampleLogs/incidents/three-backends/web1/access.log.1.gz")
      let bytes = try Data(contentsOf: whole)
      let cut = directory.appending(path: "access.log.1.gz")
      try bytes.prefix(bytes.count / 2).write(to: cut)
      let told = try Program.run([cut.path])
      #expect(told.status == 3)
      #expect(told.errors.contains("cut or damaged"))
      #expect(told.output.contains("formats") || told.output.contains("1 format"))
    }
  }

  @Test(
    "xz, zstd and bzip2 are unpacked by their programs, or told missing",
    arguments: ["xz", "zstd", "bzip2"])
  func packedByPrograms(program: String) throws {
    try Program.withDirectory { directory in
      let plain = Program.repository.appending(path: "SampleLogs/haproxy/http/faulty-backends.log")
      let packed = directory.appending(path: "ha.log.packed")
      let isThere = FileManager.default.isExecutableFile(atPath: "/usr/bin/\(program)")
      guard isThere else {
        let magic: [String: [UInt8]] = [
          "xz": [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], "zstd": [0x28, 0xb5, 0x2f, 0xfd],
          "bzip2": Array("BZh91AY&SY00".utf8),
        ]
        try Data(magic[program] ?? []).write(to: packed)
        let told = try Program.run([packed.path])
        #expect(told.status == 3)
        #expect(told.errors.contains("needs the program `\(program)`"))
        return
      }
      let pack = Process()
      pack.executableURL = URL(fileURLWithPath: "/usr/bin/\(program)")
      pack.arguments = ["-c", plain.path]
      let pipe = Pipe()
      pack.standardOutput = pipe
      try pack.run()
      let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
      try bytes.write(to: packed)
      let events = try Program.run(["events", packed.path]).output.split(separator: "\n")
      #expect(events.count == 25)
      try bytes.prefix(bytes.count - 20).write(to: packed)
      let cut = try Program.run(["events", packed.path])
      // What a program gives of a cut file differs; that it is cut is told.
      #expect(cut.status >= 3)
      #expect(cut.errors.contains("cut or damaged"))
    }
  }

  @Test("A line without end is a fault, not a memory hog")
  func endlessLine() throws {
    try Program.withDirectory { directory in
      let log = directory.appending(path: "ha.log")
      var bytes = Data(good.utf8)
      bytes.append(Data(repeating: 0x61, count: 5_000_000))
      bytes.append(Data("\n\(good)".utf8))
      try bytes.write(to: log)
      let told = try Program.run(["report", "--format", "json", log.path])
      #expect(told.status == 0)
      #expect(told.output.contains("\"events\" : 2"))
      #expect(told.output.contains("\"faults\" : 2"))
    }
  }

  @Test("Digests of parts merge to the report of the whole, byte for byte")
  func digestAndMerge() throws {
    try Program.withDirectory { directory in
      let incident = "SampleLogs/incidents/three-backends"
      var digests: [String] = []
      for gateway in ["web1", "lb1", "dp1", "ca1"] {
        let digest = directory.appending(path: "\(gateway).digest").path
        // The gateway's name follows from the directory below the one that was named.
        let part = directory.appending(path: "part-\(gateway)")
        try FileManager.default.createDirectory(at: part, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
          at: Program.repository.appending(path: "\(incident)/\(gateway)"),
          to: part.appending(path: gateway))
        #expect(try Program.run(["digest", "-o", digest, part.path]).status == 0)
        digests.append(digest)
      }
      let merged = try Program.run(["merge"] + digests)
      let whole = try Program.run([incident])
      #expect(merged.status == 0)
      #expect(merged.output == whole.output)
      let refused = try Program.run(["merge", "README.md"])
      #expect(refused.status == 2)
      #expect(refused.errors.contains("no digest"))
    }
  }

  @Test("Standard input is read when piped")
  func standardInput() throws {
    let told = try Program.run(["events", "-"], input: Data(good.utf8))
    #expect(told.status == 0)
    #expect(told.output.contains("\"class\":\"connect-refused\",\"backend\":\"ord1\""))
  }

  @Test(
    "Wrong flags are told with a hint",
    arguments: [
      ["--assume-timezone", "Mars/Olympus", "x"], ["--input-format", "nope", "x"],
      ["--format", "xls", "x"], ["--top", "0", "x"], ["--no-such-flag"],
    ])
  func wrongFlags(arguments: [String]) throws {
    let told = try Program.run(arguments)
    #expect(told.status == 64 || told.status == 2)
    #expect(told.errors.contains("Error:"))
  }

  @Test("Sniff explains which format fits and what does not")
  func sniff() throws {
    let told = try Program.run(["sniff", "--explain", "-"], input: Data((good + "garbage\n").utf8))
    #expect(told.status == 0)
    #expect(told.output.contains(": haproxy"))
    #expect(told.output.contains("first record that does not fit: line 2, column 1"))
  }

  @Test(
    "Explain knows classes, patterns, codes and states",
    arguments: [
      ("connect-refused", "nobody accepts"), ("clustered", "bursts"), ("AH00957", "connect"),
      ("0x01130006", "backside"), ("sH--", "response"), ("01070638", "member"),
    ])
  func explain(term: String, words: String) throws {
    let told = try Program.run(["explain", term])
    #expect(told.status == 0)
    #expect(told.output.localizedCaseInsensitiveContains(words))
  }

  @Test("Explain says when it does not know")
  func explainUnknown() throws {
    let told = try Program.run(["explain", "xyzzy"])
    #expect(told.status != 0)
    #expect(told.errors.contains("xyzzy"))
  }
}

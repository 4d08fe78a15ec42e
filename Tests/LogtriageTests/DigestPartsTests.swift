import Foundation
import LogFormats
import LogIntake
import Pipeline
import Reports
import Testing
import TestSupport

@testable import logtriage

@Suite("Digests that carry what they cover")
struct DigestPartsTests {
  /// The documents of an incident, one for each log, one of which is there twice.
  private static let documents: [DigestParts] = {
    ContentHash.compareAcrossRuns()
    let incident = Sample.root.appending(path: "incidents/three-backends").path
    let sources = DirectoryWalk.sources([incident]).0
    var run = Run(workers: 2) { _ in FormatSettings() }
    run.hashesContents = true
    let hashing = run
    func document(_ unit: [Int], in directory: String = "") -> DigestParts {
      let results = hashing.digests(unit.map { sources[$0] }, roots: [incident])
      var parts = DigestParts(results, asked: nil, year: nil).parts
      for place in parts.indices { parts[place].files[0].summary.path += directory }
      return DigestParts(parts)
    }
    let units = LogSet.units(sources)
    return units.map { document($0) } + [document(units[1], in: ".copy")]
  }()

  private static func report(_ parts: DigestParts) throws -> String {
    let report = DigestDocument(parts).report()
    return try JSONReport.text(report) + MarkdownReport.text(report)
  }

  @Test("Any order, any grouping and any repetition give the same document")
  func unionIsASemilattice() throws {
    let documents = Self.documents
    let whole = try DigestParts(union: documents)
    #expect(try DigestParts(union: documents.reversed()).parts == whole.parts)
    #expect(try DigestParts(union: documents + documents).parts == whole.parts)
    #expect(try DigestParts(union: [whole, DigestParts()]).parts == whole.parts)
    for cut in 1..<documents.count {
      let left = try DigestParts(union: Array(documents[..<cut]))
      let right = try DigestParts(union: Array(documents[(cut - 1)...]))
      #expect(try DigestParts(union: [left, right]).parts == whole.parts)
      #expect(try DigestParts(union: [right, left, right]).parts == whole.parts)
    }
  }

  @Test("A copy under another name is counted once, and said to be one")
  func copies() throws {
    let with = DigestDocument(try DigestParts(union: Self.documents))
    let without = DigestDocument(try DigestParts(union: Self.documents.dropLast()))
    #expect(with.digest == without.digest)
    #expect(with.files.count { $0.sameAs != nil } == 1)
    #expect(with.report().records == without.report().records)
  }

  @Test("A tree of sums gives the report of the parts, given the ledger of all")
  func sums() throws {
    let documents = Self.documents
    let ledger = try DigestParts(union: documents.map(\.ledger))
    let report = try Self.report(DigestParts(union: documents))
    for cut in 1..<documents.count {
      var left = try DigestParts(union: Array(documents[..<cut]), ledger: ledger)
      var right = try DigestParts(union: Array(documents[cut...]), ledger: ledger)
      left.sum()
      right.sum()
      #expect(left.parts.count == 1)
      #expect(try Self.report(DigestParts(union: [right, left])) == report)
      // A part that a sum covers, or the sum itself again, adds nothing.
      let again = try DigestParts(union: [left, documents[0], right, left])
      #expect(try Self.report(again) == report)
    }
  }

  @Test("What cannot be told apart any more is refused in words")
  func overlaps() throws {
    let documents = Self.documents
    var left = try DigestParts(union: Array(documents[...1]))
    var right = try DigestParts(union: Array(documents[1...]))
    left.sum()
    right.sum()
    let error = #expect(throws: DigestParts.Overlap.self) {
      try DigestParts(union: [left, right])
    }
    #expect(error?.sentence.contains("two sums") == true)
    let copy = #expect(throws: DigestParts.Overlap.self) {
      var sum = try DigestParts(union: [documents[0], documents[5]])
      sum.sum()
      return try DigestParts(union: [sum, documents[1]])
    }
    #expect(copy?.sentence.contains("--ledger") == true)
  }

  @Test("The same path on two machines is two logs")
  func samePath() throws {
    var other = Self.documents[0].parts[0]
    other.files[0].content?.hash = "other"
    let both = try DigestParts(union: [Self.documents[0], DigestParts([other])])
    #expect(both.files.count == Self.documents[0].files.count + 1)
    #expect(both.ambiguousPaths == [other.files[0].summary.path])
  }
}

@Suite("Digests made apart")
struct DigestCommandTests {
  private static let incident = "SampleLogs/incidents/three-backends"

  @Test("One digest a log, as a shell makes them, gives the report of all logs with its options")
  func shellLoop() throws {
    try Program.withDirectory { directory in
      let logs = try Program.run(["digest", "--list", Self.incident]).output.split(separator: "\n")
      #expect(logs.count == 5)
      var digests: [String] = []
      for log in logs {
        digests.append(directory.appending(path: "\(digests.count).digest").path)
        let made = try Program.run(
          ["digest", "--log", String(log), "-o", digests[digests.count - 1], Self.incident])
        #expect(made.status == 0)
      }
      let aliases = directory.appending(path: "names.yaml")
      try Data("shop: [\"orders.example.com:8443\"]\n".utf8).write(to: aliases)
      for options in [[], ["--top", "1", "--aliases", aliases.path], ["--format", "json"]] {
        let whole = try Program.run(options + [Self.incident])
        let merged = try Program.run(["merge"] + options + digests.reversed() + digests)
        #expect(merged.output == whole.output)
        #expect(merged.status == whole.status)
      }
      let pages = ["a", "b"].map { directory.appending(path: "\($0).md").path }
      _ = try Program.run(["-o", pages[0], Self.incident])
      _ = try Program.run(["merge", "-o", pages[1]] + digests)
      #expect(FileManager.default.contentsEqual(atPath: pages[0], andPath: pages[1]))
    }
  }

  @Test("A file named alone is of its gateway when the root is said")
  func root() throws {
    try Program.withDirectory { directory in
      let digest = directory.appending(path: "d").path
      let log = Self.incident + "/web1/error.log"
      _ = try Program.run(["digest", "--root", Self.incident, "-o", digest, log])
      #expect(try Program.run(["merge", "--format", "json", digest]).output.contains("\"web1\""))
    }
  }

  @Test("A log that is not there and a ledger among digests are told")
  func refusals() throws {
    try Program.withDirectory { directory in
      let none = try Program.run(["digest", "--log", "gone.log", Self.incident])
      #expect(none.status == 2)
      #expect(none.errors.contains("--list names them"))
      let (digest, ledger) = (directory.path + "/d", directory.path + "/l")
      _ = try Program.run(["digest", "-o", digest, Self.incident + "/web1"])
      #expect(try Program.run(["merge", "--only-ledger", "--digest", ledger, digest]).status == 0)
      #expect(try Program.run(["merge", ledger]).errors.contains("is a ledger"))
    }
  }
}

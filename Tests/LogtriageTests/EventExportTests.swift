import Foundation
import LogEvents
import Reports
import Testing
import TestSupport

@testable import logtriage

@Suite("Events for other engines")
struct EventExportTests {
  private static let log = "SampleLogs/haproxy/http/faulty-backends.log"

  @Test("CSV has a header, as many cells in each row, and no formula")
  func sheet() throws {
    var batch = EventBatch()
    var event = Event(time: .unknown, line: 7, outcome: .other)
    event.backend = batch.names.id("=cmd|' /C calc'!A0")
    let message = Array("a \"b\", c\r\n@d \u{1b}[31m".utf8)
    event.message = batch.keep(message)
    batch.append(event)
    var sheet = EventSheet()
    sheet.append(batch, file: "-x", format: ("haproxy", "haproxy"))
    let text = String(decoding: sheet.bytes, as: UTF8.self)
    let lines = text.split(separator: "\r\n")
    #expect(lines.count == 2)
    #expect(lines[0].split(separator: ",").count == EventTable.columns.count)
    #expect(lines[1].hasPrefix("'-x,7,,haproxy,haproxy,,"))
    #expect(lines[1].contains(",'=cmd|' /C calc'!A0,"))
    #expect(lines[1].contains("\"a \"\"b\"\", c\u{fffd}\u{fffd}@d \u{fffd}[31m\""))
  }

  @Test("A header stands even where there is no event, and a file gets what a terminal would")
  func files() throws {
    try Program.withDirectory { directory in
      let none = try Program.run(["events", "--format", "csv", "-"], input: Data("x\n".utf8))
      #expect(none.status == 4)
      #expect(none.output.hasPrefix("file,line,time,"))
      let file = directory.appending(path: "e.ndjson")
      let told = try Program.run(["events", "-o", file.path, Self.log])
      #expect(told.output.isEmpty)
      let lines = try Program.run(["events", Self.log]).output
      #expect(try String(contentsOf: file, encoding: .utf8) == lines)
      let refused = try Program.run(["events", "-o", directory.path + "/no/e", Self.log])
      #expect(refused.status == 2)
      #expect(refused.errors.contains("cannot be written"))
    }
  }

  @Test("A database answers as the logs that it was made from")
  func database() throws {
    try Program.withDirectory { directory in
      let file = directory.appending(path: "run.db").path
      #expect(try Program.run(["events", "--format", "sqlite", Self.log]).status == 2)
      let make = ["events", "--format", "sqlite", "-o", file, Self.log]
      #expect(try Program.run(make).status == 0)
      // Made again, it is made anew.
      #expect(try Program.run(make).status == 0)
      let query =
        "SELECT class, sum(count) AS n, min(time) FROM events GROUP BY 1 ORDER BY 2 DESC, 1"
      for format in ["text", "csv", "json"] {
        let told = try Program.run(["sql", "--format", format, query, file])
        #expect(told.status == 0)
        #expect(
          try Program.run(["sql", "--format", format, query, Self.log]).output == told.output)
        #expect(told.output.contains("connect-refused"))
      }
      let rows = try Program.run(["sql", "--format", "json", "SELECT * FROM events", file]).output
      let read = try JSONSerialization.jsonObject(with: Data(rows.utf8)) as? [[String: Any]]
      #expect(read?.count == 25)
      #expect(read?.allSatisfy { $0.count == EventTable.columns.count } == true)
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["run.db"])
    }
  }

  @Test(
    "What is no question is refused in words, and nothing is written",
    arguments: [
      ("DELETE FROM events", "only statements that read"),
      ("VACUUM INTO 'copy.db'", "only statements that read"),
      ("ATTACH 'other.db' AS other", "only statements that read"),
      ("SELECT 1; SELECT 2", "one statement"), ("", "empty statement"),
      ("SELECT nope FROM events", "no such column: nope"),
    ])
  func refusals(query: String, words: String) throws {
    try Program.withDirectory { directory in
      let log = Program.repository.appending(path: Self.log).path
      let told = try Program.run(["sql", query, log], in: directory)
      #expect(told.status == 2)
      #expect(told.errors.contains(words))
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
    }
  }

  @Test("Answers are as safe to look at as reports")
  func hostileAnswers() throws {
    let query =
      "SELECT '=1+1' AS a, char(27) || '[31m' AS \"b\u{7}\", x'00ff' AS c, NULL AS d, 9e999"
    let text = try Program.run(["sql", query, Self.log]).output
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
    let sheet = try Program.run(["sql", "--format", "csv", query, Self.log]).output
    #expect(sheet.hasSuffix("\r\n'=1+1,\u{fffd}[31m,00ff,,inf\r\n"))
    let json = try Program.run(["sql", "--format", "json", query, Self.log]).output
    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(json.utf8)) }
  }

  @Test("Every layout is printed", arguments: EventLayout.allCases)
  func layouts(layout: EventLayout) throws {
    let told = try Program.run(["events", "--layout", layout.rawValue])
    #expect(told.status == 0)
    #expect(told.output == layout.text)
    for column in EventTable.columns where !["format", "source", "note"].contains(column.name) {
      #expect(told.output.contains(column.name), "\(column.name)")
    }
  }
}

import Correlator
import Foundation
import LogEvents
import Testing

@testable import Reports

@Suite("Reports")
struct ReportTests {
  /// One outage of a backend whose name, URL and message are hostile.
  private func report(backend: String = "orders.example.com:8443") -> Report {
    let start = Timestamp(milliseconds: 1_795_158_000_000)
    let end = Timestamp(milliseconds: start.milliseconds + 600_000)
    var found = Case(
      pattern: .constant, backend: backend, interval: Interval(start: start, end: end),
      failures: 41, confidence: 0.95)
    found.requests = 41
    found.classes = [.connectRefused: 41]
    found.shape = [0, 0, 3, 8, 8, 8, 8, 6, 0, 0, 0, 0]
    var exemplar = Exemplar(time: start, outcome: .connectRefused, file: "gw1.log", line: 7)
    exemplar.message = "refused \u{1b}[2J\u{202e} <script>\r\nx"
    found.exemplars = [exemplar]
    var result = Classification()
    result.cases = [found]
    result.window = Interval(start: start, end: end)
    result.backends = [
      BackendSummary(
        name: backend, gateways: [], pools: [], services: [], failures: 44, successes: 0,
        attempts: 0, classes: [.connectRefused: 44])
    ]
    var file = FileSummary(path: "gw1.log", format: "haproxy")
    file.lines = 1204
    file.records = 1200
    file.faults = 6
    return Report(files: [file], classification: result, clientAborts: 2)
  }

  @Test("The terminal shows the verdict, the next step and sums that agree, in 80 columns")
  func terminal() {
    let text = TerminalReport(report()).text
    #expect(text.contains(" 1 CONSTANT   orders.example.com:8443  connect-refused"))
    #expect(text.contains("41/41 100% high"))
    #expect(text.contains("$ nc -vz -w 5 orders.example.com 8443"))
    #expect(text.contains("failures   44 = 41 in verdicts + 0 too few to tell + 3 outside"))
    #expect(text.contains("coverage 99.5%"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test("Nothing from a log reaches the terminal as control")
  func terminalIsSafe() {
    let hostile = report(backend: "\u{1b}]0;x\u{7}\u{9b}31m\u{202e}:1")
    for isFull in [false, true] {
      let text = TerminalReport(hostile, isFull: isFull).text
      let scalars = text.unicodeScalars.filter { $0 != "\n" }
      #expect(scalars.allSatisfy { $0.properties.generalCategory != .control })
      #expect(scalars.allSatisfy { $0.properties.generalCategory != .format })
    }
  }

  @Test("A command is broken between the words of a shell, so that it can be copied")
  func commands() {
    let lines = TextLayout.command(
      "timeout 60 tcpdump -i any 'host a and port 1' -w \"b c\" 'it'\\''s here'", indent: 5,
      width: 40)
    #expect(lines.first == "   $ timeout 60 tcpdump -i any \\")
    #expect(lines.allSatisfy { $0.count <= 40 })
    let words = lines.joined(separator: "\n").replacing(" \\\n    ", with: "")
    #expect(
      words == "   $ timeout 60 tcpdump -i any 'host a and port 1' -w \"b c\" 'it'\\''s here'")
  }

  @Test("Without Unicode the sparkline is ASCII")
  func ascii() {
    let text = TerminalReport(report(), isUnicode: false).text
    #expect(text.utf8.allSatisfy { $0 < 128 })
    #expect(text.contains("__-###"))
  }

  @Test("JSON says the same, and a parser reads it")
  func json() throws {
    let text = try JSONReport.text(report())
    #expect(text == (try JSONReport.text(report())))
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(object["schema"] as? Int == 1)
    let finding = try #require((object["findings"] as? [[String: Any]])?.first)
    #expect(finding["pattern"] as? String == "constant")
    #expect(finding["backend"] as? String == "orders.example.com:8443")
    #expect(finding["failures"] as? Int == 41)
    #expect(finding["start"] as? String == "2026-11-20T07:00:00.000Z")
    let totals = try #require(object["totals"] as? [String: Int])
    #expect(totals["failures"] == 44)
    #expect(totals["failuresOutside"] == 3)
  }

  @Test("Markdown has the verdict in its first lines, and log text stays text")
  func markdown() {
    let text = MarkdownReport.text(report(backend: "a|b<script>:80"))
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.prefix(15).contains { $0.contains("constant") && $0.contains("connect-refused") })
    #expect(text.contains("a\\|b\\<script\\>:80"))
    #expect(!text.contains("<script>\r"))
    #expect(!text.contains("\u{1b}"))
    #expect(text.contains("- Failures: 44 = 41 in verdicts + 0 too few to tell + 3 outside"))
  }

  @Test("A code span cannot be ended by its text")
  func codeSpans() {
    #expect(SafeText.code("a``b") == "``` a``b ```")
    #expect(SafeText.code("plain") == "`plain`")
  }

  @Test("No cell of a sheet starts a formula", arguments: ["=1+1", "+1", "-1", "@x"])
  func formulas(text: String) {
    #expect(SafeText.cell(text) == "'" + text)
    #expect(CSVReport.text(report(backend: text)).contains(",'" + text + ","))
  }

  @Test("Cells with commas and quotes are quoted")
  func cells() {
    #expect(SafeText.cell("a,\"b\"") == "\"a,\"\"b\"\"\"")
    #expect(SafeText.cell("a\nb") == "a\u{fffd}b")
  }

  @Test("Nothing recognized is said in the first lines")
  func nothing() {
    let file = FileSummary(path: "x.bin", format: nil)
    let text = TerminalReport(
      Report(files: [file], classification: Classification(), clientAborts: 0)
    ).text
    #expect(text.contains("not read   x.bin: no known format"))
    #expect(text.contains("Nothing recognized."))
  }

  @Test("Markdown stays below its limit and has its sections in order, whatever the log")
  func markdownIsBounded() throws {
    let report = HTMLReportTests.report(text: "/a|b", backends: 90, seconds: 9000)
    let text = MarkdownReport.text(report)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count <= MarkdownReport.lineLimit + 1)
    let heads = lines.filter { $0.hasPrefix("## ") }.map { $0.dropFirst(3) }
    #expect(
      heads == [
        "Verdicts", "What happened", "Do this next", "Timeline", "Where it breaks", "How wide",
        "What the failed requests share", "Impact", "Unknown lines", "Findings", "Sources",
        "For people",
      ])
  }

  @Test("Every table of the CSV report is rectangular, and its failures add up")
  func tables() throws {
    let report = HTMLReportTests.report(text: "=1+1,\"x\"", backends: 4, seconds: 2000)
    for table in CSVReport.Table.allCases {
      let rows = CSVReport.text(report, table).components(separatedBy: "\r\n").dropLast()
      #expect(rows.count > 1)
      // Cells of this report hold commas only inside quotes.
      let sizes = Set(rows.map { Self.cells(of: $0).count })
      #expect(sizes.count == 1)
      for row in rows {
        #expect(Self.cells(of: row).allSatisfy { !["=", "+", "-", "@"].contains($0.prefix(1)) })
      }
    }
    let counts = CSVReport.text(report, .failures).components(separatedBy: "\r\n").dropFirst()
      .compactMap { Int(Self.cells(of: $0).last ?? "") }
    #expect(counts.reduce(0, +) == report.classification.failures)
  }

  private static func cells(of row: String) -> [String] {
    var cells = [""]
    var isQuoted = false
    for character in row {
      if character == "\"" {
        isQuoted.toggle()
      } else if character == ",", !isQuoted {
        cells.append("")
      } else {
        cells[cells.count - 1].append(character)
      }
    }
    return cells
  }

  @Test("Every key of the JSON report is explained")
  func keys() throws {
    let text = try JSONReport.text(HTMLReportTests.report())
    let known = JSONGuide.text
    func check(_ value: Any) {
      if let list = value as? [Any] { list.forEach(check) }
      guard let object = value as? [String: Any] else { return }
      for (key, inner) in object {
        #expect(known.contains(key), "\(key) is not explained")
        // The keys below are names of classes and measures.
        if key != "classes", key != "evidence" { check(inner) }
      }
    }
    check(try JSONSerialization.jsonObject(with: Data(text.utf8)))
  }

  @Test("What was kept coarser because there are many backends is said")
  func coarse() {
    var builder = DigestBuilder(file: "lb1.log", gateway: "lb1")
    var memory = TransactionMemory()
    var batch = EventBatch()
    for line in 1...48_000 as ClosedRange<UInt32> {
      var event = Event(
        time: Timestamp(milliseconds: 1_795_158_000_000 + Int64(line) * 1000), line: line,
        outcome: .http5xx)
      event.backend = batch.names.id("srv\(line % 80)")
      batch.append(event)
    }
    builder.add(batch, memory: &memory)
    let digest = builder.finish()
    let many = Report(
      files: [], classification: Classification(), clientAborts: 0, digest: digest)
    let line = CoverageLines(many).short.first { $0.label == "coarse" }
    #expect(line?.text.contains("in 1 024 and 2 048 cells instead of 2 048 and 4 096") == true)
    #expect(!CoverageLines(report()).short.contains { $0.label == "coarse" })
  }
}

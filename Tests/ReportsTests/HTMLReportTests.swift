import Correlator
import Foundation
import LogEvents
import Testing

@testable import Reports

@Suite("The HTML report")
struct HTMLReportTests {
  /// A digest of one gateway's log: `backends` of them, each failing at times, every text as given.
  static func report(
    text: String = "/orders/4711", backends: Int = 3, seconds: Int = 3600
  ) -> Report {
    var builder = DigestBuilder(file: "gw1.log", gateway: "gw1")
    var memory = TransactionMemory()
    var batch = EventBatch()
    for second in 0..<seconds {
      let number = second % backends
      let fails = second % 7 == 0 || number == 0 && second * 2 > seconds
      var event = Event(
        time: Timestamp(milliseconds: 1_795_158_000_000 + Int64(second) * 1000),
        line: UInt32(second + 1),
        outcome: fails ? (second % 2 == 0 ? .connectRefused : .http5xx) : .ok)
      event.journal = .access
      event.backend = batch.names.id("be\(number).example.com:8443\(text)")
      event.service = batch.names.id(text)
      event.code = batch.names.id(text)
      event.durationMilliseconds = fails ? 60_001 : 12
      event.status = fails ? 503 : 200
      event.client = batch.keep(Array("192.0.2.\(second % 200)\(text)".utf8))
      event.uri = batch.keep(Array(text.utf8))
      if fails { event.message = batch.keep(Array(text.utf8)) }
      batch.append(event)
      if batch.isFull {
        builder.add(batch, memory: &memory)
        batch.clear()
      }
    }
    builder.add(batch, memory: &memory)
    let digest = builder.finish()
    var file = FileSummary(path: "gw1.log\(text.prefix(200))", format: "haproxy")
    file.lines = seconds
    file.records = seconds
    file.faults = 1
    return Report(
      files: [file], classification: Classifier.classify(digest),
      clientAborts: digest.clientAborts, digest: digest)
  }

  static let hostile = [
    "\"><script>alert(1)</script><img src=x onerror=alert(1)>",
    "\"\u{338} onmouseover=alert(1) x='\u{338}>",
    "</script><!--<script>", "{{{data}}}{{% CONTENT_TYPE:TEXT}}{{>page}}",
    "\u{202e}\u{1b}[2J\u{0}\u{9b}31m",
    "=1+1|`x`[y](z)\r\n# head", "/" + String(repeating: "ü", count: 10_000),
  ]

  @Test("The policy names exactly the style and the script of the page, and allows nothing else")
  func policy() throws {
    let page = try HTMLReport.text(Self.report())
    let style = ContentHash.source(of: Template.style)
    let script = ContentHash.source(of: Template.script)
    #expect(
      page.contains(
        "content=\"default-src 'none'; style-src '\(style)'; script-src '\(script)'; img-src data:;"
      ))
    #expect(page.contains("<style>\(Template.style)</style>"))
    #expect(page.contains("<script>\(Template.script)</script>"))
    #expect(page.components(separatedBy: "<script").count == 3)
    #expect(!page.contains(" style=") && !page.contains("http://") && !page.contains("https://"))
  }

  @Test("Text of a log stays text in every place of a page", arguments: hostile)
  func hostileText(text: String) throws {
    let page = try HTMLReport.text(Self.report(text: text))
    let plain = try HTMLReport.text(Self.report(text: "x"))
    func tags(_ page: String) -> Set<Substring> {
      Set(page.split(separator: "<").map { $0.prefix { $0 != " " && $0 != ">" && $0 != "\n" } })
    }
    // Script and style hold no angle of their own that a log could move: the same elements, no others.
    #expect(tags(page).subtracting(tags(plain)).isEmpty)
    let scalars = page.unicodeScalars.filter { $0 != "\n" }
    #expect(scalars.allSatisfy { $0.properties.generalCategory != .control })
    #expect(scalars.allSatisfy { $0.properties.generalCategory != .format })
    #expect(page.utf8.count < HTMLReport.sizeLimit)
  }

  @Test("Nor does it act in any other shape of the report", arguments: hostile)
  func otherShapes(text: String) throws {
    let report = Self.report(text: text, seconds: 1200)
    let json = try JSONReport.text(report)
    #expect(try JSONSerialization.jsonObject(with: Data(json.utf8)) is [String: Any])
    var shown = [MarkdownReport.text(report)]
    shown += [false, true].map { TerminalReport(report, isFull: $0).text }
    shown += CSVReport.Table.allCases.map { CSVReport.text(report, $0) }
    for text in shown {
      let scalars = text.unicodeScalars.filter { $0 != "\n" && $0 != "\r" }
      #expect(scalars.allSatisfy { $0.properties.generalCategory != .control })
      #expect(scalars.allSatisfy { $0.properties.generalCategory != .format })
    }
    // Outside of code, nothing that Markdown takes for markup.
    for line in shown[0].split(separator: "\n") where !line.contains("`") {
      #expect(!line.contains("<") || line.contains("\\<"))
      #expect(!line.contains("](") || line.contains("\\]"))
    }
    let longest = shown[0].split(separator: "\n").map(\.count).max() ?? 0
    #expect(longest < 3000)
  }

  @Test("Quotes with combining marks cannot end an attribute")
  func escaping() {
    let safe = MarkupText().escapeText("\"\u{338}'\u{338}<\u{338}>&")
    #expect(safe == "&quot;\u{338}&#39;\u{338}&lt;\u{338}&gt;&amp;")
    #expect(
      MarkupText.inScript("\"</script>&\u{2028}\"") == "\"\\u003c/script\\u003e\\u0026\\u2028\"")
  }

  @Test("The same report gives the same bytes, and every section is there in order")
  func sections() throws {
    let report = Self.report()
    let page = try HTMLReport.text(report)
    #expect(page == (try HTMLReport.text(report)))
    var at = page.startIndex
    for id in [
      "strip", "verdicts", "story", "next", "timeline", "shape", "breaks", "wide", "traits",
      "impact", "findings", "unknown", "sources", "people",
    ] {
      let place = try #require(page.range(of: " id=\"\(id)\"", range: at..<page.endIndex))
      at = place.upperBound
    }
    #expect(page.contains("gw1.log:"))
  }

  @Test("A page of two hundred backends with long names stays below its limit")
  func size() throws {
    let report = Self.report(
      text: String(repeating: "long-name/", count: 20), backends: 200, seconds: 20_000)
    #expect(try HTMLReport.text(report).utf8.count < HTMLReport.sizeLimit)
  }

  @Test("A report without records, files or findings is a page all the same")
  func nothing() throws {
    let empty = try HTMLReport.text(
      Report(files: [], classification: Classification(), clientAborts: 0))
    #expect(empty.contains("Nothing recognized"))
  }

  @Test("Hashes are those of FIPS 180-4")
  func hashes() {
    #expect(
      ContentHash.source(of: "abc") == "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=")
    #expect(ContentHash.source(of: "") == "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
    let long = String(repeating: "a", count: 119)
    #expect(ContentHash.sha256(Array(long.utf8)).count == 32)
  }
}

import Foundation
import LogEvents
import TestSupport
import Testing

@testable import LogFormats

/// Issue 3: files that were damaged, wrapped or concatenated on their way.
struct RobustReadingTests {
  private func lines(_ format: any LogFormat.Type, count: Int = 6) -> [String] {
    Array(repeating: format.card.sample, count: count)
  }

  private func told(_ lines: [String]) -> (count: Int, format: String?) {
    let text = lines.joined(separator: "\n") + "\n"
    let result = read(Array(text.utf8), FormatSettings())
    return (result.told.count, result.format)
  }

  @Test(
    "both products of a concatenated file are read, in either order",
    arguments: [
      // Records of several lines do not swallow the other's lines, nor does one dialect's JSON
      // hide the other's text.
      (DataPowerText.self as any LogFormat.Type, ApacheAccess.self as any LogFormat.Type),
      (CAGatewayLog.self, HAProxyLog.self),
      (NginxError.self, ApacheErrorLog.self),
      (DataPowerXML.self, TraefikLog.self),
      (DataPowerJSON.self, HAProxyLog.self),
    ])
  func concatenated(first: any LogFormat.Type, second: any LogFormat.Type) {
    let (a, b) = (lines(first), lines(second))
    let alone = told(a).count + told(b).count
    #expect(told(a).count > 0 && told(b).count > 0)
    #expect(told(a + b).count == alone)
    #expect(told(b + a).count == alone)
  }

  @Test("of objects that share a file each belongs to who wrote it")
  func sharedObjects() {
    let warning =
      #"{"level":"warn","targetURL":"http://192.0.2.9:80","error":"EOF","time":"2026-01-09T14:03:06Z","#
      + #""message":"Health check failed."}"#
    let chatter =
      #"{"level":"info","version":"3.1.0","time":"2026-01-09T14:03:06Z","message":"Starting up"}"#
    let traefik = [warning, chatter, warning]
    let apache = lines(ApacheErrorObjects.self)
    let dataPower = lines(DataPowerJSON.self)
    for others in [apache, dataPower] {
      let alone = told(traefik).count + told(others).count
      #expect(told(traefik + others).count == alone)
      #expect(told(others + traefik).count == alone)
    }
  }

  @Test("audit blocks keep their lines beside the gateway's own log")
  func auditBlocks() {
    let block = CAAuditBlocks.card.sample.replacing("\\n", with: "\n").split(separator: "\n")
    let blocks = Array(repeating: block.map(String.init) + [""], count: 3).flatMap(\.self)
    let log = lines(CAGatewayLog.self)
    #expect(told(blocks + log).count == told(blocks).count + told(log).count)
    #expect(told(log + blocks).count == told(blocks).count + told(log).count)
  }

  @Test("damaged records do not make a file its look-alike's")
  func damaged() {
    var records = lines(TraefikLog.self, count: 24)
    for index in [3, 11] { records[index] = String(records[index].dropLast(4)) }
    #expect(told(records).format == "traefik")
  }

  @Test("objects with a level and a message are not all of Apache")
  func foreignObjects() {
    let record = #"{"level":"warn","error":"timeout","time":"2026-01-09T14:03:06Z","message":"x"}"#
    #expect(told(Array(repeating: record, count: 5)).format != ApacheErrorObjects.card.name)
  }

  @Test("carriers are peeled around text and objects alike")
  func carried() {
    for format in [ApacheErrorObjects.self, HAProxyLog.self] as [any LogFormat.Type] {
      let plain = lines(format)
      func quoted(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      }
      let wrapped: [(String) -> String] = [
        { #"{"log":"\#(quoted($0))\n","stream":"stdout","time":"2026-11-20T23:57:51.2Z"}"# },
        { #"{"@timestamp":"2026-11-20T23:57:51.2Z","message":"\#(quoted($0))"}"# },
        { #"{"log":"\u001b[31m\#(quoted($0))\u001b[0m\n","stream":"stdout"}"# },
        { "[pod/gateway-7d9f/proxy] \($0)" },
        { "2026-11-20T23:57:51.236117123Z \($0)" },
        {
          #"{"log":"<134>1 2026-11-20T23:57:51.2Z lb1 x 1 - - \#(quoted($0))\n","stream":"stdout"}"#
        },
      ]
      for wrap in wrapped {
        let result = told(plain.map(wrap))
        #expect(result.count == told(plain).count)
        #expect(result.format == format.card.name)
      }
    }
  }

  @Test("a product that begins far behind the sniffed head is read too", arguments: Sample.all)
  func farBehind(_ sample: Sample) throws {
    let (settings, _) = try sample.expected()
    let second = try sample.bytes()
    let alone = read(second, settings)
    let first: any LogFormat.Type =
      sample.product == "haproxy" ? EnvoyAccess.self : HAProxyLog.self
    let head = Array((lines(first, count: 40).joined(separator: "\n") + "\n").utf8)
    // Few lines at the end may be damage, and damaged ones may be anybody's.
    guard alone.counts.records > 3, alone.counts.faultCount == 0, sample.product != "events"
    else { return }
    let both = read(head + second, settings, head: 2000)
    let told = both.told.filter { $0.line > 40 }.map { event in
      var fields = event.fields
      fields["line"] = .number(Double(event.line - 40))
      return fields
    }
    #expect(told.count == alone.told.count)
    #expect(told == alone.told.map(\.fields))
    #expect(read(head + second, settings, blockSize: 7, head: 2000).told == both.told)
  }

  @Test("what the fuzzer found reads the same in blocks of any size")
  func corpus() throws {
    let packed = Array(try Data(contentsOf: Self.corpus))
    var settings = FormatSettings()
    settings.assumedYear = 2026
    var at = 0
    var count = 0
    while at + 8 <= packed.count {
      let digits = String(decoding: packed[at..<(at + 8)], as: UTF8.self)
      let size = try #require(Int(digits, radix: 16))
      let input = Array(packed[(at + 8)..<(at + 8 + size)].dropFirst())
      let block = [1, 7, 64, 4096][Int(packed[at + 8] & 3)]
      let whole = read(input, settings)
      let parts = read(input, settings, blockSize: block)
      #expect(parts.told == whole.told && parts.counts == whole.counts, "input \(count)")
      at += 8 + size
      count += 1
    }
    #expect(count > 100)
  }

  private static let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fuzz/corpus.packed")
}

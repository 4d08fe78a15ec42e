import LogEvents
import LogFormats
import TestSupport
import Testing

/// Issue 3: whatever carries a record, the same is read.
struct CarrierTests {
  private static let carriers: [@Sendable (String) -> String] = [
    { "<134>Nov 20 23:57:51 gw1 app[30495]: " + $0 },
    { "Nov 20 23:57:51 gw1 app: " + $0 },
    { "<134>1 2026-11-20T23:57:51.236Z gw1 app 30495 ID47 [x@1 a=\"]\\\"\"] \u{feff}" + $0 },
    { line in
      let message = "<134>1 2026-11-20T23:57:51.236Z gw1 app 30495 - - " + line
      return "\(message.utf8.count) \(message)"
    },
    { "2026-11-20T23:57:51.236+01:00 gw1 app[30495]: " + $0 },
    { #"{"log":"\#(quoted($0))\n","stream":"stdout","time":"2026-11-20T23:57:51.2361Z"}"# },
    { #"{"@timestamp":"2026-11-20T23:57:51.2Z","log":{"offset":1},"message":"\#(quoted($0))"}"# },
    { #"{"date":1795219071.236,"kubernetes":{"pod":"x"},"log":{"message":"\#(quoted($0))"}}"# },
    { #"{"__REALTIME_TIMESTAMP":"1795219071236117","MESSAGE":"\#(quoted($0))"}"# },
    { #"{"__REALTIME_TIMESTAMP":"1795219071236117","MESSAGE":[\#(numbers($0))]}"# },
    { #"{"level":"info","ts":1795219071.236,"msg":"\#(quoted($0))"}"# },
    { "\u{1b}[36mgateway-1  |\u{1b}[0m " + $0 },
    { "[pod/gateway-7d9f/proxy] 2026-11-20T23:57:51.236117123Z " + $0 },
    { "2026-11-20T23:57:51.236117123Z stdout F Nov 20 23:57:51 gw1 app: " + $0 },
    { #"Nov 20 23:57:51 gw1 app: {"message":"\#(quoted($0))"}"# },
    { $0 + " \t" },
    { $0 + "\r" },
  ]

  private static func quoted(_ text: String) -> String {
    var quoted = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\" + String(scalar)
      case "\t": quoted += "\\t"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted
  }

  private static func numbers(_ text: String) -> String {
    text.utf8.map { String($0) }.joined(separator: ", ")
  }

  /// What a carrier may not change; stamps, hosts and levels it may add.
  private func essence(_ told: [Told]) -> [[String: JSONValue]] {
    told.filter { $0.fields["class"] != .string("info") }.map {
      $0.fields.filter { !["time", "severity"].contains($0.key) }
    }
  }

  @Test("carried records tell the same", arguments: Sample.all)
  func carried(_ sample: Sample) throws {
    let (settings, _) = try sample.expected()
    let text = String(decoding: try sample.bytes(), as: UTF8.self)
    // Samples that come in a carrier of their own are not put into another.
    guard !text.contains("stdout F"), !text.hasPrefix("{\"log\":\""), sample.product != "events"
    else { return }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let alone = read(Array(text.utf8), settings)
    let plain = essence(alone.told)
    let told = Set(alone.told.map(\.line))
    // A record that has no time of its own takes its carrier's.
    let lacksTimes = alone.counts.faultCount > 0 && !settings.ownerFormats.isEmpty
    // Every carrier meets every third sample or so, which is often enough.
    let turn = text.utf8.count % 4
    for (index, carrier) in Self.carriers.enumerated() where index % 4 == turn {
      let wrapped = lines.map { $0.isEmpty ? "" : carrier($0) }.joined(separator: "\n")
      let carried = read(Array(wrapped.utf8), settings).told.filter {
        !lacksTimes || told.contains($0.line)
      }
      #expect(essence(carried) == plain, "carrier \(index)")
    }
  }

  @Test("pieces are joined where runtimes nest, too")
  func nestedPieces() {
    func record(_ port: Int) -> String {
      "203.0.113.7:\(port) [20/Nov/2026:23:57:51.236] fe be/s1 0/0/0/3/3 503 87 - - ---- 1/1/0/0/0 "
        + #"0/0 "GET /orders HTTP/1.1""#
    }
    let (head, rest) = (record(2).prefix(40), record(2).dropFirst(40))
    let pieces = ["F \(record(1))", "P \(head)", "F \(rest)", "F \(record(3))"]
    let inner = pieces.map { "2026-11-20T23:57:51.236117Z stdout \($0)" }
    let docker = { (line: String) in
      #"{"log":"\#(Self.quoted(line))\n","stream":"stdout","time":"2026-11-20T23:57:51.2Z"}"#
    }
    let outer: [(String) -> String] = [
      { $0 }, docker, { "2026-11-20T23:57:51.3Z stdout F " + docker($0) },
      { "2026-11-20T23:57:51.3Z stdout F <134>1 2026-11-20T23:57:51.2Z gw1 app 1 - - " + $0 },
    ]
    for wrap in outer {
      let told = read(Array(inner.map(wrap).joined(separator: "\n").utf8), FormatSettings()).told
      #expect(told.map(\.line) == [1, 2, 4])
      #expect(told.map { $0.fields["class"] } == Array(repeating: .string("http-5xx"), count: 3))
    }
  }
}

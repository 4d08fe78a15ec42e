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
}

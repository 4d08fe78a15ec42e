import LogEvents
import TestSupport
import Testing

@testable import LogFormats

struct HAProxyLogTests {
  private func told(_ lines: String...) -> [Told] {
    let text = lines.joined(separator: "\n")
    return read(Array(text.utf8), format: HAProxyLog.self, FormatSettings()).told
  }

  private func outcomes(_ lines: [Told]) -> [String] {
    lines.map { $0.fields["class"]?.string ?? "" }
  }

  private func http(_ target: String, _ status: Int, _ state: String, port: Int = 57315) -> String {
    "203.0.113.7:\(port) [20/Nov/2026:23:57:51.236] fe \(target) 0/0/0/3/3 \(status) 87 - - \(state) "
      + "1/1/0/0/0 0/0 \"GET /\(state) HTTP/1.1\""
  }

  @Test(
    "termination states tell who ended the session",
    arguments: [
      ("----", 200, "ok"), ("----", 503, "http-5xx"), ("LR--", 301, "ok"), ("LR--", 503, "other"),
      ("SC--", 503, "connect-refused"), ("sC--", 503, "connect-timeout"),
      ("SH--", 502, "premature-close"), ("sH--", 504, "response-timeout"),
      ("SD--", 200, "premature-close"), ("sD--", 200, "response-timeout"),
      ("sQ--", 503, "overload"), ("PH--", 502, "bad-gateway-response"), ("PH--", 400, "info"),
      ("PR--", 403, "info"), ("PR--", 429, "overload"), ("PR--", 500, "config-error"),
      ("PD--", 200, "bad-gateway-response"), ("PT--", 500, "other"), ("PC--", 503, "overload"),
      ("RC--", 503, "overload"), ("CH--", 400, "client-abort"), ("cR--", 408, "client-abort"),
      ("cH--", 408, "request-body-failed"), ("DD--", 200, "server-down"), ("KD--", 200, "other"),
      ("IH--", 500, "other"),
    ])
  func states(_ state: String, _ status: Int, _ outcome: String) {
    #expect(outcomes(told(http("be/s1", status, state))) == [outcome])
  }

  @Test("without a server, SC means that the pool is empty")
  func emptyPool() {
    let events = told(http("fe/<NOSRV>", 503, "SC--"))
    #expect(outcomes(events) == ["pool-exhausted"])
    #expect(events.first?.fields["pool"] == .string("fe"))
    #expect(events.first?.fields["backend"] == .null)
  }

  @Test("a line that two targets carry is told once")
  func twice() {
    let line = http("be/s1", 503, "SC--")
    #expect(told(line, line, http("be/s1", 503, "SC--", port: 1)).count == 2)
  }

  @Test("requests of one connection within a millisecond are all told")
  func keptAlive() {
    func line(_ path: String) -> String {
      "203.0.113.7:57315 [20/Nov/2026:23:57:51.236] fe be/s1 0/0/0/0/0 200 87 - - ---- "
        + "1/1/0/0/0 0/0 \"GET /\(path) HTTP/1.1\""
    }
    #expect(told(line("a/1"), line("a/2"), line("b/2"), line("b/2"), line("c/3")).count == 4)
  }

  @Test("an SC with the text of a TLS failure is one")
  func textBehindRequest() {
    #expect(
      outcomes(told(http("be/s1", 503, "SC--") + " SSL handshake failure")) == ["tls-failure"])
  }

  @Test("a line cut before its state is a fault, not an event")
  func damaged() {
    let line = http("be/s1", 503, "SC--")
    let cut = String(line.prefix(72))
    let result = read(Array(cut.utf8), format: HAProxyLog.self, FormatSettings())
    #expect(result.told.isEmpty)
    #expect(result.counts.faultCount == 1)
  }

  @Test("lines of other products are not HAProxy's")
  func nearMisses() {
    let lines = [
      "203.0.113.7 - - [20/Nov/2026:23:57:51 +0000] \"GET / HTTP/1.1\" 200 87 \"-\" \"-\"",
      "203.0.113.77 [20/Nov/2026:23:58:52 +0000] TCP 200 7 3 0.001 \"192.0.2.31:5432\"",
      "2001:db8::7 [20/Nov/2026:23:58:52 +0000] TCP 200 7 3 0.001 \"192.0.2.31:5432\"",
      "{\"state\":\"UP\",\"server\":\"a\",\"backend\":\"b\"}",
      "Server started in 30 ms", "state=SC server=a",
    ]
    for line in lines {
      let counts = read(Array(line.utf8), format: HAProxyLog.self, FormatSettings()).counts
      #expect(counts.faults[.notThisDialect] == 1, "\(line)")
    }
  }

  @Test("a check's cause is what HAProxy wrote, not what the server answered")
  func checks() {
    let head = "Health check for server be/s1 failed, reason: "
    #expect(
      outcomes(
        told(
          head + "Layer4 connection problem, info: \"No route to host\", check duration: 1ms",
          head + "Layer7 invalid response, info: \"unreachable\", check duration: 1ms",
          head + "Layer7 wrong status, code: 503, info: \"x\", check duration: 1ms",
          head + "Layer7 wrong status, code: 404, info: \"code: 500\", check duration: 1ms",
          "Server be/s1 is going DOWN for maintenance (No IP for server). 0 active",
          "Server be/s1 is DOWN, reason: Layer7 timeout, info: \"(DNS)\". 0 active"))
        == [
          "connect-unreachable", "bad-gateway-response", "http-5xx", "bad-gateway-response",
          "dns-failure", "server-down",
        ])
  }
}

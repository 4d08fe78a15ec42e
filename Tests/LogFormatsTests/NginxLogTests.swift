import LogEvents
import TestSupport
import Testing

@testable import LogFormats

struct NginxLogTests {
  private func error(_ text: String, level: String = "error", fields: String = "") -> [Told] {
    let line = "2026/11/20 23:58:41 [\(level)] 398#398: *13 \(text)\(fields)"
    return read(Array(line.utf8), format: NginxError.self, FormatSettings()).told
  }

  private func access(_ lines: [String]) -> [Told] {
    let text = lines.joined(separator: "\n")
    return read(Array(text.utf8), format: NginxAccess.self, FormatSettings()).told
  }

  @Test(
    "error texts tell the cause by number and action",
    arguments: [
      (
        "connect() failed (111: Connection refused) while connecting to upstream", "connect-refused"
      ),
      ("connect() failed (61: Connection refused) while connecting to upstream", "connect-refused"),
      (
        "connect() to 192.0.2.1:80 failed (113: x) while connecting to upstream",
        "connect-unreachable"
      ),
      ("connect() to unix:/a.sock failed (13: x) while connecting to upstream", "config-error"),
      ("connect() to 192.0.2.1:80 failed (99: x) while connecting to upstream", "overload"),
      ("upstream timed out (110: x) while connecting to upstream", "connect-timeout"),
      ("upstream timed out (110: x) while SSL handshaking to upstream", "tls-failure"),
      ("upstream timed out (110: x) while reading upstream", "response-timeout"),
      ("recv() failed (104: x) while reading response header from upstream", "connection-reset"),
      ("recv() failed (104: x) while proxying and reading from client", "client-abort"),
      ("upstream prematurely closed connection while reading upstream", "premature-close"),
      ("upstream sent too big header while reading response header", "bad-gateway-response"),
      ("no live upstreams while connecting to upstream", "pool-exhausted"),
      ("upstream server temporarily disabled while connecting to upstream", "server-down"),
      ("a.example.com could not be resolved (3: Host not found)", "dns-failure"),
      ("limiting requests, excess: 5.2 by zone \"z\"", "overload"),
      ("1024 worker_connections are not enough while connecting to upstream", "overload"),
      ("client intended to send too large body: 9 bytes", "request-body-failed"),
      ("auth request unexpected status: 503 while sending to client", "other"),
    ])
  func messages(_ text: String, _ outcome: String) {
    #expect(error(text).map { $0.fields["class"] } == [.string(outcome)])
  }

  @Test(
    "steps of which the layout has no time are left open",
    arguments: [
      ("502", #"uct="-" urt="0.002""#, "connect-refused"),
      ("502", #"uct="0.001" urt="0.002""#, "premature-close"),
      ("504", #"uct="-" urt="3.002""#, "connect-timeout"),
      ("504", #"uct="0.001" urt="3.002""#, "response-timeout"),
      ("504", #"uct="0.001" urt="0.002""#, "http-5xx"),
      ("502", #"uct="0.001" urt="0.002" upstream_response_length="17""#, "http-5xx"),
      ("503", #"uct="0.001" urt="0.002""#, "http-5xx"),
      ("502", #"uht="-" urt="0.002""#, "connect-refused"),
      ("502", #"uht="-" urt="0.902""#, "premature-close"),
      ("502", #"uht="0.900" urt="0.902""#, "http-5xx"),
      ("502", #"urt="0.902""#, "http-5xx"),
    ])
  func sparseTimes(_ status: String, _ times: String, _ outcome: String) {
    let line =
      #"203.0.113.3 - - [20/Nov/2026:23:58:41 +0000] "GET / HTTP/1.1" \#(status) 8 "-" "a" rt=1.0 "#
      + #"ua="192.0.2.11:8080" us="\#(status)" \#(times)"#
    #expect(access([line]).map { $0.fields["class"] } == [.string(outcome)])
  }

  @Test("few lines teach the places, in whatever order they stand")
  func placesOfFewLines() {
    func line(_ tail: String) -> String {
      #"203.0.113.3 - - [20/Nov/2026:23:58:41 +0000] "GET / HTTP/1.1" \#(tail)"#
    }
    let lines = [
      line(#"502 157 "-" "agent" "203.0.113.3" 0.301 - - - - -"#),
      line(#"502 157 "-" "agent" "2001:db8::9" 0.000 - - 0.000 dead 502"#),
      line(#"504 167 "-" "agent" "203.0.113.3" 0.300 - - 0.300 192.0.2.11:80 504"#),
      line(#"499 0 "-" "agent" "203.0.113.3" 0.101 0.000 - 0.101 192.0.2.11:80 -"#),
      line(#"502 157 "-" "agent" "203.0.113.3" 0.301 - - - - -"#),
    ]
    for turn in lines.indices {
      let turned = Array(lines[turn...] + lines[..<turn])
      let result = read(Array(turned.joined(separator: "\n").utf8), FormatSettings())
      #expect(result.format == NginxAccess.card.name)
      let classes = result.told.map { $0.fields["class"]?.string ?? "" }.sorted()
      #expect(
        classes == ["client-abort", "connect-timeout", "http-5xx", "http-5xx", "pool-exhausted"])
    }
  }

  @Test("what a referrer imitates is not the upstream")
  func imitation() {
    let fields =
      ", client: 203.0.113.5, server: _, request: \"GET / HTTP/1.1\", host: \"a\", "
      + "referrer: \"x\", upstream: \"http://192.0.2.9/\""
    let event = error("client intended to send too large body: 9 bytes", fields: fields).first
    #expect(event?.fields["backend"] == .null)
    #expect(event?.fields["client"] == .string("203.0.113.5"))
  }

  @Test("an application's lines continue the record, an access line does not")
  func mixedStream() {
    let text = """
      2026/11/20 23:58:41 [error] 1#1: *1 FastCGI sent in stderr: "first
      second" while reading response header from upstream, client: 203.0.113.5, server: _
      203.0.113.5 - - [20/Nov/2026:23:58:41 +0000] "GET / HTTP/1.1" 200 5 "-" "-"
      """
    let counts = read(Array(text.utf8), format: NginxError.self, FormatSettings()).counts
    #expect(counts.records == 2)
    #expect(counts.faults == [.notThisDialect: 1])
  }

  @Test("a failure that another upstream made good names the first one")
  func masked() {
    let line =
      "203.0.113.3 - - [20/Nov/2026:23:58:41 +0000] \"GET / HTTP/1.1\" 200 8 \"-\" \"-\" rt=0.001 "
      + "uct=\"-, 0.000\" uht=\"-, 0.001\" ua=\"192.0.2.1:80, 192.0.2.2:80\" us=\"502, 200\""
    let event = access([line]).first
    #expect(event?.fields["class"] == .string("connect-refused"))
    #expect(event?.fields["backend"] == .string("192.0.2.1:80"))
  }

  @Test("fields without names are read by place once a line has shown them")
  func places() {
    let head = "203.0.113.3 - - [20/Nov/2026:23:58:41 +0000] \"GET / HTTP/1.1\" "
    let events = access([
      head + "200 8 \"-\" \"-\" 0.001 192.0.2.1:80 200", head + "502 8 \"-\" \"-\" 0.001 app 502",
    ])
    #expect(events.map { $0.fields["class"] } == [.string("ok"), .string("pool-exhausted")])
    #expect(events.last?.fields["pool"] == .string("app"))
  }

  @Test("a combined line without upstreams is left to others")
  func nearMiss() {
    let line = "203.0.113.3 - - [20/Nov/2026:23:58:41 +0000] \"GET / HTTP/1.1\" 502 8 \"-\" \"-\""
    #expect(access([line]).isEmpty)
  }

  @Test("a status that nobody sent is a garbage answer")
  func garbage() {
    let line =
      "{\"time\":\"2026-11-20T23:58:41+00:00\",\"status\":009,\"upstream_addr\":\"192.0.2.1:80\","
      + "\"upstream_response_time\":,\"upstream_status\":\"009\"}"
    #expect(access([line]).first?.fields["class"] == .string("bad-gateway-response"))
  }
}

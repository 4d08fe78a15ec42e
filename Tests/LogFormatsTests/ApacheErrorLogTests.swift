import LogEvents
import TestSupport
import Testing

@testable import LogFormats

struct ApacheErrorLogTests {
  private func read(_ lines: [String]) -> [Told] {
    let text = lines.joined(separator: "\n")
    return TestSupport.read(Array(text.utf8), format: ApacheErrorLog.self, FormatSettings()).told
  }

  private func line(_ text: String, level: String = "proxy:error") -> String {
    "[Sat Nov 21 00:10:34.419647 2026] [\(level)] [pid 9:tid 8] \(text)"
  }

  private let connect = "AH00957: http: attempt to connect to 192.0.2.11:8080 (app1.example.com)"

  @Test(
    "a connect's status tells the cause, by text or by number",
    arguments: [
      ("(111)Connection refused", "connect-refused"), ("(146)x", "connect-refused"),
      ("(730061)x", "connect-refused"), ("(os 0x8007274d)x", "connect-refused"),
      ("(OS 10060)x  ", "connect-timeout"), ("(70007)x", "connect-timeout"),
      ("(730065)x", "connect-unreachable"), ("(13)Permission denied", "config-error"),
      ("(99)x", "pool-exhausted"), ("(24)x", "overload"),
    ])
  func statuses(_ status: String, _ outcome: String) {
    let told = read([line("\(status): \(connect) failed")])
    #expect(told.map { $0.fields["class"] } == [.string(outcome)])
    #expect(told.first?.fields["backend"] == .string("app1.example.com:8080"))
  }

  @Test("what a client imitates in its path is not the message")
  func imitation() {
    let told = read([
      line("AH00898: Error reading from remote server returned by /DNS lookup failure for: x")
    ])
    #expect(told.map { $0.fields["class"] } == [.string("premature-close")])
    let old =
      "[Sat Nov 21 00:10:34 2026] [error] [client 203.0.113.9] File does not exist: "
      + "/var/proxy: HTTP: attempt to connect to 192.0.2.1:5 (x) failed"
    #expect(read([old]).map { $0.fields["class"] } == [.string("other")])
  }

  @Test("TLS trouble with the client is not the backend's")
  func inbound() {
    let library = "SSL Library Error: error:0A00010B:SSL routines::wrong version number"
    let handshake = "[client 203.0.113.9:1] AH02008: SSL library error 1 in handshake"
    #expect(read([line(handshake, level: "ssl:info"), line(library, level: "ssl:info")]).isEmpty)
    #expect(read([line(library, level: "ssl:info")]).count == 1)
  }

  @Test(
    "formats without brackets are read by their anchors",
    arguments: [
      "2026-11-21 00:10:34.4|error|proxy|9|8|203.0.113.9:50000|(104)Connection reset by peer|",
      "2026-11-21 00:10:34.4 [proxy:error] [pid 9:tid 8] [client 203.0.113.9:50000] (104)x: ",
      "[2026-11-21 00:10:34.4] [error] 9:8 203.0.113.9:50000 (104)Connection reset by peer ",
    ])
  func anchors(_ head: String) {
    let told = read([
      head + "AH01102: error reading status line from remote server app1.example.com:8080"
    ])
    #expect(told.map { $0.fields["class"] } == [.string("connection-reset")])
    #expect(told.first?.fields["client"] == .string("203.0.113.9"))
    #expect(told.first?.fields["backend"] == .string("app1.example.com:8080"))
  }
}

struct ApacheForensicTests {
  @Test(
    "only marked ids with a time are forensic records",
    arguments: [
      ("+awDkjc1lZRHxXCPba5uLnAAAAAE|GET / HTTP/1.1|Host:x", true),
      ("-awDkjc1lZRHxXCPba5uLnAAAAAE", true), ("-1a2b:6b00e48d:3", true),
      ("------------------------", false), ("+awDkjc1lZRHxXCPba5uLnAAAAAE", false),
      ("- a list item", false), ("+", false), ("-1:2:3", false),
    ])
  func records(_ text: String, _ isKnown: Bool) {
    let counts = TestSupport.read(
      Array(text.utf8), format: ApacheForensic.self, FormatSettings()
    ).counts
    #expect(counts.chatter == (isKnown ? 1 : 0))
  }
}

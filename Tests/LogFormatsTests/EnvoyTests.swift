import LogEvents
import TestSupport
import Testing

@testable import LogFormats

struct EnvoyTests {
  private func text(_ flags: String, details: String = "", status: String = "503") -> [Told] {
    let mesh = details.isEmpty ? "" : " \(details) - \"-\""
    let line =
      "[2026-03-03T08:00:01.100Z] \"GET /a HTTP/1.1\" \(status) \(flags)\(mesh) 0 91 12 - "
      + "\"203.0.113.7\" \"agent\" \"id\" \"shop.example.com\" \"192.0.2.11:8080\""
    return read(Array(line.utf8), format: EnvoyAccess.self, FormatSettings()).told
  }

  @Test(
    "the flag that tells most decides, its details refine a failed connection",
    arguments: [
      ("UF", "", "connect-refused"), ("UF,URX", "", "connect-refused"), ("URX", "", "other"),
      ("URX,UC", "", "premature-close"), ("DC,UT", "", "response-timeout"),
      ("UF", "upstream_reset_before_response_started{connection_timeout}", "connect-timeout"),
      ("UF", "x{remote_connection_failure,delayed_connect_error:_113}", "connect-unreachable"),
      ("UF", "x{remote_connection_failure,TLS_error:_1:SSL}", "tls-failure"),
      ("UC", "x{connection_termination}", "premature-close"), ("NR", "", "config-error"),
      ("UpstreamOverflow", "", "overload"), ("NEW", "", "other"), ("-", "", "http-5xx"),
      ("-", "direct_response", "info"), ("DPE", "", "info"),
    ])
  func flags(_ flags: String, _ details: String, _ outcome: String) {
    #expect(text(flags, details: details).map { $0.fields["class"] } == [.string(outcome)])
  }

  @Test("a success keeps its status as its code")
  func success() {
    let told = text("-", status: "404")
    #expect(told.map { $0.fields["class"] } == [.string("ok")])
    #expect(told.first?.fields["code"] == .string("404"))
  }

  @Test(
    "cut and foreign lines tell nothing",
    arguments: [
      "[2026-03-03T08:00:01.100Z] \"GET /a HTTP/1.1\" 503 UF 0 91",
      "[2026-03-03T08:00:01.100Z] \"GET /a HTTP/1.1\" 503",
      "203.0.113.7 - - [03/Mar/2026:08:00:01 +0000] \"GET /a HTTP/1.1\" 503 12",
    ])
  func faults(_ line: String) {
    let (told, counts, _) = read(Array(line.utf8), format: EnvoyAccess.self, FormatSettings())
    #expect(told.isEmpty)
    #expect(counts.faultCount == 1)
  }

  @Test("an ejection that is not enforced changes no state")
  func notEnforced() {
    let line =
      "{\"type\":\"SUCCESS_RATE\",\"cluster_name\":\"shop\",\"upstream_url\":\"192.0.2.1:80\","
      + "\"action\":\"EJECT\",\"enforced\":false,\"timestamp\":\"2026-03-03T08:30:11Z\"}"
    let told = read(Array(line.utf8), format: EnvoyObjects.self, FormatSettings()).told
    #expect(told.map { $0.fields["class"] } == [.string("info")])
  }
}

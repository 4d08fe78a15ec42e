import LogEvents
import TestSupport
import Testing

@testable import LogFormats

/// Traefik, NetScaler and KEMP.
struct ApplianceTests {
  @Test(
    "a Go error tells the cause of a Traefik answer",
    arguments: [
      ("dial tcp 192.0.2.7:80: connect: connection refused", "connect-refused"),
      ("dial tcp 192.0.2.7:80: i/o timeout", "connect-timeout"),
      ("dial tcp: lookup a.example.com on 192.0.2.53:53: no such host", "dns-failure"),
      ("read tcp 192.0.2.1:4->192.0.2.7:80: i/o timeout", "response-timeout"),
      ("net/http: timeout awaiting response headers", "response-timeout"),
      ("unexpected EOF", "premature-close"), ("context canceled", "client-abort"),
      ("tls: failed to verify certificate: x509: certificate has expired", "tls-failure"),
      ("something new", "bad-gateway-response"),
    ])
  func causes(_ error: String, _ outcome: String) {
    let line = "2026-01-10T14:23:00Z DBG 502 Bad Gateway error=\"\(error)\""
    let told = read(Array(line.utf8), format: TraefikLog.self, FormatSettings()).told
    #expect(told.map { $0.fields["class"] } == [.string(outcome)])
  }

  @Test("the console log of another program is not Traefik's")
  func foreignConsole() {
    let line = "2026-01-10T14:23:00Z INF listening addr=192.0.2.1:80"
    let counts = read(Array(line.utf8), format: TraefikLog.self, FormatSettings()).counts
    #expect(counts.faults[.notThisDialect] == 1)
  }

  @Test("text of a user imitates no state of NetScaler")
  func imitation() {
    let line =
      "<134> 03/13/2026:04:05:26 GMT ns1 0-PPE-0 : default REWRITE Message 62431982 0 :  "
      + "\"EVENT MONITORDOWN 1 0 : Monitor MonServiceBinding_192.0.2.1:80_(a)(b) - State DOWN\""
    let (told, counts, _) = read(Array(line.utf8), format: NetScalerLog.self, FormatSettings())
    #expect(told.isEmpty)
    #expect(counts.chatter == 1)
  }

  @Test("a carrier's stamp tells day from month")
  func dateOrder() {
    let line =
      "<133>Apr  3 04:05:07 lb1 03/04/2026:04:05:06 GMT ns1 0-PPE-0 : default EVENT DEVICEDOWN 1 0 :"
      + "  Device \"server_svc_NSSVC_HTTP_192.0.2.1:80(a)\" - State DOWN"
    var settings = FormatSettings()
    settings.assumedYear = 2026
    let told = read(Array(line.utf8), format: NetScalerLog.self, settings).told
    #expect(told.first?.fields["time"] == .string("2026-04-03T04:05:06Z"))
  }

  @Test("a word of KEMP counts only beside an address")
  func kempNeedsAddress() {
    let line = "2025-10-15T08:15:02+02:00 lb1 app: VS Code is down"
    let (told, counts, _) = read(Array(line.utf8), format: KempLog.self, FormatSettings())
    #expect(told.isEmpty)
    #expect(counts.faults[.notThisDialect] == 1)
  }
}

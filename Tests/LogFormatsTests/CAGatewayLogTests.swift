import LogEvents
import TestSupport
import Testing

@testable import LogFormats

@Suite("CA API Gateway's log")
struct CAGatewayLogTests {
  /// Class and backend of the failures that one request's records tell.
  private func told(_ body: String) -> [String] {
    let stamp = "2026-11-20T23:57:51.342+0000"
    let text = """
      \(stamp) INFO    412 com.l7tech.server.message: Processing request for service: Orders [/orders*]
      \(stamp) WARNING 412 \(body)
      \(stamp) WARNING 412 com.l7tech.server.message: Message was not processed: Error in Assertion Processing (601)
      """
    return read(Array(text.utf8), format: CAGatewayLog.self, FormatSettings()).told.map {
      "\($0.fields["class"]?.string ?? "") \($0.fields["backend"]?.string ?? "none")"
    }
  }

  @Test(
    "the reason of a routing decides the class",
    arguments: [
      ("Connection refused", "connect-refused"), ("connect timed out", "connect-timeout"),
      ("Connect to b.example.com:8443 timed out", "connect-timeout"),
      ("Read timed out Timed out at 60000ms.", "response-timeout"),
      ("Network is unreachable", "connect-unreachable"), ("b.example.com", "dns-failure"),
      ("Software caused connection abort: recv failed", "connection-reset"),
      ("b.example.com:8443 failed to respond", "premature-close"),
      (
        "The server b.example.com failed to respond with a valid HTTP response",
        "bad-gateway-response"
      ),
      ("Invalid status line: x", "bad-gateway-response"), ("Broken pipe", "request-body-failed"),
      ("SSLException: Connection reset", "connection-reset"),
      ("Certificate not verified. Caused by: Connection reset", "tls-failure"),
      ("Timeout waiting for connection from pool", "pool-exhausted"),
      ("Connection pool shut down", "other"), ("unknown protocol: htp", "config-error"),
      ("Verbindungsaufbau abgelehnt", "connect-refused"),
    ])
  func routing(reason: String, outcome: String) {
    let url = "https://b.example.com:8443/x"
    let text =
      "com.l7tech.server.policy.assertion.ServerHttpRoutingAssertion: 4042: Problem routing to \(url). "
      + "Error msg: Unable to obtain HTTP response from \(url): \(reason)"
    #expect(told(text) == ["\(outcome) b.example.com:8443"])
  }

  @Test(
    "directories, queues and databases are backends too",
    arguments: [
      (
        "x.LdapUrlProviderImpl: Blacklisting url for next 60 seconds: ldap://l.example.com",
        "server-down l.example.com:389"
      ),
      ("x.Y: simple bind failed: l.example.com:636", "tls-failure l.example.com:636"),
      (
        "x.Y: AMQ9204: Connection to host 'mq.example.com(1414)' rejected",
        "other mq.example.com:1414"
      ),
      (
        "x.Y: ORA-12541: TNS:no listener (HOST=d.example.com)(PORT=1521)",
        "connect-refused d.example.com:1521"
      ),
    ])
  func otherBackends(body: String, event: String) {
    #expect(told("com.l7tech." + body).contains(event))
  }
}

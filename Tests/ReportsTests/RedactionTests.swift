import Correlator
import Foundation
import LogEvents
import Playbooks
import TestSupport
import Testing

@testable import Reports

@Suite("Redaction")
struct RedactionTests {
  @Test(
    "Secrets go, what is around them stays",
    arguments: [
      ("GET /a?token=abc123&x=1 HTTP/1.1", "GET /a?token=***&x=*** HTTP/1.1"),
      ("/a?justavalue", "/a?***"), ("/a;jsessionid=0A1B/b", "/a;jsessionid=***/b"),
      ("at 'https://bob:s3cret@h.example.com/x?q=1'", "at 'https://***@h.example.com/x?q=***'"),
      ("Authorization: Bearer abc.def", "Authorization: ***"),
      ("sent Bearer abcdef here", "sent Bearer *** here"),
      ("basic authentication failed", "basic authentication failed"),
      ("Basic dXNlcjpwYXNz", "Basic ***"),
      ("|Cookie:a=b; c=d|Host:h|", "|Cookie:***|Host:h|"),
      ("{\"password\":\"p w\",\"n\":1}", "{\"password\":\"***\",\"n\":1}"),
      ("{\\\"token\\\":\\\"abc\\\",\\\"n\\\":1}", "{\\\"token\\\":\\\"***\\\",\\\"n\\\":1}"),
      ("user=alice code=503", "user=*** code=503"),
      ("Authentication failed for user alice.", "Authentication failed for user ***"),
      ("mail to bob@example.com now", "mail to ***@example.com now"),
      (
        "192.0.2.9 - alice b [20/Nov/2026:07:00:00 +0000] \"GET /\"",
        "192.0.2.9 - *** [20/Nov/2026:07:00:00 +0000] \"GET /\""
      ),
      ("/cb%3Fcode%3Dabc", "/cb%3F***"), ("/cb#access_token=abc", "/cb#access_token=***"),
      ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln x", "*** x"),
      ("/t/aB3dE6gH9jK2mN5pQ8sT1vW4 x", "/t/*** x"),
      ("what? nothing", "what? nothing"),
      ("connect() failed (111: Connection refused)", "connect() failed (111: Connection refused)"),
    ])
  func scrubs(text: String, expected: String) {
    #expect(SecretText.scrubbed(text) == expected)
  }

  @Test(
    "Ordinary evidence stays as it is",
    arguments: [
      "AH00957: HTTP: attempt to connect to 192.0.2.1:8080 (be1.example.com:8080) failed",
      "0/0/-1/-1/3 503 87 - - SC-- 1/1/0/0/0 0/0 \"GET /price/566 HTTP/1.1\"",
      "Connection error(7) at 'https://orders.example.com:8443/orders/v2/submit'",
      "no live upstreams while connecting to upstream", "upstream: \"http://192.0.2.5:8080/a/b\"",
      "checkout-service-7f9c6d5b8f-x2x4z", "User-Agent: curl/8.5", "",
    ])
  func keeps(text: String) {
    #expect(SecretText.scrubbed(text) == text)
  }

  @Test("Pseudonyms are stable, numbered as met, and only where asked for")
  func pseudonyms() {
    var redactor = Redactor(Redaction([.ips, .hosts, .users]))
    redactor.learn(host: "ord1:8080")
    #expect(
      redactor.text("192.0.2.7:80 ord1 be.example.com [2001:db8::7]:443")
        == "ip-1:80 host-1 host-2 [ip-2]:443")
    #expect(redactor.text("be.example.com 192.0.2.7 BE.example.com") == "host-2 ip-1 host-2")
    #expect(
      redactor.text("user=alice user=bob user=alice") == "user=user-1 user=user-2 user=user-1")
    #expect(
      redactor.text("error.log at 07:12:04 java.net.SocketException")
        == "error.log at 07:12:04 java.net.SocketException")
    var plain = Redactor(Redaction())
    #expect(plain.text("192.0.2.7:80 be.example.com") == "192.0.2.7:80 be.example.com")
  }

  @Test(
    "Addresses end where they end",
    arguments: [
      ("192.0.2.7", "ip-1"), ("192.0.2.230.636", "ip-1.636"), ("::1 x", "ip-1 x"),
      ("12:30:45", "12:30:45"),
      ("2001:db8:77::9:40212", "ip-1:40212"), ("::ffff:192.0.2.1", "ip-1"),
      ("256.1.1.1", "256.1.1.1"),
      ("2001:db8::5.8080", "ip-1.8080"), ("std::string", "std::string"),
      ("fe80a1::", "fe80a1::"), ("::40212", "::40212"),
    ])
  func addresses(text: String, expected: String) {
    var redactor = Redactor(Redaction([.ips]))
    #expect(redactor.text(text) == expected)
  }

  @Test("Nothing that a log can hold breaks it, and what is redacted stays as it is")
  func survives() {
    var dice = Dice(11)
    let parts = [
      "?", "&", "=", ";", "#", "@", "://", "user", "token", ":", " ", "\"", "'", "\\", "%3F", "eyJ",
      "Bearer ",
      "[20/Nov/2026:07:00:00 +0000]", " - ", "1.2.3.4", "::", "fe80", "a", "Z9", "é", "\u{0}", "\n",
      "cookie:", "***",
    ]
    for _ in 0..<10_000 {
      let text = (0..<Int.random(in: 0..<14, using: &dice))
        .map { _ in parts[Int.random(in: 0..<parts.count, using: &dice)] }.joined()
      let once = SecretText.scrubbed(text)
      #expect(SecretText.scrubbed(once) == once, "\(text)")
      var redactor = Redactor(Redaction([.ips, .hosts, .users]))
      _ = redactor.uri(text)
      _ = redactor.text(text)
    }
  }

  /// Secrets in all fields, in all shapes: none of them is in any page.
  @Test("A search of every page finds no secret", arguments: 0..<40 as Range<UInt64>)
  func findsNothing(seed: UInt64) throws {
    var dice = Dice(seed)
    let secrets = (0..<8).map { _ in Self.secret(&dice) }
    let shapes: [(String) -> String] = [
      { "GET /a?token=\($0)&n=1 HTTP/1.1" }, { "/p;jsessionid=\($0)/q?x" },
      { "http://u\($0):\($0)@h/" },
      { "Authorization: Bearer \($0)" }, { "authorization=Basic \($0)" },
      { "Cookie: a=\($0); b=\($0)" },
      { "\"Set-Cookie\":\"sid=\($0)\"" }, { "{\"password\":\"\($0)\"}" }, { "\($0)@example.com" },
      { "eyJ\($0)eyJ.eyJ\($0).\($0)" }, { "x-api-key: \($0)" }, { "user=\($0), ok" },
      { "/s?\($0)" },
      { "url: https://h.example.com/x?a=b&c=\($0)" },
      { "192.0.2.1 - \($0) [20/Nov/2026:07:00:00 +0000] \"GET / HTTP/1.1\" 502 1" },
      { "{\\\"access_token\\\":\\\"\($0)\\\"}" }, { "/cb%3Ftoken%3D\($0)" }, { "secret: '\($0)'" },
    ]
    func text() -> String {
      let secret = secrets.randomElement(using: &dice) ?? ""
      let shape = shapes.randomElement(using: &dice) ?? { $0 }
      return "x " + shape(secret) + " y"
    }
    let start = Timestamp(milliseconds: 1_795_158_000_000)
    var found = Case(
      pattern: Pattern.allCases.randomElement(using: &dice) ?? .constant, backend: text(),
      interval: Interval(start: start, end: start), failures: 9, confidence: 0.9)
    found.classes = [
      Outcome.allCases.filter(\.countsAgainstBackend).randomElement(using: &dice) ?? .other: 9
    ]
    (found.pool, found.key, found.address) = (text(), text(), text())
    (found.services, found.gateways, found.missing) = ([text()], [text()], [text()])
    found.confidenceReason = text()
    var exemplar = Exemplar(time: start, outcome: .other, file: text(), line: 1)
    (exemplar.gateway, exemplar.client, exemplar.code) = (text(), text(), text())
    (exemplar.uri, exemplar.message) = ("/u?v=" + text(), text())
    found.exemplars = [exemplar]
    found.surroundings.gateways = [
      .init(text(), failures: 9, successes: 0), .init(text(), failures: 0, successes: 900),
    ]
    found.surroundings.onset = .init(backend: text(), exemplar: exemplar)
    found.surroundings.unresolved = [.init(text(), failures: 1, successes: 0)]
    found.surroundings.change = Change(
      time: start.milliseconds, kind: .deploy, backend: text(), gateway: text(), stream: text())
    var result = Classification()
    result.cases = [found]
    result.backends = [
      BackendSummary(
        name: text(), gateways: [text()], pools: [text()], services: [text()], failures: 9,
        successes: 0,
        attempts: 0, classes: [:])
    ]
    var file = FileSummary(path: text(), format: "haproxy")
    file.problem = text()
    let kinds: Set<Redaction.Kind> = Bool.random(using: &dice) ? [] : [.ips, .hosts, .users]
    let report = Report(
      files: [file], classification: result, clientAborts: 0, redaction: Redaction(kinds))
    let pages = [
      TerminalReport(report, isFull: true).text, MarkdownReport.text(report),
      CSVReport.text(report),
      try JSONReport.text(report),
    ]
    for page in pages {
      // Layout may fold a long word; nothing of a secret may be there in any case.
      let flat = page.replacing("\n", with: "").replacing(" ", with: "").replacing("\\", with: "")
      for secret in secrets { #expect(!flat.contains(secret), "\(secret) in \(page)") }
    }
    let again = Report(
      files: [file], classification: result, clientAborts: 0, redaction: Redaction(kinds))
    #expect(try JSONReport.text(again) == pages[3])
  }

  /// Nine to thirty letters and digits, as tokens are.
  private static func secret(_ dice: inout Dice) -> String {
    let letters = Array("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")
    let length = Int.random(in: 9...30, using: &dice)
    return String(
      (0..<length).map { _ in letters[Int.random(in: 0..<letters.count, using: &dice)] })
  }
}

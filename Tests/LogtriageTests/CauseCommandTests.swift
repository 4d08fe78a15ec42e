import Foundation
import Testing
import TestSupport

@Suite("Commands: demo, diff, redaction, --fail-on, explain")
struct CauseCommandTests {
  private let incident = "SampleLogs/incidents/three-backends"

  @Test("The demo tells its story, the same each time, in one screen")
  func demo() throws {
    let told = try Program.run(["demo"])
    #expect(told.status == 0)
    #expect(told.output == (try Program.run(["demo"])).output)
    let lines = told.output.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 80 })
    for (word, backend) in [
      ("CONSTANT", "orders.example.com"), ("CONSTANT", "reports.example.com"),
      ("CLUSTERED", "pricing.example.com"), ("SPORADIC", "ledger.example.com"),
    ] { #expect(lines.contains { $0.contains(word) && $0.contains(backend) }) }
    #expect(!told.output.contains("search.example.com"))
    let full = try Program.run(["demo", "--full"]).output
    #expect(full.contains("accepts connections and answers none"))
    #expect(full.contains("took 60 to 60.01 s"))
    #expect(full.contains("exchanges were at work at once"))
    #expect(full.contains("[good] client -> lb1, lb2"))
  }

  @Test("A comparison tells what is new, and --fail-on decides the status")
  func diff() throws {
    try Program.withDirectory { directory in
      let digest = directory.appending(path: "lb1.digest").path
      #expect(try Program.run(["digest", "-o", digest, incident + "/lb1"]).status == 0)
      let same = try Program.run([
        "diff", "--fail-on", "new,grown,changed,constant", digest, digest,
      ])
      #expect(same.status == 0)
      #expect(same.output.contains("none that is more than chance"))
      let other = directory.appending(path: "web1.digest").path
      #expect(try Program.run(["digest", "-o", other, incident + "/web1"]).status == 0)
      let told = try Program.run(["diff", "--fail-on", "constant", digest, other])
      #expect(told.status == 1)
      #expect(told.output.contains("NEW      orders.example.com:8443"))
      // Below the names of the two sides, a digest says what its logs say.
      let logs = try Program.run(["diff", digest, incident + "/web1"]).output
      #expect(
        told.output.split(separator: "CHANGES\n").last == logs.split(separator: "CHANGES\n").last)
      for (list, status) in [("dns-failure", 0), ("connect-refused", 1), ("new", 1)]
        as [(String, Int32)]
      {
        #expect(try Program.run(["diff", "--fail-on", list, digest, other]).status == status)
      }
      let page = directory.appending(path: "diff.md").path
      let json = try Program.run(["diff", "-o", page, "--format", "json", digest, other]).output
      let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
      #expect(object?["schema"] as? Int == 1)
      #expect(try String(contentsOfFile: page, encoding: .utf8).contains("| new | orders"))
      // The same of a report.
      for (list, status) in [
        ("constant", 1), ("http-5xx,connect-refused", 1), ("ramp,dns-failure", 0),
      ]
        as [(String, Int32)]
      {
        #expect(try Program.run(["merge", other, "--fail-on", list]).status == status)
      }
    }
    #expect(try Program.run(["diff", incident]).status == 2)
    #expect(try Program.run(["diff", "--fail-on", "nonsense", incident, incident]).status != 0)
  }

  @Test("Events are raw unless redaction is asked for; reports never are")
  func redaction() throws {
    let line =
      "203.0.113.7:57315 [20/Nov/2026:23:57:51.236] fe be/ord1 0/0/-1/-1/3 503 87 - - SC-- 1/1/0/0/0 "
      + "0/0 \"GET /a?token=s3cr3tT0ken HTTP/1.1\"\n"
    let input = Data(line.utf8)
    #expect(try Program.run(["events", "-"], input: input).output.contains("s3cr3tT0ken"))
    let told = try Program.run(["events", "--redact", "ips,hosts", "-"], input: input).output
    #expect(!told.contains("s3cr3tT0ken") && !told.contains("203.0.113.7"))
    #expect(told.contains("\"client\":\"ip-1\"") && told.contains("\"backend\":\"host-1\""))
    for format in ["text", "md", "json", "csv"] {
      let page = try Program.run(["report", "--full", "--format", format, "-"], input: input).output
      #expect(!page.contains("s3cr3tT0ken"))
      if format == "json" { #expect(page.contains("token=***")) }
    }
    let hidden = try Program.run(["--full", "--redact", "ips,hosts,users", incident]).output
    #expect(!hidden.contains("example.com") && !hidden.contains("203.0.113."))
    #expect(
      hidden == (try Program.run(["--full", "--redact", "ips,hosts,users", incident])).output)
  }

  @Test(
    "--redact alone takes out all three, wherever it stands; a wrong list is told what to write")
  func redactAlone() throws {
    let all = try Program.run(["--redact=ips,hosts,users", incident]).output
    #expect(all.contains("taken out  secrets, ips, hosts, users"))
    for arguments in [
      ["--redact", incident], [incident, "--redact"], ["--redact", "--full", incident],
      ["report", "--redact", "--", incident], ["--redact", "users,ips,hosts", incident],
    ] {
      let told = try Program.run(arguments)
      #expect(told.status == 0 && told.output.contains("taken out  secrets, ips, hosts, users"))
      #expect(!told.output.contains("example.com"))
    }
    let piped = try Program.run(
      ["events", "--redact", "-"], input: Data(Self.logs[0].line(10, "x").utf8))
    #expect(piped.output.contains("\"client\":\"ip-1\""))
    #expect(try Program.run(["--redact", "secrets", incident]).output.contains("example.com"))
    for list in ["everything", "ips,everything", "ips,,hosts"] {
      for arguments in [["--redact", list, incident], ["--redact=" + list, incident]] {
        let refused = try Program.run(arguments)
        #expect(refused.status == 2 && refused.output.isEmpty)
        #expect(refused.errors.contains("--redact=ips,hosts,users"))
      }
    }
  }

  @Test(
    "Records that could not be read are shown by file and reason, the first of each as it begins")
  func unreadRecords() throws {
    try Program.withDirectory { directory in
      let log = directory.appending(path: "ha.log")
      let good = Self.logs[0].line(10, "x") + "\n"
      let bad = "quux <b>one</b> token=kR7wQz2TpLx9 | `two`\nquux three\n"
      try Data((String(repeating: good, count: 9) + bad + good).utf8).write(to: log)
      let place = "ha.log:10"
      let pages = try ["md", "html", "json"].map {
        try Program.run(["--format", $0, log.path]).output
      }
      let full = try Program.run(["--full", log.path]).output
      for page in pages + [full] {
        #expect(page.contains("quux") && !page.contains("quux three"))
        #expect(!page.contains("kR7wQz2TpLx9"))
      }
      #expect(pages.allSatisfy { $0.contains("not in this dialect") })
      #expect(pages[0].contains(place) && pages[1].contains(place) && full.contains(place))
      #expect(pages[1].contains("quux &lt;b&gt;one"))
      #expect(pages[2].contains("\"firstLine\" : 10"))
      #expect(full.contains("ha.log: 2 (17%), not in this"))
    }
  }

  @Test("--full has the sections of the page, in its order and in 80 columns")
  func fullSections() throws {
    let told = try Program.run(["--full", incident]).output
    let headings = told.split(separator: "\n").filter {
      $0.allSatisfy { $0.isUppercase || $0 == " " } && $0.count > 3
    }
    #expect(
      headings.map { String($0) } == [
        "VERDICTS", "WHAT HAPPENED", "NEXT", "TIMELINE", "WHERE IT BREAKS", "HOW WIDE",
        "WHAT THE FAILED REQUESTS SHARE", "IMPACT", "FINDINGS", "UNKNOWN LINES", "SOURCES",
      ])
    #expect(told.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test("What is explained is wrapped at 80 columns and found as it is shown")
  func explained() throws {
    for term in ["AH00957", "connect-refused", "0x01130006", "01070638", "json", "L4TOUT"] {
      let told = try Program.run(["explain", term])
      #expect(told.status == 0)
      #expect(told.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }
    for (shown, pattern) in [
      ("STUCK", "backlog-capture"), ("CLUSTERED", "clustered"), ("ONE-URL", "url-concentrated"),
      ("keepalive_race", "keepalive-race"), ("UNKNOWN", "insufficient"),
    ] {
      #expect(try Program.run(["explain", shown]).output.hasPrefix("\(pattern) (pattern)\n"))
    }
  }

  /// One secret in every place where a log may have one, in the shapes of several products.
  private static let logs: [(name: String, line: @Sendable (Int, String) -> String)] = [
    (
      "haproxy.log",
      {
        "203.0.113.7:5 [20/Nov/2026:07:\($0):51.236] fe be/ord1 0/0/-1/-1/3 503 87 - - SC-- 1/1/0/0/0 0/0 "
          + "{Bearer \($1)} \"GET /a;jsessionid=\($1)/b?token=\($1)&\($1) HTTP/1.1\""
      }
    ),
    (
      "error.log",
      {
        "2026/11/20 07:\($0):00 [error] 7#7: *1 connect() failed (111: Connection refused) while connecting to "
          + "upstream, client: 192.0.2.9, server: s, request: \"GET /x?sid=\($1) HTTP/1.1\", upstream: "
          + "\"http://u:\($1)@192.0.2.5:80/x?sid=\($1)\", host: \"h\", referrer: \"https://h/?code=\($1)\""
      }
    ),
    (
      "access.log",
      {
        "192.0.2.9 - \($1) [20/Nov/2026:07:\($0):00 +0000] \"GET /p?q=\($1) HTTP/1.1\" 502 1 "
          + "\"https://h/?session=\($1)\" \"curl \($1)@example.com\""
      }
    ),
    (
      "apache.log",
      {
        "[Fri Nov 20 07:\($0):00.000001 2026] [proxy:error] [pid 7:tid 8] (111)Connection refused: AH00957: HTTP: "
          + "attempt to connect to 192.0.2.8:80 (be.example.com:80) failed, referer: https://h/cb#access_token=\($1)"
      }
    ),
    (
      "events.ndjson",
      {
        "{\"file\":\"e\",\"line\":1,\"time\":\"2026-11-20T07:\($0):00Z\",\"class\":\"http-5xx\",\"backend\":"
          + "\"be2:80\",\"client\":\"\($1)@example.com\",\"uri\":\"/r?password=\($1)\",\"message\":\"Cookie: a=\($1); "
          + "b=\($1)\"}"
      }
    ),
  ]

  @Test("No secret of the input is in any page, whatever the product")
  func hidesSecrets() throws {
    try Program.withDirectory { directory in
      let secret = "kR7wQz2TpLx9"
      for log in Self.logs {
        let lines = (10..<50).map { log.line($0, secret) + "\n" }.joined()
        try Data(lines.utf8).write(to: directory.appending(path: log.name))
      }
      let raw = try Program.run(["events", directory.path]).output
      #expect(raw.split(separator: "\n").count >= 160)
      #expect(raw.contains(secret))
      var outputs = [try Program.run(["events", "--redact", "secrets", directory.path]).output]
      for format in ["text", "md", "json", "csv"] {
        outputs.append(
          try Program.run(["report", "--full", "--top", "99", "--format", format, directory.path])
            .output)
      }
      outputs.append(try Program.run(["diff", directory.path, directory.path]).output)
      for output in outputs {
        #expect(output.count > 100)
        #expect(!output.replacing("\n", with: "").contains(secret), "\(output)")
      }
    }
  }

  @Test("An unknown code ends with 2 and says what is near; several words are one message")
  func explain() throws {
    let unknown = try Program.run(["explain", "AH0095"])
    #expect(unknown.status == 2)
    #expect(unknown.errors.contains("AH00957"))
    let text = try Program.run(["explain", "no", "live", "upstreams"])
    #expect(text.status == 0)
    #expect(text.output.contains("does not prove:"))
  }
}

import LogEvents
import TestSupport
import Testing

@testable import LogFormats

/// Lines that a format goes over in one loop tell what reading them one by one tells.
@Suite("Runs of lines")
struct LineRunTests {
  private static let headers = [
    "", "2026-11-20T23:57:51.236+01:00 lb1 haproxy[3049]: ",
    "<134>Nov 20 23:57:51 lb1 haproxy[3049]: ",
    "2026-11-20T23:57:51.236117Z lb1 haproxy[31]: ", "Nov 20 23:57:51 lb1 proxy: ",
  ]

  private static let rounds = 600

  /// What a reader tells of a log, and whether it went over runs and bare lines: where rejects are kept, it
  /// does not.
  private static func told(
    _ log: [UInt8], _ format: any LogFormat.Type, byRuns: Bool, blockBytes: Int
  ) -> (lines: [String], records: Int) {
    var reader = RecordReader(format, FormatSettings())
    if !byRuns { reader.rejects = Rejects() }
    var batch = EventBatch()
    var told: [String] = []
    let deliver: RecordReader.Deliver = { batch, _ in
      for event in batch.events {
        let names = [event.backend, event.pool, event.service, event.code, event.gateway]
          .map { batch.names.name($0) ?? "-" }
        let texts = [event.client, event.uri, event.message, event.transaction]
          .map { batch.string($0) ?? "-" }
        told.append(
          "\(event.time) \(event.line) \(event.outcome) \(event.severity) \(event.journal) "
            + "\(event.status) \(event.hasMilliseconds) \(event.durationMilliseconds) "
            + "\(event.count) \(names) \(texts)")
      }
      told += batch.witnessed.map { "witness \($0)" }
      batch.clear()
    }
    reader.read(log, inBlocksOf: blockBytes, into: &batch, deliver: deliver)
    let faults = reader.counts.faults.map { "\($0) \($1)" }.sorted()
    let firsts = reader.counts.firstFaults.map { "\($0) \($1)" }.sorted()
    told += [
      "\(reader.counts.lines) \(reader.counts.records) \(reader.counts.events)",
      "\(reader.counts.chatter) \(faults) \(firsts) \(reader.assumed)",
    ]
    return (told, reader.counts.records)
  }

  @Test("what a run tells is what its lines tell", arguments: Shape.all)
  func sameAsLines(shape: Shape) {
    var dice = Dice(11)
    var records = 0
    for round in 0..<Self.rounds {
      let header = Self.headers[round % Self.headers.count]
      let log = shape.log(of: 30, header: header, damages: round % 5, &dice)
      let (expected, _) = Self.told(log, shape.format, byRuns: false, blockBytes: 1 << 20)
      let blockBytes = round % 3 == 0 ? Int.random(in: 1...400, using: &dice) : 1 << 20
      let (told, count) = Self.told(log, shape.format, byRuns: true, blockBytes: blockBytes)
      let differences = zip(told + [""], expected + [""]).filter { $0 != $1 }
      #expect((told == expected) as Bool, "\(differences.first.map { "\($0) | \($1)" } ?? "")")
      if told == expected { records += count }
    }
    #expect(records > Self.rounds * 20)
  }

  @Test("a log may end anywhere in a line, however long its client is")
  func endsAnywhere() {
    let line =
      "203.0.113.7:57315 [20/Nov/2026:23:57:51.236] fe_shop be_orders/ord1 0/0/0/3/3 200 87 - - ---- "
      + "1/1/0/0/0 0/0 \"GET / HTTP/1.1\"\n"
    for length in 12...80 {
      let client = "2:" + String(repeating: "0", count: length - 2)
      let log = Array((line + line.replacing("203.0.113.7:57315", with: client)).utf8)
      for end in (line.utf8.count + 1)...log.count {
        let part = Array(log[..<end])
        let told = Self.told(part, HAProxyLog.self, byRuns: true, blockBytes: 1 << 20)
        let expected = Self.told(part, HAProxyLog.self, byRuns: false, blockBytes: 1 << 20)
        #expect((told.lines == expected.lines) as Bool)
      }
    }
  }

  @Test(
    "clients, states and status of any kind are told as one by one",
    arguments: [
      "2001:db8::7:443", "::ffff:203.0.113.9:80", "unix:1", "203.0.113.7", "203.0.113.7:1x",
      "10:[1]:2", "203.0.113.7:5\t", "-:1", "\"203.0.113.7\":5", "2026-11-20T07:00:00", "7:\n8",
      "", " ", ":", "7:", String(repeating: "7", count: 28) + ":1",
      String(repeating: "7", count: 29) + ":1", String(repeating: "7", count: 30) + ":1",
    ])
  func oddParts(client: String) {
    let line =
      "203.0.113.7:57315 [20/Nov/2026:23:57:51.236] fe_shop be_orders/ord1 0/0/0/3/3 200 87 - - ---- "
      + "1/1/0/0/0 0/0 \"GET / HTTP/1.1\"\n"
    for words in ["- - ----", "- - --NI", "a b ----", "x=y - ----", "- - SC--", "\0\0\0\0\0\0\0\0"]
    {
      for status in ["200", "499", "504", "20x", "-1", "2000"] {
        let odd = line.replacing("203.0.113.7:57315", with: client)
          .replacing("- - ----", with: words).replacing(" 200 ", with: " \(status) ")
        let log = Array((line + odd + odd + line + odd).utf8)
        let told = Self.told(log, HAProxyLog.self, byRuns: true, blockBytes: 1 << 20)
        let expected = Self.told(log, HAProxyLog.self, byRuns: false, blockBytes: 1 << 20)
        #expect(told.lines == expected.lines, "\(words) \(status)")
      }
    }
  }
}

/// A shape of lines with words to fill it with.
struct Shape: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let format: any LogFormat.Type
  /// Lines, with `#` for a number of some digits and `@` for one of the clock.
  let lines: [String]

  static let all = [
    Shape(
      testDescription: "HAProxy", format: HAProxyLog.self,
      lines: [
        "203.0.113.#:# [20/Nov/2026:23:57:5@.@@@] fe_shop be_orders/ord# #/0/#/#/# 200 # - - ---- #/#/0/0/0 0/0 \"GET /orders/#/items HTTP/1.1\"",
        "2001:db8::#:# [20/Nov/2026:23:57:5@.12@] https_frontend~ be_orders_production/orders-application-# #/0/#/#/# 200 # - - ---- #/#/0/0/0 0/0 \"GET /orders/#/items/with/a/path/that/is/longer/than/any/other/in/this/log?and=a&query=too HTTP/1.1\"",
        "203.0.113.#:# [20/Nov/2026:23:57:5@.@@@] fe_shop be_orders/ord@ 0/0/-1/-1/# 503 # - - SC-- #/#/0/0/0 0/0 \"GET /orders/#/items HTTP/1.1\"",
        "203.0.113.#:# [20/Nov/2026:23:57:5@.@@@] fe_shop be_orders/ord@ 0/0/1/#/# 204 # - sid=# --VN #/#/0/0/+1 0/0 {shop.example.com|Mozilla} \"POST /orders/# HTTP/2.0\"",
        "203.0.113.#:# [20/Nov/2026:23:57:5@.@@@] fe_shop fe_shop/<NOSRV> -1/-1/-1/-1/# 400 # - - PR-- #/#/0/0/0 0/0 \"<BADREQ>\"",
      ]),
    Shape(
      testDescription: "Apache", format: ApacheAccess.self,
      lines: [
        "203.0.113.# - - [20/Nov/2026:23:57:5@ +0000] \"GET /orders/#/items HTTP/1.1\" 200 # \"-\" \"Mozilla/5.0 (X11; Linux x86_64)\" # http://app@.example.com:8080 -",
        "2001:db8::# - smith [20/Nov/2026:23:57:5@ +0000] \"POST /orders/# HTTP/1.1\" 201 - \"https://shop.example.com/a/page/with/a/long/path?and=a&query=too\" \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0\" #",
        "203.0.113.# - - [20/Nov/2026:23:57:5@ +0000] \"GET /orders/# HTTP/1.1\" 304 #",
        "203.0.113.# - - [20/Nov/2026:23:57:5@ +0000] \"GET /orders/# HTTP/1.1\" 50@ # \"-\" \"curl/8.5.0\" # https://APP@.example.com awDgKFoSEc6pbkD4X6ojZwAAAAA",
        "203.0.113.# - - [20/Nov/2026:23:57:5@ +0000] \"GET /a\\\"b/# HTTP/1.1\" 404 # \"-\" \"\" # balancer://orders http://app@.example.com:80 #",
        "www.example.com:443 203.0.113.# - - [20/Nov/2026:23:57:5@ +0000] \"-\" 408 # \"-\" \"-\"",
      ]),
    Shape(
      testDescription: "DataPower", format: DataPowerText.self,
      lines: [
        "20261120T23575@.@@@Z [0x80e00073][latency][info] mpgw(Orders@): tid(4@@)[203.0.113.#]: Latency:   0   5   0   2   6   2   0  80  84  80  83  #  80  80   2   5 [https://srv@.example.com:8443/orders/#]",
        "20261120T23575@.@@@Z [0x80e00126][mpgw][error] mpgw(Orders@): tid(4@@)[203.0.113.#]: Valid backside connection could not be established: refused, url: https://srv@.example.com:8443/orders",
        "20261120T23575@.@@@Z [0x80e00123][mpgw][warn] mpgw(Orders@): tid(4@@)[203.0.113.#]: A message of a user",
        "  with a second line #", "20261120T23575@", "", "what nobody knows #",
        "Fri Nov 20 2026 23:57:5@ [0x80e00073][mpgw][info] mpgw(Orders): tid(4@@): Whatever",
      ]),
    Shape(
      testDescription: "CA API Gateway", format: CAGatewayLog.self,
      lines: [
        "2026-11-20T23:57:5@.@@@+0000 INFO    10@ com.l7tech.server.message: Processing request for service: Orders@ [/orders*]",
        "2026-11-20T23:57:5@.@@@+0000 INFO    10@ com.l7tech.server.message: Message processed successfully",
        "2026-11-20T23:57:5@.@@@+0000 WARNING 10@ com.l7tech.server.policy.assertion.ServerHttpRoutingAssertion: 4042: Problem routing to https://srv@.example.com:8443/orders. Error msg: Connection refused",
        "2026-11-20T23:57:5@.@@@+0000 WARNING 10@ com.l7tech.server.message: Message was not processed: Assertion Falsified (601)",
        "java.net.ConnectException: Connection refused",
        "\tat java.base/java.net.Socket.connect(Socket.java:#)",
        "2026-11-20T23:57:5@.@@@+0000 lb1 haproxy[#]: what nobody knows", "",
        "2026-11-20T23:57:5@.@@@@@@@@@Z 2026-11-20T23:57:5@.@@@+0000 INFO    10@ com.l7tech.server.message: Message processed successfully",
      ]),
    Shape(
      testDescription: "Apache error log", format: ApacheErrorLog.self,
      lines: [
        "[Fri Nov 20 23:57:5@.@@@@@@ 2026] [proxy:debug] [pid 21385:tid 2142@] proxy_util.c(#): AH00942: http: has acquired connection for (srv@.example.com)",
        "[Fri Nov 20 23:57:5@.@@@@@@ 2026] [proxy:error] [pid 21385:tid 2142@] (111)Connection refused: AH00957: http: attempt to connect to 192.0.2.1@:8080 (srv@.example.com:8080) failed",
        "[Fri Nov 20 23:57:5@.@@@@@@ 2026] [proxy_http:error] [pid 21385:tid 2142@] [client 203.0.113.#:#] AH01114: HTTP: failed to make connection to backend: srv@.example.com",
        "[pod/web-1/httpd] [Fri Nov 20 23:57:5@.@@@@@@ 2026] [proxy:error] [pid 21385:tid 2142@] AH00959: ap_proxy_connect_backend disabling worker for (srv@.example.com) for 60s",
        "[Fri Nov 20 23:57:5@ 2026] [error] what an older one writes #", "what nobody knows #", "",
      ]),
  ]

  /// So many lines, some of them again, with so many bytes overwritten, left out or put in.
  func log(
    of count: Int, header: String, damages: Int, _ dice: inout Dice
  ) -> [UInt8] {
    var log: [UInt8] = []
    for _ in 0..<count {
      // The first one is as good as all others together.
      let line = Bool.random(using: &dice) ? lines[0] : lines.randomElement(using: &dice) ?? ""
      var text = Array(header.utf8)
      for byte in line.utf8 {
        switch byte {
        case UInt8(ascii: "#"): text += Array(String(Int.random(in: 0...3000, using: &dice)).utf8)
        case UInt8(ascii: "@"): text.append(UInt8.random(in: 48...57, using: &dice))
        default: text.append(byte)
        }
      }
      text.append(UInt8(ascii: "\n"))
      log += text
      if Int.random(in: 0..<9, using: &dice) == 0 { log += text }
    }
    for _ in 0..<(damages * 3) {
      let place = Int.random(in: 0..<log.count, using: &dice)
      let bytes: [UInt8] = [0, 9, 10, 13, 27, 32, 34, 45, 47, 48, 58, 65, 91, 93, 123, 0xcf, 255]
      switch Int.random(in: 0..<3, using: &dice) {
      case 0: log[place] = bytes.randomElement(using: &dice) ?? 0
      case 1: log.remove(at: place)
      default: log.insert(bytes.randomElement(using: &dice) ?? 0, at: place)
      }
    }
    return log
  }
}

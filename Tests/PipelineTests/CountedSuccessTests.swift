import Correlator
import LogEvents
import LogFormats
import TestSupport
import Testing

@testable import Pipeline

/// What a reader counts for a digest brings what telling each exchange brings.
@Suite("Successes that are counted and not told")
struct CountedSuccessTests {
  private static let header = "2026-11-20T07:00:00.000+00:00 lb1 haproxy[3049]: "
  /// Of two hosts that take turns.
  private static let headerOfTwo = "2026-11-20T07:00:00.000+00:00 lb# haproxy[3049]: "

  /// Exchanges of members that share their names between pools and frontends, some of them failed; other lines
  /// among them; pauses, a clock that goes back, records that a logger wrote once instead of often.
  private static func log(_ seed: UInt64, lines: Int, header: String) -> String {
    var dice = Dice(seed)
    var text = ""
    var time = 0
    for number in 0..<lines {
      let pause = Int.random(in: 0..<400, using: &dice)
      time += pause == 0 ? 90_000 : pause == 1 ? -2500 : pause % 40
      time = max(0, time)
      let member = "be_\(Int.random(in: 0..<2, using: &dice))/srv\(number % 3)"
      let frontend = Bool.random(using: &dice) ? "fe_shop" : "fe_api~"
      let counts = "1/1/0/0/0 0/0 \"GET /a/\(number % 7)?n=\(number) HTTP/1.1\""
      let body =
        switch Int.random(in: 0..<200, using: &dice) {
        case 0: "\(frontend) \(member) 0/0/-1/-1/3002 503 212 - - sC-- \(counts)"
        case 1: "\(frontend) \(member) 0/0/1/4000/4001 504 194 - - sH-- \(counts)"
        case 2: "\(frontend) \(member) 0/0/1/9/12 200 800 - - CD-- \(counts)"
        case 3: "\(frontend) \(member) 0/0/1/9/12 502 800 - - ---- \(counts)"
        case 4: "\(frontend) be_1/<NOSRV> 0/-1/-1/-1/0 503 212 - - SC-- \(counts)"
        case 5: "\(frontend) \(member) 0/0/1/-1/12 200 800 a=1 - --NI \(counts)"
        case 6: "fe_tcp \(member) 1/0/5009 212 -- 0/0/0/0/0 0/0"
        case 7: "Server \(member) is DOWN, reason: Layer4 timeout. 1 active and 0 backup left."
        case 8: "message repeated 3 times: [ nothing ]"
        case 9: "last message repeated 2 times"
        case 10: "what nobody knows"
        default:
          "\(frontend) \(member) 0/0/1/\(number % 90)/\(number % 90 + 1) 200 87 - - ---- \(counts)"
        }
      let clock = clock(time)
      let isBare = body.hasPrefix("Server") || body.contains("message") || body.hasPrefix("what")
      let client = "203.0.113.\(number % 250):\(40_000 + number % 20_000) [20/Nov/2026:\(clock)] "
      let host: Character = number / 300 % 2 == 0 ? "1" : "2"
      text += String(header.map { $0 == "#" ? host : $0 }) + (isBare ? "" : client) + body + "\n"
    }
    return text
  }

  /// Requests of a proxy with and without members, some of them failed.
  private static func accessLog(_ seed: UInt64, lines: Int) -> String {
    var dice = Dice(seed)
    var text = ""
    var time = 0
    for number in 0..<lines {
      time += Int.random(in: 0..<30, using: &dice)
      let member = "http://app\(number % 3).example.com:808\(Int.random(in: 0..<2, using: &dice))"
      let (status, tail) =
        switch Int.random(in: 0..<100, using: &dice) {
        case 0: (503, "\(number % 900) \(member)")
        case 1: (502, "\(number % 900) -")
        case 2: (200, "\(number % 900) -")
        case 3: (200, "- \(member)")
        case 4: (200, "\(number) Zr3kQ8CoAgMAAC-\(100_000_000 + number) \(member)")
        default: (200, "\(number * 37 % 90_000) \(member)")
        }
      let clock = clock(time).dropLast(4)
      text += "203.0.113.\(number % 250) - - [20/Nov/2026:\(clock) +0000] "
      text += "\"GET /a/\(number % 7) HTTP/1.1\" \(status) 87 \"-\" \"agent/1.0\" \(tail)\n"
    }
    return text
  }

  private static func clock(_ time: Int) -> String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let (second, rest) = time.quotientAndRemainder(dividingBy: 1000)
    let thousandths = String("00\(rest)".suffix(3))
    return "\(two(second / 3600 % 24)):\(two(second / 60 % 60)):\(two(second % 60)).\(thousandths)"
  }

  private func told(
    _ log: [UInt8], counting: Bool, blockBytes: Int, dealtBy dice: Dice
  ) throws -> (digest: Digest, events: Int, counted: Int) {
    var dice = dice
    let found = Sniffer.choose(log.span, FormatSettings())
    let choice = try #require(found)
    var reader = RecordReader(choice, FormatSettings())
    var batch = EventBatch()
    var consumer = DigestConsumer(file: "x.log", gateway: "gw1")
    var (events, counted) = (0, 0)
    let deliver: RecordReader.Deliver = { batch, card in
      events += batch.events.count + batch.successes.count
      counted += batch.successes.count
      consumer.take(batch, format: card)
      batch.clear()
      if counting { consumer.lend(to: &batch) }
    }
    reader.read(log, inBlocksOf: blockBytes, into: &batch, deliver: deliver) { reader, batch in
      if Int.random(in: 0..<3, using: &dice) == 0 { reader.hand(&batch, deliver) }
    }
    return (consumer.digest, events, counted)
  }

  private func expectSame(_ log: String, _ seed: UInt64, atLeast least: Int) throws {
    let log = Array(log.utf8)
    let each = try told(log, counting: false, blockBytes: 60_000, dealtBy: Dice(seed))
    let counted = try told(log, counting: true, blockBytes: 60_000, dealtBy: Dice(seed))
    #expect(counted.digest == each.digest)
    #expect(counted.events == each.events)
    #expect(each.counted == 0)
    #expect(counted.counted > least)
  }

  @Test(
    "bring the same digest", arguments: 0..<4 as Range<UInt64>, ["", header, headerOfTwo])
  func proxyLogs(seed: UInt64, header: String) throws {
    // Of two hosts twice as many parts take their samples first.
    let least = header == Self.headerOfTwo ? 900 : 1500
    try expectSame(Self.log(seed, lines: 12_000, header: header), seed, atLeast: least)
  }

  @Test("bring the same digest of an access log", arguments: 0..<4 as Range<UInt64>)
  func accessLogs(seed: UInt64) throws {
    try expectSame(Self.accessLog(seed, lines: 12_000), seed, atLeast: 1500)
  }
}

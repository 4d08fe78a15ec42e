import LogEvents
import TestSupport
import Testing

@testable import LogFormats

@Suite("A repeated message")
struct RepeatedMessageTests {
  private let record =
    "203.0.113.7:57315 [20/Nov/2026:07:00:00.236] fe be/ord1 0/0/-1/-1/3 503 87 - - SC-- 1/1/0/0/0 0/0 \"GET / HTTP/1.1\""
  private let other =
    "203.0.113.7:57316 [20/Nov/2026:07:00:01.236] fe be/ord2 0/0/1/1/3 200 87 - - ---- 1/1/0/0/0 0/0 \"GET / HTTP/1.1\""

  private func counts(_ text: String, blockSize: Int = 1 << 18) -> [String] {
    var settings = FormatSettings()
    settings.assumedYear = 2026
    let (told, counts, _) = read(
      Array(text.utf8), format: HAProxyLog.self, settings, blockSize: blockSize)
    #expect(counts.faultCount == 0)
    return told.map { "\($0.line) x\(Int($0.fields["count"]?.number ?? 0))" }
  }

  @Test(
    "counts for the record before",
    arguments: [
      "Nov 20 07:00:30 lb1 last message repeated 3 times",
      "Nov 20 07:00:30 lb1 --- last message repeated 3 times ---",
      "2026-11-20T07:00:30Z lb1 last message repeated 3 times",
      "<134>Nov 20 07:00:30 lb1 last message repeated 3 times",
    ])
  func countsForTheOneBefore(line: String) {
    let text = "Nov 20 07:00:00 lb1 haproxy[1]: \(record)\n\(line)\n"
    #expect(counts(text) == ["1 x4"])
    for size in [1, 7, 64] { #expect(counts(text, blockSize: size) == ["1 x4"]) }
  }

  @Test("of rsyslog counts for the record before, and for itself where that is missing")
  func rsyslog() {
    let again = "Nov 20 07:00:30 lb1 haproxy[1]: message repeated 3 times: [ \(record)]\n"
    #expect(counts("Nov 20 07:00:00 lb1 haproxy[1]: \(record)\n\(again)") == ["1 x4"])
    #expect(counts(again) == ["1 x3"])
    #expect(counts("Nov 20 07:00:00 lb1 haproxy[1]: \(record)\n\(again)\(again)") == ["1 x7"])
  }

  @Test("is of its own host, where a collector mixes hosts")
  func ownHost() {
    let text = """
      Nov 20 07:00:00 lb1 haproxy[1]: \(record)
      Nov 20 07:00:00 lb2 haproxy[1]: \(other)
      Nov 20 07:00:30 lb1 last message repeated 2 times

      """
    #expect(counts(text) == ["1 x3", "2 x1"])
  }

  @Test("of chatter, or without anything before it, is no event and no fault")
  func ofNothing() {
    #expect(counts("Nov 20 07:00:30 lb1 last message repeated 2 times\n") == [])
    let huge = "Nov 20 07:00:30 lb1 last message repeated 99999999999 times\n"
    #expect(counts("Nov 20 07:00:00 lb1 haproxy[1]: \(record)\n" + huge).count == 1)
  }

  @Test("counts also when its event is yet to come, and past a full batch")
  func lateEvents() {
    let error =
      "Nov 20 07:00:00 web1 httpd[7]: [Fri Nov 20 07:00:00.100000 2026] [proxy:error] [pid 7:tid 9] (111)Connection refused: AH00957: HTTP: attempt to connect to 192.0.2.9:80 (be.example.com:80) failed\n"
    let again = "Nov 20 07:00:10 web1 last message repeated 5 times\n"
    let (told, _, _) = read(
      Array((error + again).utf8), format: ApacheErrorLog.self, FormatSettings())
    #expect(told.map { $0.fields["count"]?.number } == [6])
    let many = (1...EventBatch.fullCount).map {
      "Nov 20 07:00:00 lb1 haproxy[1]: \(record.replacing(":57315", with: ":\($0)"))\n"
    }.joined()
    let all = counts(many + "Nov 20 07:00:30 lb1 last message repeated 3 times\n")
    #expect(all.count == EventBatch.fullCount)
    #expect(all.last == "\(EventBatch.fullCount) x4")
  }

  @Test("that BIG-IP held back counts for the one that it let through")
  func held() {
    let text = """
      Mar  4 02:00:41 bigip1 crit tmm1[11562]: 01010201:2: Inet port exhaustion on 192.0.2.1 to 192.0.2.9:443 (proto 6)
      Mar  4 02:00:47 bigip1 notice tmm1[11562]: 01010201:2: Re-enabling general logging; held 1204 messages.

      """
    var settings = FormatSettings()
    settings.assumedYear = 2026
    let (told, _, _) = read(Array(text.utf8), format: F5Log.self, settings)
    #expect(told.map { $0.fields["count"]?.number } == [1205])
  }
}

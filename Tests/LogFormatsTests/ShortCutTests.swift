import LogEvents
import TestSupport
import Testing

@testable import LogFormats

/// What is remembered of the record before, or read in one pass, says what the long way says.
@Suite("Short cuts")
struct ShortCutTests {
  private static let berlin = ZoneOffsets(
    base: 7200, steps: [.init(from: 1_792_890_000, offset: 3600)], name: "Europe/Berlin")

  private static var settings: FormatSettings {
    var settings = FormatSettings()
    settings.zone = berlin
    // 1 January 2027, 12:00 UTC.
    settings.assumptions.reference = Timestamp(milliseconds: 1_798_804_800_000)
    return settings
  }

  private struct Peeled: Equatable {
    var body: String
    var host: String?
    var tag: String?
    var time: Timestamp
    var hasMilliseconds: Bool
    var severity: Severity
  }

  private func peel(
    _ line: String, _ envelope: inout Envelope, _ names: inout NameTable
  ) -> Peeled {
    let bytes = Array(line.utf8)
    var context = RecordContext(line: 1)
    let body: [UInt8]
    switch envelope.peel(bytes.span, names: &names, context: &context) {
    case .inLine(let start): body = Array(bytes[start...])
    case .inText: body = envelope.text
    case .partial: body = []
    }
    return Peeled(
      body: String(decoding: body, as: UTF8.self), host: names.name(context.host),
      tag: names.name(context.tag), time: context.time, hasMilliseconds: context.hasMilliseconds,
      severity: context.severity)
  }

  /// Headers that differ in one thing from the one before, and records that look like headers.
  private static let headers = [
    "Nov 20 23:57:51 gw1 app[1]: a", "Nov 20 23:57:52 gw1 app[31]: a",
    "Nov 20 23:57:52 gw2 app[31]: a",
    "Nov 20 23:57:52 gw2 app: a", "Nov 20 23:57:53 gw2 app: Nov 20 23:57:50 gw1 app: a",
    "Nov 21 00:00:00 gw2 app: a", "Nov 21 24:00:00 gw2 app: a", "Nov  1 00:00:60 gw2 app: a",
    "Oct 25 01:59:59 gw2 app: a", "Oct 25 02:10:59 gw2 app: a", "Oct 25 02:05:59 gw2 app: a",
    "Oct 25 02:59:59 gw2 app: a", "Oct 25 03:59:59 gw2 app: a", "Jan  1 00:00:01 gw2 app: a",
    "Jan  2 00:00:01 gw2 app: a", "Jan  1 23:59:01 gw2 app: a", "Nov 20 23:57:51.236 gw2 app: a",
    "Nov 20 23:57:51.2x6 gw2 app: a", "Nov 20 23:57:51,236 gw2 app: a",
    "<134>Nov 20 23:57:51 gw2 app: a", "<131>Nov 20 23:57:51 gw2 app: a",
    "<131>Nov 20 23:57:51 gw2 app: \u{feff}a", "<131>Nov 20 23:57:52 gw2 app:a",
    "<131>Nov 20 23:57:52 gw2 app[x]: a", "<131>Nov 20 23:57:52 gw2 app[12345678901]: a",
    "<131>Nov 20 23:57:52 gw2 app[7]:", "Nov 20 23:57:51 lb1 notice tmm[1234]: a",
    "Nov 20 23:57:51 lb1 err tmm[1234]: a", "2026-11-20T23:57:51.236+01:00 gw2 app[7]: a",
    "2026-11-20T23:57:51.237+01:00 gw2 app[8]: a", "2026-11-20T23:57:51.237+02:00 gw2 app[8]: a",
    "2026-11-20T23:57:51.2371+02:00 gw2 app[8]: a", "2026-11-20T23:57:51.237 gw2 app[8]: a",
    "2026-11-20T23:57:52.237 gw2 app[8]: a", "2026-11-20T23:57:52.237Z stdout F a",
    "<134>1 2026-11-20T23:57:51.236Z lb1 app 30495 - - a",
    "<134>1 2026-11-20T23:57:51.237Z lb1 app 30495 - - a",
    "<134>1 2026-11-20T23:57:51.237Z lb1 app 30495 - - \u{feff}a",
    "<134>1 2026-11-20T23:57:51.238Z lb1 app 30495 - [a b=\"c\"] a",
    "58 <134>Nov 20 23:57:51 gw1 app: a",
    "gateway-1  | Nov 20 23:57:51 gw1 app: a",
  ]

  @Test("a header is peeled as if no other had come before", arguments: headers)
  func header(before: String) {
    // What came before tells which of two equal hours it is.
    for line in Self.headers where !(before.hasPrefix("Oct 25") && line.hasPrefix("Oct 25")) {
      var names = NameTable()
      var fresh = Envelope(Self.settings)
      let expected = peel(line, &fresh, &names)
      for damaged in Self.damaged(before) {
        var used = Envelope(Self.settings)
        _ = peel(damaged, &used, &names)
        #expect(peel(line, &used, &names) == expected, "\(line) after \(damaged)")
      }
    }
  }

  private static let stamps = [
    "20/Nov/2026:23:57:51 +0100]", "20/Nov/2026:23:57:52 +0100]", "20/Nov/2026:23:57:52 +0200]",
    "20/Nov/2026:23:57:52 +01000]", "20/Nov/2026:23:57:52]", "20/Nov/2026:23:57:53]",
    "20/Nov/2026:23:57:53.236]", "20/Nov/2026:23:57:53.237]", "20/Nov/2026:23:57:53.23]",
    "20/Nov/2026:23:57:53.2371]", "20/Nov/2026:23:57:53,237]", "20/Nov/2026:23:57:53.+37]",
    "20/Nov/2026:24:57:53.237]", "21/Nov/2026:00:00:00.000]", "25/Oct/2026:02:30:00.000]",
    "25/Oct/2026:03:30:00.000]", "20/Nov/2026:23:57:53.237 +0100]", "20/nov/2026:23:57:53.237]",
    "31/Feb/2026:23:57:53.237]", "20/Nov/2026:23:57:5]",
    "20/Nov/2026:23:57:52 +01]", "20/Nov/2026:23:57:52 +01:00]", "20/Nov/2026:23:57:52 Z]",
  ]

  /// The text, and the text with each of its bytes overwritten in turn.
  private static func damaged(_ text: String) -> [String] {
    let bytes = Array(text.utf8)
    return [text]
      + bytes.indices.flatMap { place in
        [0x30, 0x20, 0x01].map { (byte: UInt8) in
          String(decoding: bytes[..<place] + [byte] + bytes[(place + 1)...], as: UTF8.self)
        }
      }
  }

  @Test("a stamp is read as if no other had come before", arguments: stamps)
  func stamp(before: String) {
    for stamp in Self.stamps where !(stamp.hasPrefix("25") && before.hasPrefix("25")) {
      var fresh = LocalClock(Self.settings)
      let expected = moment(stamp, &fresh)
      for damaged in Self.damaged(before) {
        var used = LocalClock(Self.settings)
        _ = moment(damaged, &used)
        #expect(moment(stamp, &used) == expected, "\(stamp) after \(damaged)")
      }
    }
  }

  /// Time, whether it has milliseconds, and what is left of the text.
  private func moment(_ text: String, _ clock: inout LocalClock) -> [String] {
    let bytes = Array((text + " and what stands behind").utf8)
    var scan = ByteScanner(bytes.span)
    guard let moment = try? clock.clfMoment(&scan) else { return [] }
    return ["\(moment.time)", "\(moment.hasMilliseconds)", "\(scan.at)"]
  }

  @Test("HAProxy's standard line has the parts that its shapes tell")
  func standardLine() throws {
    var standard = 0
    for sample in Sample.all where sample.product == "haproxy" {
      for line in try sample.bytes().split(separator: 0x0a) {
        for start in line.indices where start == line.startIndex || line[start - 1] == 0x20 {
          let record = Array(line[start...])
          guard let told = HAProxyStandardLine(record.span, from: 0) else { continue }
          var event = Event(time: Timestamp(milliseconds: 0), line: 1, outcome: .ok)
          let words = Words(record.span, from: 0)
          let (parts, rest) = try HAProxyTraffic.parts(record.span, words, &event)
          var exchange = told.exchange
          exchange.statusCode = nil
          #expect("\(exchange)" == "\(parts)")
          #expect(told.rest == rest)
          #expect(Int32(clamping: told.duration) == event.durationMilliseconds)
          standard += 1
        }
      }
    }
    #expect(standard > 50)
  }

  @Test("words found in one pass are those found one by one")
  func words() {
    var random = Dice(7)
    for _ in 0..<2000 {
      let bytes = (0..<random.next() % 70).map { _ in
        [0x20, 0x20, 0x09, 0x61, 0x62, 0xa0][Int(random.next() % 6)] as UInt8
      }
      let words = Words(bytes.span, from: 0)
      var scan = ByteScanner(bytes.span)
      for place in 0..<Words.most {
        let word = try? scan.word()
        #expect(words[place] == word, "\(bytes)")
      }
    }
  }

  @Test("numbers of any length are those of their digits")
  func numbers() {
    var random = Dice(9)
    for _ in 0..<5000 {
      let text = String(
        (0..<random.next() % 21).map { _ in Array("00123456789-+x")[Int(random.next() % 14)] })
      let bytes = Array(text.utf8)
      let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
      let isNumber = (1...18).contains(digits.count) && digits.allSatisfy(\.isNumber)
      #expect(bytes.span.integer(bytes.span.whole) == (isNumber ? Int(text) : nil), "\(text)")
    }
  }
}

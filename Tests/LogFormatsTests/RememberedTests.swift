import LogEvents
import TestSupport
import Testing

@testable import LogFormats

/// What joining formats remember of records before says what reading anew says.
@Suite("Remembered parts")
struct RememberedTests {
  private static var settings: FormatSettings {
    var settings = FormatSettings()
    settings.zone = ZoneOffsets(
      base: 7200, steps: [.init(from: 1_792_890_000, offset: 3600)], name: "Europe/Berlin")
    return settings
  }

  /// The text, and the text with each of its bytes overwritten in turn.
  private static func damaged(_ text: String) -> [[UInt8]] {
    let bytes = Array(text.utf8)
    return [bytes]
      + bytes.indices.flatMap { place in
        [0x30, 0x20, 0x3a, 0x01].map { (byte: UInt8) in
          Array(bytes[..<place] + [byte] + bytes[(place + 1)...])
        }
      }
  }

  // MARK: Stamps

  private static let stamps = [
    "2026-11-20T23:57:51.236Z", "2026-11-20T23:57:52.237Z", "2026-11-20 23:57:52.237Z",
    "2026-11-20T23:57:52.237+0100", "2026-11-20T23:57:52.238+0200", "2026-11-20T23:57:52.238+01",
    "2026-11-20T23:57:52.238 +01:00", "2026-11-20T23:57:52.23+0100",
    "2026-11-20T23:57:60.2384+0100",
    "2026-11-20T24:57:52.238+0100", "2026-11-20T23:57:52+0100", "2026-11-20T23:57:53,238+0100",
    "2026-11-20T23:57:52.238", "20261120T235751.236Z", "20261120T235752.237Z", "20261120T235752Z",
    "20261120T235753Z", "20261120T240000.000Z", "20261120T235752.237+0100",
    "Fri Nov 20 23:57:51.236117 2026", "Fri Nov 20 23:57:52.236118 2026",
    "Fri Nov 20 23:57:52 2026",
    "Fri Nov 20 23:57:52.236 2026", "Fri Nov 20 23:57:52.236118 2025",
    "Mon Nov  2 23:57:52.236118 2026", "Mon Nov 2 23:57:52.236118 2026",
    "Sun Oct 25 02:30:00.236118 2026", "Sun Oct 25 03:30:00.236118 2026",
  ]

  private func moment(_ stamp: [UInt8], _ clock: inout StampClock) -> [String] {
    let bytes = stamp + Array("] and what stands behind it".utf8)
    if let known = clock.again(bytes.span, at: 0) {
      let moment = clock.settle(known.moment)
      return ["\(moment.time)", "\(moment.hasMilliseconds)", "\(known.end)"]
    }
    var scan = ByteScanner(bytes.span)
    let isBasic = bytes[8] == UInt8(ascii: "T")
    let civil =
      !scan.next.isDigit
      ? try? scan.ctimeTime() : isBasic ? try? scan.basicTime() : try? scan.isoTime()
    guard let civil else { return [] }
    let moment = clock.settle(civil, readFrom: ByteRange(0, scan.at), of: bytes.span)
    guard moment.time.isKnown else { return [] }
    return ["\(moment.time)", "\(moment.hasMilliseconds)", "\(scan.at)"]
  }

  @Test("a stamp is read as if no other had come before", arguments: stamps)
  func stamp(before: String) {
    for stamp in Self.stamps where !(stamp.hasPrefix("Sun") && before.hasPrefix("Sun")) {
      var fresh = StampClock(Self.settings)
      let expected = moment(Array(stamp.utf8), &fresh)
      for damaged in Self.damaged(before) {
        var used = StampClock(Self.settings)
        _ = moment(damaged, &used)
        #expect(moment(Array(stamp.utf8), &used) == expected, "\(stamp) after \(damaged)")
      }
    }
  }

  // MARK: DataPower

  private static let records = [
    "[0x80e00126][mpgw][error] mpgw(Orders): tid(7)[192.0.2.1]: text",
    "[0x80E00126][mpgw][error] mpgw(Orders): tid(8)[192.0.2.1]: text",
    "[shop][0x80e00126][mpgw][error] mpgw(Orders): tid(7)[error][2001:db8::1%eth0] gtid(1): text",
    "[0x80e00126][mpgw][error] mpgw (Orders): text",
    "[mpgw][error] mpgw: text", "[mpgw][error] : text",
    "[mpgw][success][0x80e00126] (a:b:c:192.0.2.1): mpgw(Orders): text",
  ]

  @Test("a head is read as if no other had come before", arguments: records)
  func head(before: String) throws {
    for line in Self.records {
      let record = Array(line.utf8)
      var expected = try DataPowerEntry.text(record.span, nil)
      expected.readBody(record.span)
      for damaged in Self.damaged(before) {
        guard let noted = try? DataPowerEntry.text(damaged.span, nil) else { continue }
        var heads = DataPowerHeads()
        _ = heads.note(damaged.span, noted)
        guard let place = heads.place(record.span, at: 0) else { continue }
        var told = heads.heads[place].entry
        told.readBody(record.span)
        #expect("\(told)" == "\(expected)", "\(line) after \(damaged)")
      }
    }
  }

  @Test("a URL names what it names when no other has come before")
  func endpoint() {
    let urls = [
      "https://shop.example.com:8443/a", "https://shop.example.com:8443/b",
      "https://shop.example.com:844/b/a", "http://shop.example.com:8443/b/a",
      "https://Shop.example.com:8443/b", "https://shop.example.com/b/a/c/d",
      "https://u@shop.example.com:8443/b", "https://[2001:db8::1]:8443/b/a",
    ]
    for before in urls.flatMap(Self.damaged) {
      var names = NameTable()
      var endpoints = DataPowerEndpoints()
      let told = DataPowerURL.endpoint(before.span, before.span.whole)
      let id = told.id(before.span, &names)
      if case .endpoint(let range) = told {
        endpoints.note(before.span, before.span.whole, range.end, id)
      }
      for url in urls.map({ Array($0.utf8) }) {
        let expected = DataPowerURL.endpoint(url.span, url.span.whole).id(url.span, &names)
        let known = endpoints.name(url.span, url.span.whole)
        #expect(known == nil || known == expected, "\(url) after \(before)")
      }
    }
  }

  @Test("latencies counted in words are those read one by one")
  func latencies() {
    var random = Dice(11)
    for _ in 0..<5000 {
      let bytes = (0..<random.next() % 90).map { _ in
        Array("  00 0197 0 5x".utf8)[Int(random.next() % (random.next() % 9 == 0 ? 14 : 13))]
      }
      #expect(
        DataPowerLatencies(bytes.span, 0)?.hasHeader == Self.hasHeader(bytes), "\(bytes)")
    }
  }

  private static func hasHeader(_ bytes: [UInt8]) -> Bool? {
    var at = 0
    var eighth = 0
    for place in 1...16 {
      while bytes.span.byte(at) == .space { at += 1 }
      let start = at
      while bytes.span.byte(at).isDigit { at += 1 }
      guard at > start else { return nil }
      if place == 8 { eighth = bytes.span.integer(ByteRange(start, at)) ?? 0 }
    }
    return eighth > 0
  }

  // MARK: Parts

  @Test("eight hexadecimal digits at once are those one by one")
  func hexadecimalDigits() {
    var random = Dice(13)
    for _ in 0..<5000 {
      var text = Array(String(random.next(), radix: 16, uppercase: random.next() % 2 == 0).utf8)
      text = Array(repeatElement(UInt8(ascii: "0"), count: 8) + text).suffix(8)
      if random.next() % 2 == 0 {
        text[Int(random.next() % 8)] = UInt8(truncatingIfNeeded: random.next())
      }
      let isNumber = text.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
      let number = isNumber ? UInt32(String(decoding: text, as: UTF8.self), radix: 16) : nil
      #expect(hexadecimal(text.span, 0, 8) == number, "\(text)")
    }
  }

  @Test("a queue finds by key what a list finds")
  func queue() {
    var random = Dice(17)
    var queue = KeyedQueue(empty: 0)
    var list: [(key: UInt64, value: Int)] = []
    for value in 1...5000 {
      let key = UInt64(random.next() % 40)
      #expect(
        queue.place(of: key).map { queue.values[$0] } == list.last { $0.key == key }?.value)
      if random.next() % (value < 2500 ? 3 : 2) != 0 {
        let place = queue.append(key: key)
        queue.values[place] = value
        list.append((key, value))
      } else if let oldest = queue.oldest {
        #expect(queue.values[oldest] == list.removeFirst().value)
        queue.removeOldest()
      }
      #expect(queue.count == list.count)
    }
  }
}

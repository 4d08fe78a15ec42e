import LogEvents
import Testing

@testable import LogFormats

@Suite("The clock of a file")
struct LocalClockTests {
  /// Berlin in autumn 2026: from 01:00 UTC on, on 25 October, an hour less.
  private static let berlin = ZoneOffsets(
    base: 7200, steps: [.init(from: 1_792_890_000, offset: 3600)], name: "Europe/Berlin")

  private func clock(_ change: (inout FormatSettings) -> Void) -> LocalClock {
    var settings = FormatSettings()
    change(&settings)
    return LocalClock(settings)
  }

  private func civil(
    _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Int = 0, year: Int = 0
  ) -> CivilTime {
    var time = CivilTime()
    (time.year, time.month, time.day) = (year, month, day)
    (time.hour, time.minute, time.second) = (hour, minute, second)
    return time
  }

  @Test("goes through the hour that comes twice as its records do")
  func repeatedHour() {
    var clock = clock { $0.zone = Self.berlin }
    let read = [
      (1, 59, "2026-10-24T23:59:00Z"), (2, 10, "2026-10-25T00:10:00Z"),
      (2, 20, "2026-10-25T00:20:00Z"),
      // Set back by less than half an hour after a quiet time.
      (2, 5, "2026-10-25T01:05:00Z"), (2, 59, "2026-10-25T01:59:00Z"),
      (3, 0, "2026-10-25T02:00:00Z"),
      // A record that is late by a moment.
      (2, 59, "2026-10-25T01:59:00Z"), (3, 1, "2026-10-25T02:01:00Z"),
    ]
    for (hour, minute, utc) in read {
      let time = clock.timestamp(civil(10, 25, hour, minute, year: 2026))
      #expect(RFC3339.text(time, withMilliseconds: false) == utc)
    }
  }

  @Test("does not take records that are late by seconds for the second pass")
  func disorder() {
    var clock = clock { $0.zone = Self.berlin }
    for minute in [30, 31, 30, 32, 29] {
      let time = clock.timestamp(civil(10, 25, 2, minute, year: 2026))
      #expect(RFC3339.text(time).hasPrefix("2026-10-25T00:"))
    }
  }

  @Test("finds the year from the file's last change, over the turn of the year")
  func years() {
    var clock = clock {
      $0.reference = Timestamp(milliseconds: 1_767_225_600_000 + 5 * 3_600_000)  // 2026-01-01
    }
    func year(_ month: Int, _ day: Int) -> String {
      String(RFC3339.text(clock.timestamp(civil(month, day, 3, 0))).prefix(4))
    }
    #expect(year(12, 30) == "2025")
    #expect(year(12, 31) == "2025")
    #expect(year(1, 1) == "2026")
    // A day is allowed for zones; what lies further ahead was a year ago.
    #expect(year(1, 3) == "2025")
    // 2024 was the last year with this day.
    #expect(year(2, 29) == "2024")
  }

  @Test("counts an assumed year on at the turn of the year")
  func assumedYear() {
    var clock = clock { $0.assumedYear = 2025 }
    let years = [11, 12, 1, 2].map {
      String(RFC3339.text(clock.timestamp(civil($0, 5, 0, 0))).prefix(4))
    }
    #expect(years == ["2025", "2025", "2026", "2026"])
  }

  @Test("says what it assumed, and only then")
  func assumptions() {
    let line = "Nov 20 07:00:00 lb1 haproxy[1]: "
    let record =
      "203.0.113.7:1 [20/Nov/2026:07:00:00.236] fe be/s 0/0/0/3/3 200 87 - - ---- 1/1/0/0/0 0/0 \"GET / HTTP/1.1\"\n"
    let state = "Server be/s is DOWN, reason: Layer4 timeout, check duration: 1ms. 0 active\n"
    func assumed(_ format: any LogFormat.Type, _ text: String) -> (zone: Bool, year: Bool) {
      var reader = RecordReader(format, FormatSettings())
      var batch = EventBatch()
      _ = reader.consume(Array(text.utf8).span, atEnd: true, into: &batch) { _, _ in }
      return reader.assumed
    }
    // The record has a year of its own, but no zone.
    #expect(assumed(HAProxyLog.self, line + record) == (true, false))
    #expect(assumed(HAProxyLog.self, line + state) == (true, true))
    let access =
      "192.0.2.1 - - [20/Nov/2026:07:00:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\"\n"
    #expect(assumed(ApacheAccess.self, line + access) == (false, false))
  }
}

import Foundation
import LogEvents

/// A time as a person says it.
enum Moment: Equatable {
  case fixed(Timestamp)
  /// So many milliseconds before the end of the logs.
  case before(Int64)
  /// A time of the day on which the logs end, or so many days before it; without a day it is the
  /// last such time before the end.
  case clock(milliseconds: Int64, daysAgo: Int?)

  private static let day: Int64 = 86_400_000

  init?(_ phrase: String) {
    if phrase.hasPrefix("-") {
      guard let span = DurationArgument.milliseconds(phrase.dropFirst()) else { return nil }
      self = .before(span)
      return
    }
    let words = phrase.split(separator: " ")
    if let first = words.first, let days = ["today": 0, "yesterday": 1][first] {
      guard words.count <= 2, let clock = words.count == 1 ? 0 : Self.clock(words[1]) else {
        return nil
      }
      self = .clock(milliseconds: clock, daysAgo: days)
    } else if words.count == 1, let clock = Self.clock(words[0]) {
      self = .clock(milliseconds: clock, daysAgo: nil)
    } else if let time = Self.date(phrase) {
      self = .fixed(time)
    } else {
      return nil
    }
  }

  func resolved(end: Timestamp) -> Timestamp {
    let midnight = end.milliseconds - (end.milliseconds % Self.day + Self.day) % Self.day
    switch self {
    case .fixed(let time): return time
    case .before(let span): return Timestamp(milliseconds: end.milliseconds - span)
    case .clock(let clock, let daysAgo):
      let days = daysAgo ?? (midnight + clock > end.milliseconds ? 1 : 0)
      return Timestamp(milliseconds: midnight - Int64(days) * Self.day + clock)
    }
  }

  /// The milliseconds of `07:00` or `07:00:30` since midnight.
  private static func clock(_ text: Substring) -> Int64? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { $0.count == 2 ? Int64($0) : nil }
    guard (2...3).contains(parts.count), numbers.count == parts.count, numbers[0] < 24,
      numbers.dropFirst().allSatisfy({ (0..<60).contains($0) }), numbers[0] >= 0
    else { return nil }
    return (numbers[0] * 3600 + numbers[1] * 60 + (numbers.count == 3 ? numbers[2] : 0)) * 1000
  }

  /// ISO 8601: a date, with a time, with a zone; UTC without.
  private static func date(_ text: String) -> Timestamp? {
    let rest = text.uppercased().replacing(" ", with: "T")
    let parts = rest.split(separator: "T", maxSplits: 1).map(String.init)
    guard let day = parts.first, day.count == 10 else { return nil }
    var clock = parts.count > 1 ? parts[1] : "00:00"
    var zone = "Z"
    if let mark = clock.firstIndex(where: { "Z+-".contains($0) }) {
      zone = String(clock[mark...])
      clock = String(clock[..<mark])
    }
    guard let offset = TimeZone(named: zone)?.secondsFromGMT() else { return nil }
    var fraction: Int64 = 0
    if let point = clock.firstIndex(of: ".") {
      guard let value = Double("0" + clock[point...]) else { return nil }
      fraction = Int64((value * 1000).rounded())
      clock = String(clock[..<point])
    }
    let numbers = day.split(separator: "-").compactMap { Int($0) }
    guard let milliseconds = Self.clock(Substring(clock)), numbers.count == 3 else { return nil }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let civil = DateComponents(year: numbers[0], month: numbers[1], day: numbers[2])
    guard let date = calendar.date(from: civil), civil.isValidDate(in: calendar) else {
      return nil
    }
    let midnight = Int64(date.timeIntervalSince1970) * 1000
    return Timestamp(milliseconds: midnight + milliseconds + fraction - Int64(offset) * 1000)
  }
}

/// Spells times as RFC 3339 in UTC, such as `2026-11-20T23:57:51.236Z`.
public enum RFC3339 {
  public static func text(_ time: Timestamp, withMilliseconds: Bool = true) -> String {
    guard time.isKnown else { return "-" }
    var seconds = time.milliseconds / 1000
    var rest = time.milliseconds % 1000
    if rest < 0 {
      seconds -= 1
      rest += 1000
    }
    var days = seconds / 86_400
    var second = seconds % 86_400
    if second < 0 {
      days -= 1
      second += 86_400
    }
    let (year, month, day) = civil(fromDays: days)
    let clock = "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
    let fraction = withMilliseconds ? ".\(rest < 100 ? "0" : "")\(two(rest))" : ""
    return "\(two(year / 100))\(two(year % 100))-\(two(month))-\(two(day))T\(clock)\(fraction)Z"
  }

  private static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }

  /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
  private static func civil(fromDays days: Int64) -> (Int64, Int64, Int64) {
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shifted + 2) / 5 + 1
    let month = shifted + (shifted < 10 ? 3 : -9)
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}

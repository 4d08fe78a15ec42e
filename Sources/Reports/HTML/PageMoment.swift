import LogEvents

/// Times as a page shows them.
enum PageMoment {
  /// `2026-11-20 07:12:04Z`.
  static func full(_ time: Timestamp) -> String {
    let text = RFC3339.text(time, withMilliseconds: false)
    return text.prefix(10) + " " + text.dropFirst(11)
  }

  /// `2026-11-20 07:12:04Z to 07:31:42Z`; the second date only where it differs.
  static func span(_ start: Timestamp, _ end: Timestamp) -> String {
    let (a, b) = (full(start), full(end))
    return "\(a) to \(a.prefix(10) == b.prefix(10) ? String(b.dropFirst(11)) : b)"
  }

  /// Five labels at even distances, the dates only where a stretch is longer than a day.
  static func axis(from start: Int64, length: Int64) -> [String] {
    (0...4).map { part in
      let text = full(Timestamp(milliseconds: start + length * Int64(part) / 4))
      if length > 86_400_000 { return String(text.dropFirst(5).prefix(11)) }
      return String(text.dropFirst(11).prefix(length > 1_200_000 ? 5 : 8))
    }
  }
}

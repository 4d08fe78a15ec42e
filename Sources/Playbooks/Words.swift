/// Numbers as people read them.
package enum Words {
  /// `1 204`, thousands apart.
  package static func number(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var text = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(" ") }
      text.append(digit)
    }
    return text
  }

  /// `1 burst`, `6 bursts`.
  package static func count(_ value: Int, _ noun: String) -> String {
    "\(number(value)) \(noun)\(value == 1 ? "" : "s")"
  }

  /// `100%`, `12%`, `0.8%`, `<0.1%`.
  package static func percent(_ share: Double) -> String {
    let value = share * 100
    if value <= 0 { return "0%" }
    if value < 0.1 { return "<0.1%" }
    if value < 10 { return "\(tenths(value))%" }
    // Nearly all is not all.
    if value > 99, value < 100 { return "\(tenths(min(value, 99.9)))%" }
    return "\(Int(value.rounded()))%"
  }

  /// `800 ms`, `12 s`, `4 min 5 s`, `3 h 20 min`, `2 d 4 h`.
  package static func duration(_ seconds: Double) -> String {
    guard seconds >= 1 else { return "\(Int((max(0, seconds) * 1000).rounded())) ms" }
    if seconds < 10, seconds != seconds.rounded() { return "\(tenths(seconds)) s" }
    let whole = Int(min(seconds, 1e12).rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return two(whole / 60, "min", whole % 60, "s") }
    if whole < 86_400 { return two(whole / 3600, "h", whole % 3600 / 60, "min") }
    return two(whole / 86_400, "d", whole % 86_400 / 3600, "h")
  }

  /// `190/s`, `0.4/s`.
  package static func rate(_ perSecond: Double) -> String {
    perSecond < 10 ? "\(tenths(perSecond))/s" : "\(number(Int(min(perSecond, 1e12).rounded())))/s"
  }

  /// `2.8`.
  package static func ratio(_ value: Double) -> String { tenths(value) }

  private static func two(_ a: Int, _ unit: String, _ b: Int, _ smaller: String) -> String {
    b == 0 ? "\(a) \(unit)" : "\(a) \(unit) \(b) \(smaller)"
  }

  private static func tenths(_ value: Double) -> String {
    let tenths = Int((min(max(value, 0), 1e12) * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}

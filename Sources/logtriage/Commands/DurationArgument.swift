/// A length of time as a person types it: `250ms`, `2.3s`, `90s`, `10m`, `2h`, `3d`.
enum DurationArgument {
  /// Longer than any log.
  private static let most = 36_500.0 * 86_400_000

  private static let units: [(name: String, milliseconds: Double)] = [
    ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
  ]

  /// Without a sign, at most a hundred years; `nil` where it is none.
  static func milliseconds(_ text: some StringProtocol) -> Int64? {
    guard let unit = units.first(where: { text.hasSuffix($0.name) }) else { return nil }
    let digits = text.dropLast(unit.name.count)
    guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
      let number = Double(digits), number * unit.milliseconds <= most
    else { return nil }
    return Int64((number * unit.milliseconds).rounded())
  }
}

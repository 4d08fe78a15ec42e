import ArgumentParser
import Correlator

/// What the operator knows of names and clocks: shared by every command that ends in verdicts.
struct TieOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "YAML with names of backends and their other spellings.", valueName: "file"))
  var aliases: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "By how much the clock of a gateway is ahead, as in gw2=+2.3s or gw2=-1h; ms, s, m, h. "
        + "Repeatable; offsets that the logs show are found without.",
      valueName: "gateway=offset"))
  var skew: [String] = []

  /// - Throws: `ValidationError`, with what to type instead.
  func corrections() throws -> Corrections {
    var corrections = Corrections()
    if let aliases { corrections.aliases = try SettingsFile.aliases(aliases) }
    for text in skew {
      guard let mark = text.lastIndex(of: "="), mark > text.startIndex,
        let milliseconds = Self.milliseconds(text[text.index(after: mark)...])
      else {
        throw ValidationError("--skew \(text): write a gateway and its offset, as in gw2=+2.3s")
      }
      corrections.skew[String(text[..<mark])] = milliseconds
    }
    return corrections
  }

  /// At most ten days, which no clock is wrong by unnoticed.
  private static func milliseconds(_ text: Substring) -> Int64? {
    let isBehind = text.hasPrefix("-")
    let length = DurationArgument.milliseconds(
      isBehind || text.hasPrefix("+") ? text.dropFirst() : text)
    guard let length, length <= 864_000_000 else { return nil }
    return isBehind ? -length : length
  }
}

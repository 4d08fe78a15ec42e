/// Plain text in columns.
enum TextLayout {
  static let width = 80

  /// The text cut in the middle to `width` characters, so that host and port both stay.
  static func fit(_ text: String, _ width: Int) -> String {
    guard text.count > width, width > 3 else { return String(text.prefix(width)) }
    let tail = (width - 2) / 2
    return "\(text.prefix(width - 2 - tail))..\(text.suffix(tail))"
  }

  static func left(_ text: String, _ width: Int) -> String {
    let text = fit(text, width)
    return text + String(repeating: " ", count: width - text.count)
  }

  static func right(_ text: String, _ width: Int) -> String {
    let text = fit(text, width)
    return String(repeating: " ", count: width - text.count) + text
  }

  /// The words of `text` in lines of at most `width` characters, each after `indent` spaces.
  static func wrapped(_ text: String, indent: Int, width: Int = width) -> [String] {
    var lines: [String] = []
    var line = ""
    for long in text.split(separator: " ") {
      // A word that no line can hold is cut in the middle.
      let word = fit(String(long), max(8, 4 * (width - indent)))
      if !line.isEmpty, line.count + 1 + word.count > width - indent {
        lines.append(String(repeating: " ", count: indent) + line)
        line = ""
      }
      line += line.isEmpty ? word : " \(word)"
    }
    if !line.isEmpty { lines.append(String(repeating: " ", count: indent) + line) }
    return lines
  }

  /// Counts as bars of eight heights; any failure at all shows.
  static func sparkline(_ counts: [Int], isUnicode: Bool) -> String {
    let bars: [Character] =
      isUnicode
      ? ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] : ["_", ".", ":", "-", "=", "+", "*", "#"]
    let most = counts.max() ?? 0
    guard most > 0 else { return String(repeating: bars[0], count: counts.count) }
    return String(
      counts.map { count in
        count == 0 ? bars[0] : bars[max(1, min(7, (count * 7 + most - 1) / most))]
      })
  }
}

/// Plain text in columns.
package enum TextLayout {
  package static let width = 80

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

  /// The words of `text` in lines of at most `width` characters.
  ///
  /// Each line stands after `indent` spaces; in those of the first one stands the label, and all others
  /// have `hang` more.
  package static func wrapped(
    _ text: String, indent: Int, label: String = "", hang: Int = 0, width: Int = width
  ) -> [String] {
    var lines: [String] = []
    var line = left(label, indent)
    var isEmpty = true
    for word in text.split(separator: " ").flatMap({ pieces($0, width - indent - hang) }) {
      if !isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = String(repeating: " ", count: indent + hang)
        isEmpty = true
      }
      line += isEmpty ? word : " \(word)"
      isEmpty = false
    }
    return isEmpty ? lines : lines + [line]
  }

  /// A path that no line can hold stays whole, to be copied; what is longer yet is broken, and cut in the
  /// middle where it would fill more than four lines.
  private static func pieces(_ word: Substring, _ room: Int) -> [String] {
    guard word.count > 120 else { return [String(word)] }
    let room = max(8, room)
    let text = fit(String(word), 4 * room)
    return stride(from: 0, to: text.count, by: room).map {
      String(text.dropFirst($0).prefix(room))
    }
  }

  /// A text of lines and paragraphs: what a line has in front of it, the lines it is broken into have too.
  package static func wrapped(lines text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line -> [String] in
      let indent = line.prefix { $0 == " " }.count
      return line.isEmpty ? [""] : wrapped(String(line), indent: indent, hang: indent == 0 ? 0 : 2)
    }
    .joined(separator: "\n")
  }

  /// A command for a shell behind its prompt, broken between words so that it can be copied as it stands.
  static func command(_ command: String, indent: Int, width: Int = width) -> [String] {
    var lines: [String] = []
    var line = String(repeating: " ", count: indent - 2) + "$"
    for word in shellWords(command) {
      if line.count + 1 + word.count > width - 2, line.count > indent {
        lines.append(line + " \\")
        line = String(repeating: " ", count: indent - 1)
      }
      line += " " + word
    }
    return lines + [line]
  }

  /// Words as a shell takes them apart: never within quotes.
  private static func shellWords(_ command: String) -> [String] {
    var words: [String] = [""]
    var quote: Character?
    var isEscaped = false
    for character in command {
      if !isEscaped, character == quote {
        quote = nil
      } else if !isEscaped, quote == nil, character == "'" || character == "\"" {
        quote = character
      }
      isEscaped = !isEscaped && character == "\\" && quote != "'"
      if character == " ", quote == nil {
        words.append("")
      } else {
        words[words.count - 1].append(character)
      }
    }
    return words.filter { !$0.isEmpty }
  }

  /// Neighbours added up until at most `limit` are left.
  static func folded(_ counts: [Int], to limit: Int) -> [Int] {
    let size = max(1, (counts.count + limit - 1) / limit)
    return stride(from: 0, to: counts.count, by: size).map { start in
      counts[start..<min(start + size, counts.count)].reduce(0, +)
    }
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

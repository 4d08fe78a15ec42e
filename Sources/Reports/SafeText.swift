/// Log text made safe for where it is shown.
package enum SafeText {
  /// For a terminal: no control bytes, no escape sequences, no reordering.
  package static func terminal(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          switch scalar.properties.generalCategory {
          case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse:
            "\u{fffd}"
          default: scalar
          }
        }))
  }

  /// For a terminal that shows nothing beyond ASCII.
  package static func ascii(_ text: String) -> String {
    String(terminal(text).map { $0.isASCII ? $0 : "?" })
  }

  /// For Markdown: nothing in it is markup, and it stays on its line.
  package static func markdown(_ text: String) -> String {
    var safe = ""
    for character in terminal(text) {
      if "\\`*_{}[]<>#|~!&".contains(character) { safe.append("\\") }
      safe.append(character)
    }
    return safe
  }

  /// A Markdown code span that the text cannot end.
  package static func code(_ text: String) -> String {
    let safe = terminal(text).replacing("|", with: "¦")
    var longest = 0
    var run = 0
    for character in safe {
      run = character == "`" ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: longest + 1)
    return longest == 0 ? fence + safe + fence : "\(fence) \(safe) \(fence)"
  }

  /// A cell of a sheet: quoted where needed, and never the start of a formula.
  package static func cell(_ text: String) -> String {
    var safe = terminal(text)
    if let first = safe.first, "=+-@\t\r".contains(first) { safe = "'" + safe }
    guard safe.contains(where: { ",\"\n\r;".contains($0) }) else { return safe }
    return "\"" + safe.replacing("\"", with: "\"\"") + "\""
  }
}

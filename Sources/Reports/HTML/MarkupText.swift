import Mustache

/// How every `{{value}}` of a page is written: log text is text, whatever stands in it.
///
/// The library's own HTML escaping goes by characters: a quote that carries a combining mark is not
/// the character `"`, and would end the attribute it stands in. This one goes by scalars, and shows
/// control, format and unassigned scalars as U+FFFD.
struct MarkupText: MustacheContentType {
  static let name = "LOGTEXT"

  func escapeText(_ text: String) -> String {
    var safe = ""
    safe.unicodeScalars.reserveCapacity(text.utf8.count)
    for scalar in SafeText.terminal(text).unicodeScalars {
      switch scalar {
      case "<": safe += "&lt;"
      case ">": safe += "&gt;"
      case "&": safe += "&amp;"
      case "\"": safe += "&quot;"
      case "'": safe += "&#39;"
      default: safe.unicodeScalars.append(scalar)
      }
    }
    return safe
  }

  /// JSON as it may stand inside a script element: nothing in it can end the element.
  static func inScript(_ json: String) -> String {
    var safe = ""
    for scalar in json.unicodeScalars {
      switch scalar {
      case "<", ">", "&", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        safe += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: safe.unicodeScalars.append(scalar)
      }
    }
    return safe
  }
}

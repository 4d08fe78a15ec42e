import ArgumentParser
import Foundation

/// What standard output can show.
struct Terminal {
  var isTerminal: Bool
  var isUnicode: Bool
  var allowsColour: Bool
  /// Whether the cursor can be moved.
  var canDraw: Bool

  static var current: Terminal {
    let environment = ProcessInfo.processInfo.environment
    let locale = environment["LC_ALL"] ?? environment["LC_CTYPE"] ?? environment["LANG"] ?? ""
    let isTerminal = isatty(STDOUT_FILENO) == 1
    let isDumb = environment["TERM"] == "dumb"
    let isUTF8 = locale.uppercased().contains("UTF-8") || locale.uppercased().contains("UTF8")
    return Terminal(
      isTerminal: isTerminal, isUnicode: isUTF8 && !isDumb,
      allowsColour: isTerminal && !isDumb && (environment["NO_COLOR"] ?? "").isEmpty,
      canDraw: isTerminal && !isDumb && !(environment["TERM"] ?? "").isEmpty)
  }
}

/// `--color`.
enum Colour: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never

  func isOn(_ terminal: Terminal) -> Bool {
    switch self {
    case .auto: terminal.allowsColour
    case .always: true
    case .never: false
    }
  }
}

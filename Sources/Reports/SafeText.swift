/// Log text made safe for a terminal: no control bytes, no escape sequences, no reordering.
package enum SafeText {
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
}

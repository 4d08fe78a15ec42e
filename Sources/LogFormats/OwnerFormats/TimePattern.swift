/// The pieces of a `strftime` format: what `%{...}t` of httpd writes.
///
/// Source: POSIX strftime; httpd manual, mod_log_config "%{format}t".
enum TimePattern {
  /// Appends the pieces of the characters in `range`, which stand in `text`.
  static func append(
    _ text: PatternText, _ range: Range<Int>, pattern: String, to items: inout [PatternItem]
  ) throws(PatternError) {
    var at = range.lowerBound
    while at < range.upperBound {
      let offset = text.offset(at)
      guard text.byte(at) == UInt8(ascii: "%") else {
        items.append(PatternItem(kind: .literal([text.byte(at)]), offset: offset))
        at += 1
        continue
      }
      guard at + 1 < range.upperBound else {
        throw PatternError(pattern, at: offset, "a time format cannot end with %; write %% for one")
      }
      let letter = text.byte(at + 1)
      if letter == UInt8(ascii: "%") {
        items.append(PatternItem(kind: .literal([letter]), offset: offset))
      } else if let long = long[letter] {
        let inner = PatternText(bare: Array(long.utf8)[...])
        try append(inner, 0..<inner.count, pattern: pattern, to: &items)
      } else if let piece = pieces[letter] {
        items.append(
          PatternItem(
            kind: .field(piece.field, piece.shape), offset: offset,
            name: text.string(at..<(at + 2))))
      } else {
        throw PatternError(
          pattern, at: offset, "\(text.string(at..<(at + 2))) is no part of a time (strftime)")
      }
      at += 2
    }
  }

  private static let long: [UInt8: String] = [
    UInt8(ascii: "T"): "%H:%M:%S", UInt8(ascii: "F"): "%Y-%m-%d", UInt8(ascii: "D"): "%m/%d/%y",
    UInt8(ascii: "R"): "%H:%M", UInt8(ascii: "r"): "%I:%M:%S %p",
    UInt8(ascii: "c"): "%a %b %e %H:%M:%S %Y", UInt8(ascii: "x"): "%m/%d/%y",
    UInt8(ascii: "X"): "%H:%M:%S",
  ]

  private static let pieces: [UInt8: (field: PatternField?, shape: FieldShape)] = [
    UInt8(ascii: "Y"): (.year, .digits(4)), UInt8(ascii: "y"): (.shortYear, .digits(2)),
    UInt8(ascii: "m"): (.month, .digits(2)), UInt8(ascii: "b"): (.monthName, .letters(3)),
    UInt8(ascii: "h"): (.monthName, .letters(3)), UInt8(ascii: "B"): (.monthName, .word),
    UInt8(ascii: "d"): (.day, .digits(2)), UInt8(ascii: "e"): (.day, .bytes(2)),
    UInt8(ascii: "H"): (.hour, .digits(2)), UInt8(ascii: "k"): (.hour, .bytes(2)),
    UInt8(ascii: "I"): (.halfDayHour, .digits(2)), UInt8(ascii: "l"): (.halfDayHour, .bytes(2)),
    UInt8(ascii: "p"): (.halfDay, .letters(2)), UInt8(ascii: "P"): (.halfDay, .letters(2)),
    UInt8(ascii: "M"): (.minute, .digits(2)), UInt8(ascii: "S"): (.second, .digits(2)),
    UInt8(ascii: "z"): (.zone, .bytes(5)), UInt8(ascii: "s"): (.epochSeconds, .digits(10)),
    UInt8(ascii: "a"): (nil, .letters(3)), UInt8(ascii: "A"): (nil, .word),
    UInt8(ascii: "j"): (nil, .digits(3)), UInt8(ascii: "u"): (nil, .digits(1)),
    UInt8(ascii: "Z"): (nil, .word), UInt8(ascii: "U"): (nil, .digits(2)),
    UInt8(ascii: "V"): (nil, .digits(2)), UInt8(ascii: "G"): (nil, .digits(4)),
  ]
}

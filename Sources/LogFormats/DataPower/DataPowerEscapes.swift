import LogEvents

/// How a shape of the log writes bytes that its syntax needs for itself.
enum DataPowerEscape {
  /// `\"`, `\/`, `\n`
  case json
  /// `&apos;`, `&#39;`, `<![CDATA[..]]>`
  case xml
  /// `""`
  case csv

  /// The bytes of `record` with the plain message behind them; `nil` if it has no escapes.
  ///
  /// The entry's other ranges stay right, and its message moves.
  func opened(_ record: Span<UInt8>, _ entry: inout DataPowerEntry) -> [UInt8]? {
    var message = entry.message
    let mark: UInt8
    switch self {
    case .json: mark = UInt8(ascii: "\\")
    case .csv: mark = .quote
    case .xml:
      mark = UInt8(ascii: "&")
      if record.has("<![CDATA[", at: message.start) {
        let end = record.find("]]>", message.start, message.end) ?? message.end
        entry.message = ByteRange(min(message.start + 9, end), end)
        return nil
      }
    }
    guard record.find(mark, message.start, message.end) != nil else { return nil }
    var bytes: [UInt8] = []
    bytes.append(record, 0, record.count)
    while message.start < message.end {
      let byte = record.byte(message.start)
      guard byte == mark, let hit = plain(record, message) else {
        bytes.append(byte)
        message.start += 1
        continue
      }
      bytes.append(hit.byte)
      message.start += hit.count
    }
    entry.message = ByteRange(record.count, bytes.count)
    return bytes
  }

  /// The byte that the escape at the start of `rest` stands for, and the length of the escape.
  private func plain(_ record: Span<UInt8>, _ rest: ByteRange) -> (byte: UInt8, count: Int)? {
    let next = record.byte(rest.start + 1)
    switch self {
    case .csv: return next == .quote ? (.quote, 2) : nil
    case .json:
      switch next {
      case .quote, .slash, UInt8(ascii: "\\"): return (next, 2)
      case UInt8(ascii: "n"), UInt8(ascii: "r"): return (.newline, 2)
      case UInt8(ascii: "t"): return (.space, 2)
      default: return record.has("\\u0027", at: rest.start) ? (UInt8(ascii: "'"), 6) : nil
      }
    case .xml:
      let hit = Self.entities.first { record.has($0.name, at: rest.start) }
      return hit.map { ($0.byte, $0.name.utf8.count) }
    }
  }

  /// Source: XML 1.0, section 4.6 "Predefined Entities".
  private static let entities: [(name: String, byte: UInt8)] = [
    ("&apos;", UInt8(ascii: "'")), ("&quot;", .quote), ("&amp;", UInt8(ascii: "&")),
    ("&lt;", UInt8(ascii: "<")), ("&gt;", UInt8(ascii: ">")), ("&#39;", UInt8(ascii: "'")),
    ("&#x27;", UInt8(ascii: "'")), ("&#34;", .quote), ("&#10;", .newline), ("&#xA;", .newline),
  ]
}

import LogEvents

/// mod_log_forensic's log: a record when a request's headers are read, another at its end.
///
///     +awDkjc1lZRHxXCPba5uLnAAAAAE|GET /a HTTP/1.1|Host:www.example.com|Connection:close
///     -awDkjc1lZRHxXCPba5uLnAAAAAE
///
/// It names neither status nor backend, so that no record is an event; the ids hold when the log was
/// alive. Source: httpd modules/loggers/mod_log_forensic.c, modules/metadata/mod_unique_id.c.
struct ApacheForensic: LogFormat {
  static let card = FormatCard(
    name: "apache-forensic", product: "apache-mod-proxy",
    title: "Apache httpd forensic log (mod_log_forensic)", vantage: .proxy,
    sample: "+awDkjc1lZRHxXCPba5uLnAAAAAE|GET /a HTTP/1.1|Host:www.example.com|Connection:close")

  init(_ settings: FormatSettings) {}

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    let isStart = record.byte(0) == UInt8(ascii: "+")
    guard isStart || record.byte(0) == .dash else { throw .notThisDialect }
    let bar = record.find(UInt8(ascii: "|"), 1, min(record.count, 80))
    guard isStart == (bar != nil) else { throw .notThisDialect }
    let id = record.trimmed(ByteRange(1, bar ?? record.count))
    guard let seconds = Self.seconds(record, id), seconds > 631_152_000 else {
      throw .notThisDialect
    }
    batch.witness(Timestamp(milliseconds: seconds * 1000))
  }

  /// The time in the id: the first 32 bits of mod_unique_id's, or the middle one of
  /// `pid:seconds:count` in hexadecimal.
  private static func seconds(_ record: Span<UInt8>, _ id: ByteRange) -> Int64? {
    var bits: UInt64 = 0
    if let colon = record.find(.colon, id.start, id.end),
      let second = record.find(.colon, colon + 1, id.end), second - colon <= 9
    {
      for at in (colon + 1)..<second {
        let byte = lowercased(record.byte(at))
        guard byte.isDigit || byte &- 97 < 6 else { return nil }
        bits = bits << 4 | UInt64(byte.isDigit ? byte &- 48 : byte &- 87)
      }
      return Int64(bits)
    }
    guard ApacheAccess.isUniqueID(record, id) else { return nil }
    for at in id.start..<(id.start + 6) { bits = bits << 6 | UInt64(sixBits(record.byte(at))) }
    return Int64(bits >> 4)
  }

  private static func sixBits(_ byte: UInt8) -> UInt8 {
    switch byte {
    case 65...90: byte - 65
    case 97...122: byte - 97 + 26
    case 48...57: byte - 48 + 52
    case UInt8(ascii: "@"): 62
    default: 63
    }
  }
}

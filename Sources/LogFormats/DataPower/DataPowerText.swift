import LogEvents

/// DataPower's text log: file, console, syslog, error report; several firmware ages.
///
///     20231114T081500.200Z [0x80e00126][mpgw][error] mpgw(OrdersGW): tid(48016)[192.0.2.21] gtid(5a1..): Valid backside ...
///
/// Source: formats/datapower.md §1; IBM Documentation, "Log target format".
struct DataPowerText: JoiningFormat {
  static let card = FormatCard(
    name: "datapower", product: "datapower",
    title: "IBM DataPower text log: file, syslog, container, error report", vantage: .gateway,
    sample:
      "20231114T081511.147Z [0x80e00126][mpgw][error] mpgw(OrdersGW): tid(48336)[192.0.2.41] "
      + "gtid(5a10c3e765532c8f0000bcd0): Valid backside connection could not be established: "
      + "Failed to establish a backside connection, url: https://orders.example.com:8443/submit")

  static var codes: [CodeTable] { [DataPowerGuide.table] }

  var joiner: DataPowerJoiner

  init(_ settings: FormatSettings) { joiner = DataPowerJoiner(settings) }

  /// Messages of users may have several lines.
  let isMultiline = true

  func startsRecord(_ line: Span<UInt8>) -> Bool {
    if line.byte(0) == .openBracket { return true }
    if line.byte(0).isDigit {
      return line.byte(8) == UInt8(ascii: "T") && line.byte(14).isDigit
        || DataPowerEntry.numericStamp(line) != nil
    }
    if ByteScanner(line).weekdayStandsHere { return true }
    return line.has("----", at: 0) || line.has("Content-", at: 0) || line.has("MIME-", at: 0)
  }

  static var knowsBareLines: Bool { true }

  /// `20231114T081500`, with the day of the record before: no header begins so.
  @inline(__always)
  func standsBare(_ line: Span<UInt8>) -> Bool {
    line.byte(8) == UInt8(ascii: "T") && line.byte(14).isDigit && joiner.isSameDay(line)
  }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    try joiner.take(text: record, context, into: &batch)
  }
}

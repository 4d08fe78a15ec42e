import LogEvents

/// httpd's error log, 2.0 to 2.4, built-in format or any `ErrorLogFormat` that names its fields.
struct ApacheErrorLog: JoiningFormat {
  static let card = FormatCard(
    name: "apache-error", product: "apache-mod-proxy",
    title: "Apache httpd error log, 2.0 to 2.4, with mod_proxy's messages", vantage: .proxy,
    sample:
      "[Sat Nov 21 00:10:34.419647 2026] [proxy:error] [pid 21385:tid 21423] (111)Connection refused: "
      + "AH00957: http: attempt to connect to 192.0.2.11:8080 (app1.example.com:8080) failed")

  static var codes: [CodeTable] { ApacheGuide.tables }

  var joiner: ApacheJoiner

  init(_ settings: FormatSettings) { joiner = ApacheJoiner(settings) }

  static var knowsBareLines: Bool { true }

  /// `[Sat Nov 21 `, as in the record before: no header begins so.
  @inline(__always)
  func standsBare(_ line: Span<UInt8>) -> Bool {
    line.byte(0) == .openBracket && line.byte(3) > .space && joiner.isSameDay(line)
  }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    if record.byte(0) == .openBracket {
      try joiner.take(bracketed: record, context, into: &batch)
      return
    }
    let parsed: ApacheErrorRecord
    if let named = try? ApacheErrorRecord.named(record) {
      parsed = named
    } else {
      parsed = try ApacheErrorRecord.anchored(record)
    }
    try joiner.take(parsed, record, context, into: &batch)
  }
}

/// httpd's error log in an `ErrorLogFormat` that is shaped like JSON.
struct ApacheErrorObjects: JoiningFormat {
  static let card = FormatCard(
    name: "apache-error-json", product: "apache-mod-proxy",
    title: "Apache httpd error log, ErrorLogFormat shaped like JSON", vantage: .proxy,
    sample:
      "{\"time\":\"2026-11-21 00:05:23.815083 +0000\", \"module\":\"proxy\", \"level\":\"error\", "
      + "\"pid\":12047, \"tid\":\"139703567230656\", \"client\":\"-\", \"status\":"
      + "\"(111)Connection refused\", \"message\":\"AH00957: http: attempt to connect to "
      + "192.0.2.21:8080 (app1.example.com:8080) failed\"}")

  var joiner: ApacheJoiner

  init(_ settings: FormatSettings) { joiner = ApacheJoiner(settings) }

  static let writesCommonShapes = true
  let readsJSON = true

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    try joiner.take(try ApacheErrorRecord.object(record), record, context, into: &batch)
  }
}

import LogEvents

/// httpd's error log in the `ErrorLogFormat` that its owner gave.
///
/// The lines that httpd writes once a connection or request, and those from before it has read its
/// configuration, are in no such format: they are read as the built-in one reads them.
struct OwnerApacheError: LogFormat {
  static let card = FormatCard(
    name: "apache ErrorLogFormat", product: "apache-mod-proxy",
    title: "Apache httpd error log in an ErrorLogFormat of your own (--log-format)",
    vantage: .proxy, sample: "--log-format 'apache-error:[%{u}t] [%-m:%l] [pid %P] %E: %M'")

  private var clock: LocalClock
  private var joiner: ApacheJoiner
  private var reader: OwnerReader
  let readsJSON: Bool
  let beginsWithTime: Bool

  init(_ settings: FormatSettings) {
    clock = LocalClock(settings)
    joiner = ApacheJoiner(settings)
    reader = OwnerReader(settings, .apacheError)
    readsJSON = reader.readsJSON
    beginsWithTime = reader.beginsWithTime
  }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    guard reader.match(record) else {
      if record.byte(0) == .openBracket {
        try joiner.take(bracketed: record, context, into: &batch)
      } else {
        try joiner.take(ApacheErrorRecord.anchored(record), record, context, into: &batch)
      }
      return
    }
    let parsed = parsed(record)
    guard parsed.time != nil || context.time.isKnown else { throw .badTime }
    try joiner.take(parsed, record, context, into: &batch)
  }

  mutating func finish(into batch: inout EventBatch) { joiner.closeAll(into: &batch) }

  private mutating func parsed(_ record: Span<UInt8>) -> ApacheErrorRecord {
    var parsed = ApacheErrorRecord()
    parsed.severity = .error
    parsed.hasPorts = true
    var time = PatternTime()
    var (process, thread, peer) = (ByteRange.empty, ByteRange.empty, ByteRange.empty)
    for (field, range) in zip(reader.fields, reader.ranges) {
      switch field {
      case .level: parsed.severity = ApacheErrorRecord.severity(record, range) ?? .error
      case .clientAndPort: parsed.client = range
      case .clientOrPeer: peer = range
      case .systemError: if !record.isAbsent(range) { parsed.status = range }
      case .transaction: if !record.isAbsent(range) { parsed.transaction = range }
      case .connection: if !record.isAbsent(range) { parsed.connection = range }
      case .service: if !record.isAbsent(range) { parsed.service = range }
      case .process: process = range
      case .thread: thread = range
      case .message: parsed.take(message: range, of: record)
      default: time.take(field, record, range, &clock)
      }
    }
    if parsed.client.isEmpty { parsed.client = peer }
    if !process.isEmpty {
      parsed.thread = ApacheErrorRecord.thread(record, process, thread.isEmpty ? nil : thread)
    }
    parsed.time = time.civil
    return parsed
  }
}

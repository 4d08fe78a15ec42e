import LogEvents

/// `http_plugin.log` of IBM's WebSphere plug-in for web servers.
///
///     [11/Sep/2017:18:44:34.06766] 006a00f8 0000021b - ERROR: ws_common: websphereGetStream: Failed to connect to app server on host 'app2.example.com', OS err=79
///     [Wed Dec 03 15:40:50 2014] 00000dbc 0000020b - ERROR: ws_common: websphereGetStream: Connect timeout fired
///
/// Source: public reports (formats/apache-mod-proxy.md §13).
struct WebSpherePlugin: JoiningFormat {
  static let card = FormatCard(
    name: "websphere-plugin", product: "apache-mod-proxy",
    title: "WebSphere plug-in's http_plugin.log", vantage: .proxy,
    sample:
      "[11/Sep/2017:18:44:34.06766] 006a00f8 0000021b - ERROR: ws_common: websphereGetStream: "
      + "Failed to connect to app server on host 'app2.example.com', OS err=79")

  static var codes: [CodeTable] { [WebSphereGuide.table] }

  private var clock: LocalClock
  var joiner = StepJoiner()

  init(_ settings: FormatSettings) { clock = LocalClock(settings) }

  private static let levels: [(name: String, severity: Severity)] = [
    ("ERROR", .error), ("STATS", .debug), ("WARNING", .warning), ("PLUGIN", .notice),
    ("DETAIL", .debug), ("DEBUG", .debug), ("TRACE", .debug),
  ]

  enum Rule {
    case fixed(Outcome)
    /// By the operating system's error number.
    case connecting
    case repeating
  }

  /// In the order in which an attempt says them.
  static let messages: [(text: String, rule: Rule, step: UInt8)] = [
    ("Failed to connect to app server", .connecting, 1),
    ("Connect timeout fired", .fixed(.connectTimeout), 1),
    ("ServerIOTimeout fired", .fixed(.responseTimeout), 1),
    ("Failed to resolve address", .fixed(.dnsFailure), 1),
    ("gsk", .fixed(.tlsFailure), 1),
    ("Could not open stream", .repeating, 2),
    ("Failed to create the stream", .repeating, 3),
    ("Failed to read from a new stream", .fixed(.prematureClose), 3),
    ("Failed to write to a new stream", .fixed(.requestBodyFailed), 3),
    ("serverSetFailoverStatus: Marking ", .fixed(.serverDown), 4),
    ("Failed to execute the transaction to ", .repeating, 5),
    ("Failed to find an app server", .fixed(.serverDown), 6),
    ("failed to get response", .repeating, 7),
    ("Failed to handle request", .repeating, 8),
  ]

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    var scan = ByteScanner(record)
    let civil: CivilTime
    let severity: Severity
    let thread: ByteRange
    do throws(RecordFault) {
      try scan.skip(.openBracket)
      civil = scan.weekdayStandsHere ? try scan.ctimeTime() : try scan.clfTime()
      try scan.skip("] ")
      thread = ByteRange(scan.at, scan.at + 17)
      try Self.skipHex(&scan)
      try scan.skip(.space)
      try Self.skipHex(&scan)
      try scan.skip(" - ")
      let level = try scan.field(until: .colon)
      guard let known = Self.levels.first(where: { record.equals(level, $0.name) }) else {
        throw .badShape
      }
      severity = known.severity
      scan.skipSpaces()
    } catch {
      throw .notThisDialect
    }
    let time = clock.timestamp(civil)
    guard time.isKnown else { throw .badTime }
    guard severity != .debug else {
      batch.witness(time)
      return
    }
    var event = Event(time: time, line: context.line, outcome: .other)
    event.hasMilliseconds = civil.hasMilliseconds
    event.severity = severity
    event.gateway = context.host
    var told = StepJoiner.Told(
      event: event, thread: textHash(record, thread.start, thread.end), step: 0)
    take(&told, record, scan.rest, into: &batch)
  }

  private mutating func take(
    _ told: inout StepJoiner.Told, _ record: Span<UInt8>, _ message: ByteRange,
    into batch: inout EventBatch
  ) {
    told.message.append(record, message.start, min(message.end, message.start + 400))
    guard
      let known = Self.messages.first(where: { record.find($0.text, in: message) != nil })
    else {
      joiner.alone(told, into: &batch)
      return
    }
    told.step = known.step
    switch known.rule {
    case .fixed(let outcome): told.event.outcome = outcome
    case .repeating: told.event.outcome = .other
    case .connecting: told.event.outcome = Self.connecting(record, message)
    }
    if told.event.outcome.side == .state { told.event.journal = .state }
    told.event.backend = batch.names.id(Self.host(record, message).span)
    told.event.service = batch.names.id(record, Self.server(record, message))
    joiner.take(told, into: &batch)
  }

  // MARK: Parts

  private static func skipHex(_ scan: inout ByteScanner) throws(RecordFault) {
    for offset in 0..<8 {
      let byte = lowercased(scan.bytes.byte(scan.at + offset))
      guard byte.isDigit || byte &- 97 < 6 else { throw .badShape }
    }
    scan.move(to: scan.at + 8)
  }

  /// `OS err=79`, or `'host' (79): `.
  private static func connecting(_ record: Span<UInt8>, _ message: ByteRange) -> Outcome {
    let start =
      record.find("err=", in: message)
      ?? record.find(" (", in: message)
      ?? message.end
    let status = ApacheStatus(record, ByteRange(start, message.end))
    return status == .none ? .other : ApacheMessage.connecting(status)
  }

  /// `host 'app1.example.com'`, in lower case.
  private static func host(_ record: Span<UInt8>, _ message: ByteRange) -> [UInt8] {
    quoted("host '", record, message).map { range in
      var name: [UInt8] = []
      for at in range.start..<range.end { name.append(lowercased(record.byte(at))) }
      return name
    } ?? []
  }

  /// The server of `transaction to 'Node01_shop'on host`, `Marking Node01_shop down`.
  private static func server(_ record: Span<UInt8>, _ message: ByteRange) -> ByteRange {
    if let range = quoted("transaction to '", record, message) { return range }
    guard let hit = record.find("Marking ", in: message) else { return .empty }
    let start = hit + "Marking ".utf8.count
    return ByteRange(start, record.find(.space, start, message.end) ?? message.end)
  }

  private static func quoted(
    _ mark: String, _ record: Span<UInt8>, _ message: ByteRange
  ) -> ByteRange? {
    guard let hit = record.find(mark, in: message) else { return nil }
    let start = hit + mark.utf8.count
    guard let end = record.find(UInt8(ascii: "'"), start, message.end) else { return nil }
    return ByteRange(start, end)
  }
}

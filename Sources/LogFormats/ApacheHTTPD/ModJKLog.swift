import LogEvents

/// `mod_jk.log`: the log of Tomcat's connector, with its request lines.
///
///     [Sat Nov 21 00:07:51.956 2026] [17275:139729261434560] [info] jk_open_socket::jk_connect.c (815): connect to 192.0.2.41:8009 failed (errno=111)
///     [Sat Nov 21 00:07:51.956 2026] lb www.example.com 0.000472 200 /shop/index.html
///
/// From 1.2.49 a request id stands before the process. Source: mod_jk, common/jk_util.c `jk_log`.
struct ModJKLog: JoiningFormat {
  static let card = FormatCard(
    name: "mod-jk", product: "apache-mod-proxy",
    title: "mod_jk.log, with JkRequestLogFormat lines", vantage: .proxy,
    sample:
      "[Sat Nov 21 00:07:51.956 2026] [17275:139729261434560] [info] "
      + "jk_open_socket::jk_connect.c (815): connect to 192.0.2.41:8009 failed (errno=111)")

  static var codes: [CodeTable] { [ModJKGuide.table] }

  private var clock: LocalClock
  var joiner = StepJoiner()

  init(_ settings: FormatSettings) { clock = LocalClock(settings) }

  private static let levels: [(name: String, severity: Severity)] = [
    ("info", .info), ("error", .error), ("debug", .debug), ("warn", .warning), ("trace", .debug),
    ("emerg", .emergency),
  ]

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    var scan = ByteScanner(record)
    let civil = try Self.stamp(&scan)
    guard scan.next == .openBracket else {
      try readRequest(&scan, civil, context, into: &batch)
      return
    }
    var fields: (id: ByteRange, thread: ByteRange) = (.empty, .empty)
    var severity: Severity?
    while severity == nil {
      guard scan.next == .openBracket,
        let close = record.find("] ", scan.at, scan.at + 130)
      else { throw .notThisDialect }
      let field = ByteRange(scan.at + 1, close)
      scan.move(to: close + 2)
      if fields.thread.isEmpty {
        if Self.isThread(record, field) {
          fields.thread = field
        } else {
          guard fields.id.isEmpty else { throw .notThisDialect }
          fields.id = field
        }
      } else {
        severity = Self.levels.first { record.equals(field, $0.name) }?.severity
        if severity == nil { throw .notThisDialect }
      }
    }
    guard let file = record.find("::", scan.at, scan.at + 80),
      let end = record.find("): ", file, file + 80)
    else { throw .notThisDialect }
    let time = clock.timestamp(civil)
    guard time.isKnown else { throw .badTime }
    let message = ByteRange(end + 3, record.count)
    var event = Event(time: time, line: context.line, outcome: .other)
    event.hasMilliseconds = civil.hasMilliseconds
    event.severity = severity ?? .none
    event.gateway = context.host
    var told = StepJoiner.Told(
      event: event, thread: textHash(record, fields.thread.start, fields.thread.end), step: 0)
    if !record.equals(fields.id, "-") {
      told.transaction.append(record, fields.id.start, fields.id.end)
    }
    take(&told, record, message, into: &batch)
  }

  private mutating func take(
    _ told: inout StepJoiner.Told, _ record: Span<UInt8>, _ message: ByteRange,
    into batch: inout EventBatch
  ) {
    let known = told.event.severity == .debug ? nil : ModJKMessage.find(record, message)
    guard known != nil || told.event.severity.rawValue <= Severity.warning.rawValue else {
      batch.witness(told.event.time)
      return
    }
    let worker = Self.worker(record, message)
    told.event.service = batch.names.id(record, worker)
    told.message.append(record, message.start, min(message.end, message.start + 400))
    guard let known else {
      joiner.alone(told, into: &batch)
      return
    }
    told.step = known.step
    told.event.outcome = known.outcome(record, message)
    told.event.backend = batch.names.id(record, known.backend(record, message))
    if told.event.outcome.side == .state { told.event.journal = .state }
    // What the balancer says is not of one member.
    if known.step <= 10 { told.worker.append(record, worker.start, worker.end) }
    var onlyRepeats = false
    if case .repeating = known.rule {
      onlyRepeats = told.event.severity.rawValue > Severity.warning.rawValue
    }
    joiner.take(told, onlyRepeats: onlyRepeats, into: &batch)
  }

  // MARK: Parts

  private static func stamp(_ scan: inout ByteScanner) throws(RecordFault) -> CivilTime {
    do throws(RecordFault) {
      try scan.skip(.openBracket)
      let civil: CivilTime
      if scan.weekdayStandsHere {
        civil = try scan.ctimeTime()
      } else if scan.bytes.byte(scan.at + 2) == .slash {
        civil = try scan.clfTime()
      } else {
        civil = try scan.isoTime()
      }
      try scan.skip("] ")
      return civil
    } catch {
      throw .notThisDialect
    }
  }

  /// Whether the field is `17275:139729261434560`.
  private static func isThread(_ record: Span<UInt8>, _ field: ByteRange) -> Bool {
    guard let colon = record.find(.colon, field.start, field.end), colon > field.start,
      colon + 1 < field.end
    else { return false }
    for at in field.start..<field.end where at != colon && !record.byte(at).isDigit {
      return false
    }
    return true
  }

  /// The worker of `(n1) ...`, `service failed, worker n1 is ...`, `... for worker=lb`.
  private static func worker(_ record: Span<UInt8>, _ message: ByteRange) -> ByteRange {
    if record.byte(message.start) == .openParenthesis,
      let close = record.find(.closeParenthesis, message.start, message.end)
    {
      return ByteRange(message.start + 1, close)
    }
    for mark in ["failed, worker ", "for worker="] {
      guard let hit = record.find(mark, in: message) else { continue }
      let start = hit + mark.utf8.count
      return ByteRange(start, record.find(.space, start, message.end) ?? message.end)
    }
    return .empty
  }

  // MARK: Request lines

  /// `lb www.example.com 0.000472 200 /shop/index.html`, JkRequestLogFormat "%w %V %T %s %U".
  private mutating func readRequest(
    _ scan: inout ByteScanner, _ civil: CivilTime, _ context: RecordContext,
    into batch: inout EventBatch
  ) throws(RecordFault) {
    let record = scan.bytes
    let worker: ByteRange
    let seconds: ByteRange
    let status: ByteRange
    do throws(RecordFault) {
      worker = try scan.word()
      _ = try scan.word()
      seconds = try scan.word()
      status = try scan.word()
    } catch {
      throw .notThisDialect
    }
    guard record.find(UInt8(ascii: "."), seconds.start, seconds.end) != nil,
      let duration = record.milliseconds(ofSeconds: seconds), status.count == 3,
      let value = record.integer(status), value >= 100,
      scan.isAtEnd || record.byte(scan.at) == .slash
    else { throw .notThisDialect }
    let time = clock.timestamp(civil)
    guard time.isKnown else { throw .badTime }
    var event = Event(time: time, line: context.line, outcome: value >= 500 ? .http5xx : .ok)
    event.hasMilliseconds = civil.hasMilliseconds
    event.journal = .access
    event.gateway = context.host
    event.status = UInt16(clamping: value)
    event.durationMilliseconds = Int32(clamping: duration)
    event.service = batch.names.id(record, worker)
    event.uri = batch.keep(record, scan.rest)
    if value >= 500 { event.message = batch.keep(record, 0, min(record.count, 512)) }
    batch.append(event)
  }
}

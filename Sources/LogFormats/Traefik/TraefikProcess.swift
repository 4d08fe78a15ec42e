import LogEvents

/// Traefik's process log: the only place that tells why an exchange ended with 502 or 504.
///
///     2026-01-09T14:03:05Z WRN Health check failed. error="..." targetURL=http://192.0.2.61:8080
///     time="2021-01-09T14:03:00Z" level=debug msg="'502 Bad Gateway' caused by: EOF"
///     {"level":"error","error":"dial tcp 192.0.2.20:5432: connect: no route to host","time":"...","message":"Error while dialing backend"}
///
/// Other programs write such shapes too: records count as chatter only where something in them, or
/// before them in the file, is Traefik's own. Source: Traefik source, `pkg/proxy/httputil`,
/// `pkg/healthcheck`, `pkg/tcp`.
struct TraefikProcess {
  /// Whether something in the file was Traefik's own.
  private(set) var isKnown = false

  /// The parts of one record.
  private struct Entry {
    var message = ByteRange.empty
    var error = ByteRange.empty
    var target = ByteRange.empty
    var service = ByteRange.empty
  }

  static func severity(_ record: Span<UInt8>, _ word: ByteRange) -> Severity? {
    let names: [(String, Severity)] = [
      ("info", .info), ("inf", .info), ("debug", .debug), ("dbg", .debug), ("trace", .debug),
      ("trc", .debug), ("warn", .warning), ("wrn", .warning), ("warning", .warning),
      ("error", .error), ("err", .error), ("fatal", .critical), ("ftl", .critical),
      ("panic", .critical), ("pnc", .critical),
    ]
    return names.first { record.equalsIgnoringCase(word, $0.0) }?.1
  }

  // MARK: Shapes

  mutating func readObject(
    _ record: Span<UInt8>, _ fields: TraefikFields, _ moment: LocalClock.Moment?,
    _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    guard let severity = Self.severity(record, fields.level), !fields.message.isEmpty else {
      throw .notThisDialect
    }
    if fields.isTraefik { isKnown = true }
    // A shipper's object around a record, which no message begins like.
    let first = record.byte(fields.message.start)
    if !fields.isTraefik,
      first.isDigit || first == UInt8(ascii: "{") || first == UInt8(ascii: "\\")
        || record.has("time=", at: fields.message.start)
    {
      let isAnswer = TraefikCause.verdict(record, fields.message, fields.error) != nil
      guard isAnswer else { throw .notThisDialect }
    }
    // Others may share the file, whose objects have levels and messages as well.
    let isOwn = fields.isTraefik || fields.isWritten(in: record)
    let entry = Entry(
      message: fields.message, error: fields.error, target: fields.target,
      service: fields.service)
    try tell(record, entry, moment, severity, context, isOwn: isOwn, &batch)
  }

  mutating func readText(
    _ record: Span<UInt8>, _ context: RecordContext, _ clock: inout LocalClock,
    into batch: inout EventBatch
  ) throws(RecordFault) {
    var scan = ByteScanner(record)
    var entry = Entry()
    var moment = LocalClock.Moment(
      time: context.time, hasMilliseconds: context.hasMilliseconds)
    var level = ByteRange.empty
    let isPairs = scan.skipIf("time=\"")
    if isPairs || scan.next.isDigit {
      guard let civil = try? scan.isoTime() else { throw .notThisDialect }
      let time = clock.timestamp(civil)
      moment = LocalClock.Moment(time: time, hasMilliseconds: civil.hasMilliseconds)
      if isPairs { scan.move(to: scan.at + 1) }
      scan.skipSpaces()
    }
    if isPairs {
      guard scan.skipIf("level="), let word = try? scan.word() else { throw .notThisDialect }
      level = word
      guard scan.skipIf("msg=") else { throw .notThisDialect }
      entry.message = Self.value(&scan)
    } else {
      guard let word = try? scan.word(), word.count == 3 else { throw .notThisDialect }
      level = word
      if let arrow = record.find(" > ", scan.at, min(record.count, scan.at + 200)),
        record.find(".go:", scan.at, arrow) != nil
      {
        scan.move(to: arrow + 3)
      }
      let start = scan.at
      let stop = Self.firstPair(record, start)
      entry.message = record.trimmed(ByteRange(start, stop))
      scan.move(to: stop)
    }
    guard let severity = Self.severity(record, level), moment.time.isKnown else {
      throw .notThisDialect
    }
    readPairs(&scan, &entry)
    if record.find("traefik", 0, record.count) != nil { isKnown = true }
    try tell(record, entry, moment, severity, context, isOwn: true, &batch)
  }

  /// Where the first ` key=` begins, or the record's end.
  private static func firstPair(_ record: Span<UInt8>, _ start: Int) -> Int {
    var at = start
    while let equals = record.find(UInt8(ascii: "="), at, record.count) {
      var name = equals
      while name > start, lowercased(record.byte(name - 1)) &- 97 < 26 { name -= 1 }
      if name < equals, name > start, record.byte(name - 1) == .space { return name }
      at = equals + 1
    }
    return record.count
  }

  private static func value(_ scan: inout ByteScanner) -> ByteRange {
    let record = scan.bytes
    guard scan.next == .quote else { return (try? scan.word()) ?? .empty }
    var at = scan.at + 1
    while at < record.count, record.byte(at) != .quote {
      at += record.byte(at) == UInt8(ascii: "\\") ? 2 : 1
    }
    let value = ByteRange(scan.at + 1, min(at, record.count))
    scan.move(to: at + 1)
    scan.skipSpaces()
    return value
  }

  private mutating func readPairs(_ scan: inout ByteScanner, _ entry: inout Entry) {
    let record = scan.bytes
    scan.skipSpaces()
    while !scan.isAtEnd, let equals = record.find(UInt8(ascii: "="), scan.at, record.count) {
      let key = record.trimmed(ByteRange(scan.at, equals))
      scan.move(to: equals + 1)
      let value = Self.value(&scan)
      if record.equals(key, "error") { entry.error = value }
      if record.equals(key, "targetURL") { entry.target = value }
      if record.equals(key, "serviceName") { entry.service = value }
      let isOwn = [
        "targetURL", "serviceName", "entryPointName", "routerName", "providerName",
        "middlewareName", "middlewareType",
      ].contains { record.equals(key, $0) }
      if isOwn { isKnown = true }
    }
  }

  // MARK: Meaning

  private mutating func tell(
    _ record: Span<UInt8>, _ entry: Entry, _ moment: LocalClock.Moment?, _ severity: Severity,
    _ context: RecordContext, isOwn: Bool, _ batch: inout EventBatch
  ) throws(RecordFault) {
    guard let verdict = TraefikCause.verdict(record, entry.message, entry.error) else {
      guard isKnown, isOwn else { throw .notThisDialect }
      batch.witness(moment?.time ?? .unknown)
      return
    }
    guard let moment else { throw .badTime }
    isKnown = true
    var event = Event(time: moment.time, line: context.line, outcome: verdict.outcome)
    event.hasMilliseconds = moment.hasMilliseconds
    event.severity = severity
    event.gateway = context.host
    event.journal = verdict.isState ? .state : .error
    event.status = UInt16(clamping: record.integer(verdict.status) ?? 0)
    event.code = batch.names.id(record, verdict.status)
    event.pool = batch.names.id(record, entry.service)
    let member =
      entry.target.isEmpty
      ? TraefikCause.member(record, entry.error.isEmpty ? entry.message : entry.error)
      : record.authority(ofURL: entry.target)
    event.backend = batch.member(record, member)
    event.message = batch.keepEvidence(record)
    batch.append(event)
  }
}

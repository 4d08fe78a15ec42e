import LogEvents

/// Request log of Google Cloud's application load balancers, as Cloud Logging exports it.
///
///     {"insertId":"1o","jsonPayload":{"statusDetails":"backend_timeout"},"httpRequest":{"status":502,"remoteIp":"203.0.113.4","serverIp":"192.0.2.5","latency":"30.0s"},"resource":{"type":"http_load_balancer","labels":{"backend_service_name":"shop"}},"timestamp":"2026-04-02T10:01:20.078651Z"}
///
/// Exports may repeat a record; its `insertId` tells.
/// Source: Google Cloud documentation, "LogEntry" and load balancing "Logging and monitoring".
struct GoogleLoadBalancer: LogFormat {
  static let card = FormatCard(
    name: "gcp-lb", product: "gcp-lb", title: "Google Cloud HTTP(S) load balancing request log",
    vantage: .loadBalancer,
    sample:
      "{\"insertId\":\"1o\",\"jsonPayload\":{\"statusDetails\":\"response_sent_by_backend\"},"
      + "\"httpRequest\":{\"status\":200,\"remoteIp\":\"203.0.113.4\",\"serverIp\":\"192.0.2.5\"},"
      + "\"resource\":{\"type\":\"http_load_balancer\",\"labels\":{\"backend_service_name\":"
      + "\"shop\"}},\"timestamp\":\"2026-04-02T10:01:20.078651Z\"}")

  static var codes: [CodeTable] { [GoogleGuide.table] }

  /// What one entry says, before it is judged.
  private struct Entry {
    var time = ByteRange.empty
    var insertID = ByteRange.empty
    var trace = ByteRange.empty
    var severity = ByteRange.empty
    var type = ByteRange.empty
    var details = ByteRange.empty
    var status = ByteRange.empty
    var client = ByteRange.empty
    var server = ByteRange.empty
    var latency = ByteRange.empty
    var url = ByteRange.empty
    var pool = ByteRange.empty
    var rule = ByteRange.empty
    var map = ByteRange.empty
    var isRequest = false
  }

  /// Copies of a record stand near each other.
  private static let remembered = 512

  private var clock: LocalClock
  private var seen = RecentHashes(limit: GoogleLoadBalancer.remembered)

  let joins = true

  init(_ settings: FormatSettings) { clock = LocalClock(settings) }

  func tellOpen(to state: inout OpenState) -> Bool {
    state.add(seen.inOrder)
    return true
  }

  var isMultiline: Bool { true }

  func startsRecord(_ line: Span<UInt8>) -> Bool { JSONLines.startsRecord(line) }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    guard let array = JSONLines.array(record) else {
      try readEntry(record, record.whole, context, &batch)
      return
    }
    var objects = JSONObjects(record, array)
    while let object = objects.next() { try readEntry(record, object, context, &batch) }
  }

  private mutating func readEntry(
    _ record: Span<UInt8>, _ object: ByteRange, _ context: RecordContext,
    _ batch: inout EventBatch
  ) throws(RecordFault) {
    var entry = Entry()
    guard Self.take(record, object, .empty, &entry), isOfBalancer(record, entry) else {
      throw .notThisDialect
    }
    var scan = ByteScanner(record, from: entry.time.start)
    guard !entry.time.isEmpty else { throw .badTime }
    let civil = try scan.isoTime()
    let time = clock.timestamp(civil)
    guard time.isKnown else { throw .badTime }
    guard entry.isRequest else {
      batch.witness(time)
      return
    }
    guard !isRepeated(record, entry) else { return }
    let status = record.integer(entry.status) ?? 0
    var event = Event(
      time: time, line: context.line,
      outcome: GoogleStatusDetails.outcome(
        record, entry.details, status: status, hasServer: !entry.server.isEmpty))
    event.hasMilliseconds = civil.hasMilliseconds
    event.journal = .access
    event.severity = severity(record, entry.severity) ?? context.severity
    event.status = UInt16(clamping: status)
    event.code = batch.names.id(
      record, record.isAbsent(entry.details) ? entry.status : entry.details)
    event.backend = batch.names.id(record, entry.server)
    event.pool = batch.names.id(record, entry.pool)
    event.service = batch.names.id(record, entry.rule.isEmpty ? entry.map : entry.rule)
    event.client = batch.keep(record, record.host(of: entry.client))
    let slash = record.findLast(.slash, in: entry.trace)
    event.transaction = batch.keep(
      record, ByteRange(slash.map { $0 + 1 } ?? entry.trace.start, entry.trace.end))
    event.uri = batch.keep(record, entry.url)
    let seconds = ByteRange(entry.latency.start, max(entry.latency.start, entry.latency.end - 1))
    event.durationMilliseconds = Int32(clamping: record.milliseconds(ofSeconds: seconds) ?? -1)
    if event.outcome != .ok { event.message = batch.keepEvidence(record) }
    batch.append(event)
  }

  /// Takes an object and those within it that matter; whether it is whole.
  private static func take(
    _ record: Span<UInt8>, _ object: ByteRange, _ parent: ByteRange, _ entry: inout Entry
  ) -> Bool {
    guard var members = JSONMembers(record, object) else { return false }
    do throws(RecordFault) {
      while let member = try members.next() {
        switch member.kind {
        case .object:
          let isKnown = ["httpRequest", "jsonPayload", "resource", "labels"].contains {
            record.equals(member.key, $0)
          }
          guard isKnown else { continue }
          if record.equals(member.key, "httpRequest") { entry.isRequest = true }
          guard take(record, member.value, member.key, &entry) else { return false }
        case .string, .number: take(record, parent, member, &entry)
        default: break
        }
      }
    } catch {
      return false
    }
    return true
  }

  private static func take(
    _ record: Span<UInt8>, _ parent: ByteRange, _ member: JSONMembers.Member,
    _ entry: inout Entry
  ) {
    let (key, value) = (member.key, member.value)
    if parent.isEmpty {
      if record.equals(key, "timestamp") { entry.time = value }
      if record.equals(key, "insertId") { entry.insertID = value }
      if record.equals(key, "trace") { entry.trace = value }
      if record.equals(key, "severity") { entry.severity = value }
    } else if record.equals(parent, "httpRequest") {
      if record.equals(key, "status") { entry.status = value }
      if record.equals(key, "remoteIp") { entry.client = value }
      if record.equals(key, "serverIp") { entry.server = value }
      if record.equals(key, "latency") { entry.latency = value }
      if record.equals(key, "requestUrl") { entry.url = value }
    } else if record.equals(parent, "jsonPayload") {
      if record.equals(key, "statusDetails") { entry.details = value }
      if record.equals(key, "proxyStatus"), entry.details.isEmpty { entry.details = value }
    } else if record.equals(parent, "resource") {
      if record.equals(key, "type") { entry.type = value }
    } else if record.equals(parent, "labels") {
      if record.equals(key, "backend_service_name") { entry.pool = value }
      if record.equals(key, "forwarding_rule_name") { entry.rule = value }
      if record.equals(key, "url_map_name") { entry.map = value }
    }
  }

  private func isOfBalancer(_ record: Span<UInt8>, _ entry: Entry) -> Bool {
    guard entry.details.isEmpty || !entry.isRequest else { return true }
    return record.find("load_balancer", in: entry.type) != nil
      || record.find("http_lb_rule", in: entry.type) != nil
      || record.find("http_external", in: entry.type) != nil
  }

  private mutating func isRepeated(_ record: Span<UInt8>, _ entry: Entry) -> Bool {
    guard !entry.insertID.isEmpty else { return false }
    let key =
      textHash(record, entry.insertID.start, entry.insertID.end)
      ^ (textHash(record, entry.time.start, entry.time.end) << 1)
    return !seen.insert(key)
  }

  private func severity(_ record: Span<UInt8>, _ word: ByteRange) -> Severity? {
    let names: [(String, Severity)] = [
      ("INFO", .info), ("WARNING", .warning), ("ERROR", .error), ("NOTICE", .notice),
      ("DEBUG", .debug), ("CRITICAL", .critical), ("ALERT", .alert), ("EMERGENCY", .emergency),
    ]
    return names.first { record.equals(word, $0.0) }?.1
  }
}

import LogEvents

/// Access logs of AWS Elastic Load Balancing, all four kinds; the first field tells which.
///
///     https 2025-03-04T09:12:00.534839Z app/shop/50dc 203.0.113.5:3894 192.0.2.31:8080 0.000 0.034 0.000 200 200 234 612 "GET https://shop.example.com:443/ HTTP/2.0" "agent" cipher TLSv1.2 arn...
///     tls 2.0 2025-03-04T09:13:03 net/api/c6e7 g3d4 203.0.113.5:33798 192.0.2.20:443 5 2 98 246 - arn... - cipher tlsv12 ...
///     2025-03-04T09:12:39.514152Z shop 203.0.113.5:9089 192.0.2.10:80 0.000043 0.000785 0.000023 200 200 0 612 "GET http://shop.example.com:80/ HTTP/1.1" "-" - -
///     2025-03-04T09:13:36.000017Z 203.0.113.5 19619 443 TLSv1.2 cipher 4.036 "CN=..." NotBefore=... serial Success TID_...
///
/// Source: Elastic Load Balancing User Guide, "Access logs" and "Connection logs" of each kind.
struct AWSLoadBalancer: LogFormat {
  static let card = FormatCard(
    name: "aws-elb", product: "aws-elb",
    title: "AWS Application, Network and Classic Load Balancer access logs",
    vantage: .loadBalancer,
    sample:
      "https 2025-03-04T09:12:00.534839Z app/shop/50dc6c495c0c9188 203.0.113.5:3894 "
      + "192.0.2.31:8080 0.000 0.034 0.000 200 200 234 612 \"GET https://shop.example.com:443/ "
      + "HTTP/2.0\" \"agent\" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 "
      + "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/shop/73e2 \"Root=1-67\""
  )

  private static let kinds = ["http", "https", "h2", "grpc", "grpcs", "ws", "wss"]

  private var clock: LocalClock

  init(_ settings: FormatSettings) { clock = LocalClock(settings) }

  func stands(_ line: Span<UInt8>, apartFrom before: Span<UInt8>) -> Bool { true }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    var scan = ByteScanner(record)
    if scan.next.isDigit, record.byte(4) == .dash {
      let moment = try moment(&scan, isUTC: false)
      scan.skipSpaces()
      try readUntyped(&scan, moment, context, &batch)
      return
    }
    guard let kind = try? scan.word() else { throw .notThisDialect }
    if record.equals(kind, "tls") {
      try readNetwork(&scan, context, &batch)
    } else if kind.count <= 5, Self.kinds.contains(where: { record.equals(kind, $0) }) {
      try readApplication(&scan, context, &batch)
    } else {
      // The stamp in front passes for a carrier's, and was peeled.
      guard context.time.isKnown else { throw .notThisDialect }
      scan = ByteScanner(record)
      let moment = LocalClock.Moment(
        time: context.time, hasMilliseconds: context.hasMilliseconds)
      try readUntyped(&scan, moment, context, &batch)
    }
  }

  private mutating func moment(
    _ scan: inout ByteScanner, isUTC: Bool
  ) throws(RecordFault) -> LocalClock.Moment {
    do throws(RecordFault) {
      var civil = try scan.isoTime()
      if isUTC, civil.offsetSeconds == nil { civil.offsetSeconds = 0 }
      let time = clock.timestamp(civil)
      guard time.isKnown else { throw .badTime }
      return LocalClock.Moment(time: time, hasMilliseconds: civil.hasMilliseconds)
    } catch {
      throw .notThisDialect
    }
  }

  private func event(
    _ moment: LocalClock.Moment, _ context: RecordContext
  ) -> Event {
    var event = Event(time: moment.time, line: context.line, outcome: .ok)
    event.hasMilliseconds = moment.hasMilliseconds
    event.journal = .access
    event.severity = context.severity
    event.gateway = context.host
    return event
  }

  // MARK: Application

  private mutating func readApplication(
    _ scan: inout ByteScanner, _ context: RecordContext, _ batch: inout EventBatch
  ) throws(RecordFault) {
    let record = scan.bytes
    let moment = try moment(&scan, isUTC: true)
    let fields = try AWSFields(&scan)
    // Places count from the balancer's name; the oldest records end with the trace.
    guard fields.count >= 15, isDuration(record, fields[3]), isDuration(record, fields[5]),
      isStatus(record, fields[6]), isStatus(record, fields[7])
    else { throw .badShape }
    var event = event(moment, context)
    event.service = batch.names.id(record, fields[0])
    fillPeers(record, fields[1], fields[2], &event, &batch)
    event.pool = batch.names.id(record, Self.group(record, fields[14]))
    event.uri = batch.keep(record, Self.target(record, fields[10]))
    event.transaction = batch.keep(record, Self.trace(record, fields[15]))
    let duration = sum(record, fields[3], fields[4], fields[5])
    event.durationMilliseconds = Int32(
      clamping: duration >= 0 ? duration : sinceCreation(record, fields[19], moment.time))
    judge(
      record,
      AWSVerdict(
        status: fields[6], targetStatus: fields[7], hasTarget: !event.backend.isNone,
        reason: fields[22], actions: fields[20],
        durationMilliseconds: Int(event.durationMilliseconds)),
      &event, &batch)
    batch.append(event)
  }

  private mutating func sinceCreation(
    _ record: Span<UInt8>, _ field: ByteRange, _ end: Timestamp
  ) -> Int {
    var scan = ByteScanner(record, from: field.start)
    guard !field.isEmpty, var civil = try? scan.isoTime() else { return -1 }
    civil.offsetSeconds = civil.offsetSeconds ?? 0
    let start = clock.timestamp(civil)
    guard start.isKnown, end >= start else { return -1 }
    return Int(clamping: end.milliseconds - start.milliseconds)
  }

  // MARK: Classic and connections

  private func readUntyped(
    _ scan: inout ByteScanner, _ moment: LocalClock.Moment, _ context: RecordContext,
    _ batch: inout EventBatch
  ) throws(RecordFault) {
    let record = scan.bytes
    var start = scan
    guard (try? start.word()) != nil, let second = try? start.word(),
      let third = try? start.word()
    else { throw .notThisDialect }
    if record.integer(second) != nil, record.integer(third) != nil {
      try readConnection(&scan, moment, context, &batch)
      return
    }
    // Three durations behind two peers are unlike anything else.
    guard Self.hasPort(record, second), record.equals(third, "-") || Self.hasPort(record, third),
      let first = try? start.word(), isDuration(record, first), let next = try? start.word(),
      isDuration(record, next), let last = try? start.word(), isDuration(record, last)
    else { throw .notThisDialect }
    let fields = try AWSFields(&scan)
    guard fields.count >= 11, isStatus(record, fields[6]), isStatus(record, fields[7]) else {
      throw .badShape
    }
    var event = event(moment, context)
    event.service = batch.names.id(record, fields[0])
    fillPeers(record, fields[1], fields[2], &event, &batch)
    event.uri = batch.keep(record, Self.target(record, fields[10]))
    event.durationMilliseconds = Int32(
      clamping: sum(record, fields[3], fields[4], fields[5]))
    if record.equals(fields[6], "-") {
      event.outcome = event.backend.isNone ? .poolExhausted : .ok
      if event.outcome != .ok { event.message = batch.keepEvidence(record) }
    } else {
      judge(
        record,
        AWSVerdict(
          status: fields[6], targetStatus: fields[7], hasTarget: !event.backend.isNone,
          durationMilliseconds: Int(event.durationMilliseconds)),
        &event, &batch)
    }
    batch.append(event)
  }

  /// Client, its port, listener, protocol, cipher, latency, subject, validity, serial, verdict.
  private func readConnection(
    _ scan: inout ByteScanner, _ moment: LocalClock.Moment, _ context: RecordContext,
    _ batch: inout EventBatch
  ) throws(RecordFault) {
    let record = scan.bytes
    let fields = try AWSFields(&scan)
    let address = fields[0]
    guard
      record.find(.colon, address.start, address.end) != nil
        || record.byte(address.start).isDigit && !isDuration(record, address),
      record.isAbsent(fields[3]) || record.has("TLS", at: fields[3].start)
        || record.has("SSL", at: fields[3].start)
    else { throw .notThisDialect }
    guard fields.count >= 10 else { throw .badShape }
    var event = event(moment, context)
    event.client = batch.keep(record, address)
    event.durationMilliseconds = Int32(clamping: record.milliseconds(ofSeconds: fields[5]) ?? -1)
    let verdict = fields[9]
    if record.has("Failed:", at: verdict.start) {
      event.outcome = .tlsFailure
      event.code = batch.names.id(record, ByteRange(verdict.start + 7, verdict.end))
      event.message = batch.keepEvidence(record)
    }
    batch.append(event)
  }

  // MARK: Network

  private mutating func readNetwork(
    _ scan: inout ByteScanner, _ context: RecordContext, _ batch: inout EventBatch
  ) throws(RecordFault) {
    let record = scan.bytes
    guard let version = try? scan.word(), isDuration(record, version) else {
      throw .notThisDialect
    }
    let moment = try moment(&scan, isUTC: true)
    let fields = try AWSFields(&scan)
    guard fields.count >= 13 else { throw .badShape }
    var event = event(moment, context)
    event.service = batch.names.id(record, fields[0])
    fillPeers(record, fields[2], fields[3], &event, &batch)
    event.durationMilliseconds = Int32(clamping: record.integer(fields[4]) ?? -1)
    if !record.isAbsent(fields[8]) { event.code = batch.names.id(record, fields[8]) }
    if record.isAbsent(fields[5]), record.isAbsent(fields[11]) {
      event.outcome = .tlsFailure
      event.message = batch.keepEvidence(record)
    }
    batch.append(event)
  }

  // MARK: Parts

  private func judge(
    _ record: Span<UInt8>, _ verdict: AWSVerdict, _ event: inout Event, _ batch: inout EventBatch
  ) {
    event.status = UInt16(clamping: record.integer(verdict.status) ?? 0)
    event.code = batch.names.id(record, verdict.status)
    event.outcome = verdict.outcome(record)
    if event.outcome != .ok { event.message = batch.keepEvidence(record) }
  }

  private func fillPeers(
    _ record: Span<UInt8>, _ client: ByteRange, _ target: ByteRange, _ event: inout Event,
    _ batch: inout EventBatch
  ) {
    if !record.isAbsent(client) {
      event.client = batch.keep(record, record.host(ofPorted: client))
    }
    event.backend = batch.member(record, target)
  }

  private func isStatus(_ record: Span<UInt8>, _ field: ByteRange) -> Bool {
    record.equals(field, "-") || field.count <= 3 && record.integer(field) ?? -1 >= 0
  }

  /// Whether the field is a number, a fraction allowed.
  private func isDuration(_ record: Span<UInt8>, _ field: ByteRange) -> Bool {
    record.milliseconds(ofSeconds: field) != nil
  }

  /// The three times together; -1 where one of them was not reached.
  private func sum(
    _ record: Span<UInt8>, _ a: ByteRange, _ b: ByteRange, _ c: ByteRange
  ) -> Int {
    guard let a = record.milliseconds(ofSeconds: a), let b = record.milliseconds(ofSeconds: b),
      let c = record.milliseconds(ofSeconds: c), min(a, b, c) >= 0
    else { return -1 }
    return a &+ b &+ c
  }

  private static func hasPort(_ record: Span<UInt8>, _ field: ByteRange) -> Bool {
    guard let colon = record.findLast(.colon, in: field) else { return false }
    return record.integer(ByteRange(colon + 1, field.end)) != nil
  }

  /// The name in `arn:...:targetgroup/name/id`.
  private static func group(_ record: Span<UInt8>, _ arn: ByteRange) -> ByteRange {
    guard let mark = record.find("targetgroup/", in: arn) else { return .empty }
    let start = mark + 12
    return ByteRange(start, record.find(.slash, start, arn.end) ?? arn.end)
  }

  /// The root of `Self=...;Root=...`.
  private static func trace(_ record: Span<UInt8>, _ trace: ByteRange) -> ByteRange {
    guard !record.isAbsent(trace), let root = record.find("Root=", in: trace) else {
      return .empty
    }
    return ByteRange(root, record.find(UInt8(ascii: ";"), root, trace.end) ?? trace.end)
  }

  /// What stands between method and protocol: it may have blanks.
  private static func target(_ record: Span<UInt8>, _ request: ByteRange) -> ByteRange {
    guard let first = record.find(.space, request.start, request.end),
      let last = record.findLast(.space, in: request), first < last
    else { return .empty }
    let target = record.trimmed(ByteRange(first, last))
    return record.byte(target.start) == .dash ? .empty : target
  }
}

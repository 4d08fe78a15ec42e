import LogEvents

/// Access log of Azure Application Gateway: JSON objects, one a line, over lines or in `records`.
///
///     {"timeStamp":"2026-04-02T10:00:07+00:00","listenerName":"lsn","backendPoolName":"shop","operationName":"ApplicationGatewayAccess","properties":{"clientIP":"203.0.113.20","httpStatus":502,"serverRouted":"192.0.2.4:443","error_info":"ERRORINFO_UPSTREAM_CLOSED_CONNECTION"}}
///
/// Other records of the gateway (firewall, performance, health of the resource) are chatter.
struct AzureGateway: LogFormat {
  static let card = FormatCard(
    name: "azure-appgw", product: "azure-appgw", title: "Azure Application Gateway access log",
    vantage: .loadBalancer,
    sample:
      "{\"timeStamp\":\"2026-04-02T10:00:07+00:00\",\"backendPoolName\":\"shop\","
      + "\"operationName\":\"ApplicationGatewayAccess\",\"properties\":{\"clientIP\":"
      + "\"203.0.113.20\",\"httpStatus\":200,\"serverRouted\":\"192.0.2.4:443\","
      + "\"error_info\":\"ERRORINFO_NO_ERROR\"}}")

  static var codes: [CodeTable] { [AzureGuide.table] }

  private var clock: LocalClock

  init(_ settings: FormatSettings) { clock = LocalClock(settings) }

  /// Nothing is left for later records.
  func tellOpen(to state: inout OpenState) -> Bool { true }

  var isMultiline: Bool { true }

  func startsRecord(_ line: Span<UInt8>) -> Bool { JSONLines.startsRecord(line) }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    guard let list = list(record) else {
      try readObject(record, record.whole, context, &batch)
      return
    }
    var objects = JSONObjects(record, list)
    while let object = objects.next() { try readObject(record, object, context, &batch) }
  }

  /// What stands in `{"records":[...]}` or `[...]`, however it was broken into lines.
  private func list(_ record: Span<UInt8>) -> ByteRange? {
    var at = 0
    while isBlank(record.byte(at)) { at += 1 }
    guard record.byte(at) == UInt8(ascii: "{") else { return JSONLines.array(record) }
    at += 1
    while isBlank(record.byte(at)) { at += 1 }
    guard record.has("\"records\"", at: at),
      let bracket = record.find(.openBracket, at, min(record.count, at + 64))
    else { return nil }
    return ByteRange(bracket, record.count)
  }

  private mutating func readObject(
    _ record: Span<UInt8>, _ object: ByteRange, _ context: RecordContext,
    _ batch: inout EventBatch
  ) throws(RecordFault) {
    var exchange = AzureExchange()
    do throws(RecordFault) {
      try exchange.take(record, object)
    } catch {
      throw exchange.isGateway ? .badShape : .notThisDialect
    }
    guard exchange.isAccess || exchange.isGateway else { throw .notThisDialect }
    let moment = try moment(record, exchange.time)
    guard exchange.isAccess, !exchange.status.isEmpty else {
      batch.witness(moment.time)
      return
    }
    exchange.append(record, moment, context, into: &batch)
  }

  private mutating func moment(
    _ record: Span<UInt8>, _ stamp: ByteRange
  ) throws(RecordFault) -> LocalClock.Moment {
    var scan = ByteScanner(record, from: stamp.start)
    guard !stamp.isEmpty else { throw .badTime }
    let isISO = record.byte(stamp.start + 4) == .dash
    let civil = try isISO ? scan.isoTime() : scan.americanTime()
    let time = clock.timestamp(civil)
    guard time.isKnown else { throw .badTime }
    return LocalClock.Moment(time: time, hasMilliseconds: civil.hasMilliseconds)
  }
}

extension ByteScanner {
  /// `1/9/2026 9:41:00 AM`, month first, as exports write it.
  fileprivate mutating func americanTime() throws(RecordFault) -> CivilTime {
    var time = CivilTime()
    time.month = try number()
    try skip(.slash)
    time.day = try number()
    try skip(.slash)
    time.year = try number()
    try skip(.space)
    time.hour = try number()
    try skip(.colon)
    time.minute = try number()
    try skip(.colon)
    time.second = try number()
    if skipIf(" PM") {
      if time.hour < 12 { time.hour += 12 }
    } else if skipIf(" AM"), time.hour == 12 {
      time.hour = 0
    }
    return time
  }
}

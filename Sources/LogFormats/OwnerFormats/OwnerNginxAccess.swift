import LogEvents

/// nginx's access log in the `log_format` that its owner gave, http or stream.
struct OwnerNginxAccess: LogFormat {
  static let card = FormatCard(
    name: "nginx log_format", product: "nginx",
    title: "nginx access log in a log_format of your own (--log-format)", vantage: .loadBalancer,
    sample: "--log-format 'nginx:$remote_addr [$time_local] \"$request\" $status $upstream_addr'")

  private var clock: LocalClock
  private var reader: OwnerReader
  let readsJSON: Bool
  let beginsWithTime: Bool

  init(_ settings: FormatSettings) {
    clock = LocalClock(settings)
    reader = OwnerReader(settings, .nginx)
    readsJSON = reader.readsJSON
    beginsWithTime = reader.beginsWithTime
  }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    guard reader.match(record) else { throw .notThisDialect }
    var event = Event(time: context.time, line: context.line, outcome: .ok)
    event.hasMilliseconds = context.hasMilliseconds
    event.gateway = context.host
    event.severity = context.severity
    var exchange = NginxExchange()
    var time = PatternTime()
    var peer = ByteRange.empty
    for (field, range) in zip(reader.fields, reader.ranges) {
      switch field {
      case .addresses: exchange.addresses = range
      case .statuses: exchange.statuses = range
      case .connectTimes: exchange.connectTimes = range
      case .headerTimes: exchange.headerTimes = range
      case .responseTimes: exchange.responseTimes = range
      case .lengths: exchange.lengths = range
      case .status: exchange.status = range
      case .transport:
        exchange.isStream = record.equals(range, "TCP") || record.equals(range, "UDP")
      case .session:
        exchange.isStream = true
        event.durationMilliseconds = milliseconds(record, range)
      case .seconds: event.durationMilliseconds = milliseconds(record, range)
      case .client: if event.client.isEmpty { keepClient(record, range, &event, &batch) }
      case .clientOrPeer: peer = range
      case .request:
        event.uri = batch.keep(record, NginxAccess.target(record, range))
      case .uri: if event.uri.isEmpty { event.uri = batch.keep(record, range) }
      default:
        time.take(field, record, range, &clock)
        if !record.isAbsent(range) { takeName(field, record, range, &event, &batch) }
      }
    }
    if event.client.isEmpty { keepClient(record, peer, &event, &batch) }
    if let moment = time.moment(&clock) {
      event.time = moment.time
      event.hasMilliseconds = moment.hasMilliseconds
    }
    guard event.time.isKnown else { throw .badTime }
    if exchange.status.isEmpty {
      let attempts = NginxExchange.count(record, exchange.statuses)
      exchange.status = NginxExchange.element(record, exchange.statuses, max(0, attempts - 1))
    }
    guard record.integer(exchange.status) != nil else { throw .badNumber }
    exchange.judge(record, &event, &batch)
    if event.outcome != .ok { event.message = batch.keepEvidence(record) }
    batch.append(event)
  }

  private func takeName(
    _ field: PatternField, _ record: Span<UInt8>, _ range: ByteRange, _ event: inout Event,
    _ batch: inout EventBatch
  ) {
    switch field {
    case .service: if event.service.isNone { event.service = batch.names.id(record, range) }
    case .pool: event.pool = batch.names.id(record, range)
    case .gateway: if event.gateway.isNone { event.gateway = batch.names.id(record, range) }
    case .transaction: event.transaction = batch.keep(record, range)
    default: break
    }
  }

  private func keepClient(
    _ record: Span<UInt8>, _ range: ByteRange, _ event: inout Event, _ batch: inout EventBatch
  ) {
    guard !record.isAbsent(range), !record.has("unix:", at: range.start) else { return }
    event.client = batch.keep(record, range)
  }

  private func milliseconds(_ record: Span<UInt8>, _ range: ByteRange) -> Int32 {
    Int32(clamping: record.milliseconds(ofSeconds: range) ?? -1)
  }
}

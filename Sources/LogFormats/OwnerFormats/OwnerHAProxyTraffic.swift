import LogEvents

/// HAProxy's traffic in the `log-format` that its owner gave.
///
/// State changes, checks and errors of connections are in no such format: they are read as the
/// built-in one reads them.
struct OwnerHAProxyTraffic: LogFormat {
  static let card = FormatCard(
    name: "haproxy log-format", product: "haproxy",
    title: "HAProxy traffic in a log-format of your own (--log-format)", vantage: .loadBalancer,
    sample: "--log-format 'haproxy:%ci:%cp [%tr] %ft %b/%s %Ta %ST %tsc %{+Q}r'")

  private var clock: LocalClock
  private var reader: OwnerReader
  private var others: HAProxyLog
  private var twin = HAProxyTwin()
  private var lastNames = HAProxyExchange.LastNames()
  let readsJSON: Bool
  let beginsWithTime: Bool

  init(_ settings: FormatSettings) {
    clock = LocalClock(settings)
    reader = OwnerReader(settings, .haproxy)
    others = HAProxyLog(settings)
    readsJSON = reader.readsJSON
    beginsWithTime = reader.beginsWithTime
  }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    guard reader.match(record) else {
      try others.read(record, context, into: &batch)
      return
    }
    var event = Event(time: context.time, line: context.line, outcome: .ok)
    event.hasMilliseconds = context.hasMilliseconds
    event.severity = context.severity
    event.gateway = context.host
    var exchange = HAProxyExchange()
    var time = PatternTime()
    var parts = Parts()
    for (field, range) in zip(reader.fields, reader.ranges) {
      switch field {
      case .frontend: exchange.frontend = range
      case .backend: exchange.pool = range
      case .server: exchange.server = range
      case .state: exchange.state = range
      case .status: exchange.status = range
      case .connectError: exchange.error = range
      case .milliseconds, .session:
        // `%Ta` counts from the request, `%Tt` from the connection.
        guard field == .milliseconds || event.durationMilliseconds < 0 else { continue }
        event.durationMilliseconds = Int32(clamping: record.integer(range) ?? -1)
      default:
        time.take(field, record, range, &clock)
        parts.take(field, range)
      }
    }
    if let moment = time.moment(&clock) {
      event.time = moment.time
      event.hasMilliseconds = moment.hasMilliseconds
    }
    guard event.time.isKnown else { throw .badTime }
    if twin.repeats(record, parts.peer, event) {
      batch.witness(event.time)
      return
    }
    parts.keep(record, &event, &batch)
    if exchange.state.isEmpty, exchange.status.isEmpty {
      let service = HAProxyExchange.withoutTLSMark(record, exchange.frontend)
      event.service = batch.names.id(record, service)
      event.journal = .error
      event.outcome = HAProxyFrontendError.outcome(record, parts.clientError)
      if event.outcome != .info { event.message = batch.keepEvidence(record) }
    } else {
      if !exchange.state.isEmpty, !HAProxyTermination.isState(record, exchange.state) {
        throw .badShape
      }
      exchange.isHTTP = !exchange.status.isEmpty || exchange.state.count == 4
      exchange.judge(record, &event, &lastNames, &batch)
      parts.keepAddress(record, &event, &batch)
    }
    batch.append(event)
  }

  /// What a record tells beside how the session ended.
  private struct Parts {
    var client = ByteRange.empty
    var clientPort = ByteRange.empty
    var request = ByteRange.empty
    var uri = ByteRange.empty
    var transaction = ByteRange.empty
    var gateway = ByteRange.empty
    var address = ByteRange.empty
    var port = ByteRange.empty
    var clientError = ByteRange.empty

    mutating func take(_ field: PatternField, _ range: ByteRange) {
      switch field {
      case .client: client = range
      case .clientPort: clientPort = range
      case .request: request = range
      case .uri: uri = range
      case .transaction: transaction = range
      case .gateway: gateway = range
      case .address: address = range
      case .port: port = range
      case .clientError: clientError = range
      default: break
      }
    }

    /// Client and port, which name a connection.
    var peer: ByteRange {
      clientPort.isEmpty ? client : ByteRange(min(client.start, clientPort.start), clientPort.end)
    }

    func keep(_ record: Span<UInt8>, _ event: inout Event, _ batch: inout EventBatch) {
      if !record.isAbsent(client), !record.equals(client, "unix") {
        event.client = batch.keep(record, client)
      }
      var target = HAProxyExchange.target(record, request)
      // `<BADREQ>` has none.
      if target.isEmpty, !record.isAbsent(uri), record.byte(uri.start) != UInt8(ascii: "<") {
        target = uri
      }
      event.uri = batch.keep(record, target)
      if !record.isAbsent(transaction) { event.transaction = batch.keep(record, transaction) }
      if event.gateway.isNone, !record.isAbsent(gateway) {
        event.gateway = batch.names.id(record, gateway)
      }
    }

    /// `host:port` of the server, where one was chosen.
    func keepAddress(_ record: Span<UInt8>, _ event: inout Event, _ batch: inout EventBatch) {
      guard !event.backend.isNone, !record.isAbsent(address), address.count < 80 else { return }
      var text: [UInt8] = []
      text.append(record, address.start, address.end)
      if !record.isAbsent(port) {
        if text.contains(.colon) { text = [.openBracket] + text + [.closeBracket] }
        text.append(.colon)
        text.append(record, port.start, port.end)
      }
      event.address = batch.names.id(text.span)
    }
  }
}

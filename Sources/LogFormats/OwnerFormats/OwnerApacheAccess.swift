import LogEvents

/// httpd's access log in the `LogFormat` that its owner gave.
struct OwnerApacheAccess: LogFormat {
  static let card = FormatCard(
    name: "apache LogFormat", product: "apache-mod-proxy",
    title: "Apache httpd access log in a LogFormat of your own (--log-format)", vantage: .proxy,
    sample: "--log-format 'apache:%h %l %u %t \"%r\" %>s %b %D %{BALANCER_WORKER_NAME}e'")

  private var clock: LocalClock
  private var reader: OwnerReader
  let readsJSON: Bool
  let beginsWithTime: Bool

  init(_ settings: FormatSettings) {
    clock = LocalClock(settings)
    reader = OwnerReader(settings, .apache)
    readsJSON = reader.readsJSON
    beginsWithTime = reader.beginsWithTime
  }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    guard reader.match(record) else { throw .notThisDialect }
    var exchange = ApacheExchange()
    var time = PatternTime()
    var peer = ByteRange.empty
    var logID = ByteRange.empty
    for (field, range) in zip(reader.fields, reader.ranges) {
      switch field {
      case .client: if exchange.client.isEmpty { exchange.client = range }
      case .clientOrPeer: if peer.isEmpty { peer = range }
      case .service: exchange.service = range
      case .request: exchange.uri = NginxAccess.target(record, range)
      case .uri: if exchange.uri.isEmpty { exchange.uri = range }
      case .status: exchange.status = range
      case .transaction: if record.isAbsent(exchange.transaction) { exchange.transaction = range }
      case .logID: logID = range
      case .worker: exchange.worker = range
      case .balancer: exchange.balancer = range
      case .file: exchange.file = range
      case .microseconds: exchange.microseconds = record.integer(range) ?? -1
      case .milliseconds: takeDuration(record.integer(range).map { $0 &* 1000 }, &exchange)
      case .seconds: takeDuration(record.integer(range).map { $0 &* 1_000_000 }, &exchange)
      case .connectionEnd: exchange.isAborted = record.equals(range, "X")
      default: time.take(field, record, range, &clock)
      }
    }
    if record.isAbsent(exchange.client) { exchange.client = first(record, ofList: peer) }
    if record.isAbsent(exchange.transaction) { exchange.transaction = logID }
    let moment = time.moment(&clock)
    let stamp = moment?.time ?? context.time
    guard stamp.isKnown else { throw .badTime }
    try exchange.append(
      record, at: stamp, hasMilliseconds: moment?.hasMilliseconds ?? context.hasMilliseconds,
      context, into: &batch)
  }

  /// A coarser duration does not replace `%D`.
  private func takeDuration(_ microseconds: Int?, _ exchange: inout ApacheExchange) {
    if exchange.microseconds < 0 { exchange.microseconds = microseconds ?? -1 }
  }

  /// The first address of `X-Forwarded-For`.
  private func first(_ record: Span<UInt8>, ofList list: ByteRange) -> ByteRange {
    record.trimmed(
      ByteRange(list.start, record.find(.comma, list.start, list.end) ?? list.end))
  }
}

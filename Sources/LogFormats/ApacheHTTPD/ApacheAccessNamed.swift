import LogEvents

/// httpd's access log with names before the values: `key=value` pairs, or shaped like JSON.
///
///     2026-11-21T00:06:21.247558+0000 client=203.0.113.7 method=POST uri="/a" status=400 us=100603 worker=- file="proxy:http://app1.example.com:8080/a" id=... conn=X
///     {"ts":"2026-11-21T00:04:29+0000","vhost":"www.example.com","client":"203.0.113.7","request":"GET /a HTTP/1.1","status":500,"dur_us":701,"worker":"-","req_id":"..."}
///
/// Names are the operator's; the usual ones are known. Source: httpd manual, mod_log_config.
struct ApacheAccessNamed: LogFormat {
  static let card = FormatCard(
    name: "apache-access-named", product: "apache-mod-proxy",
    title: "Apache httpd access log, key=value or shaped like JSON", vantage: .proxy,
    sample:
      "2026-11-21T00:06:21.247558+0000 client=203.0.113.7 method=POST uri=\"/a\" proto=HTTP/1.1 "
      + "status=503 bytes=266 us=100603 worker=http://app1.example.com:8080 id=- conn=- ka=0")

  static let writesCommonShapes = true

  private var clock: LocalClock

  init(_ settings: FormatSettings) { clock = LocalClock(settings) }

  private enum Field {
    case time, client, uri, request, status, service, duration, worker, file, id, end
  }

  private static let names: [(name: String, field: Field)] = [
    ("status", .status), ("client", .client), ("uri", .uri), ("request", .request),
    ("us", .duration),
    ("ts", .time), ("time", .time), ("timestamp", .time), ("worker", .worker), ("file", .file),
    ("id", .id), ("req_id", .id), ("uid", .id), ("unique_id", .id), ("conn", .end),
    ("vhost", .service), ("host", .service), ("dur_us", .duration), ("duration_us", .duration),
    ("remote", .client), ("client_ip", .client), ("path", .uri), ("url", .uri),
    ("balancer_worker", .worker), ("handler_file", .file), ("conn_status", .end),
  ]

  func stands(_ line: Span<UInt8>, apartFrom before: Span<UInt8>) -> Bool { true }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    var exchange = ApacheExchange()
    var stamp: ByteRange?
    if record.byte(0) == UInt8(ascii: "{") {
      try readObject(record, &exchange, &stamp)
    } else {
      try readPairs(record, &exchange, &stamp)
    }
    guard let stamp, !exchange.status.isEmpty, !exchange.uri.isEmpty else { throw .notThisDialect }
    var scan = ByteScanner(record, from: stamp.start)
    let civil: CivilTime
    do throws(RecordFault) {
      if scan.next == .openBracket { scan.move(to: scan.at + 1) }
      civil = record.byte(scan.at + 2) == .slash ? try scan.clfTime() : try scan.isoTime()
    } catch {
      throw .notThisDialect
    }
    let time = clock.timestamp(civil)
    guard time.isKnown else { throw .badTime }
    try exchange.append(
      record, at: time, hasMilliseconds: civil.hasMilliseconds, context, into: &batch)
  }

  private func readPairs(
    _ record: Span<UInt8>, _ exchange: inout ApacheExchange, _ stamp: inout ByteRange?
  ) throws(RecordFault) {
    guard record.find("status=", 0, record.count) != nil else { throw .notThisDialect }
    var scan = ByteScanner(record)
    if scan.next.isDigit {
      stamp = ByteRange(0, record.find(.space, 0, record.count) ?? record.count)
    }
    if stamp != nil { _ = try scan.word() }
    while !scan.isAtEnd {
      guard let equals = record.find(UInt8(ascii: "="), scan.at, record.count) else { break }
      let name = ByteRange(scan.at, equals)
      scan.move(to: equals + 1)
      let value: ByteRange
      if scan.next == .quote {
        scan.move(to: scan.at + 1)
        value = try ApacheAccess.quoted(&scan)
      } else {
        value = ByteRange(scan.at, record.find(.space, scan.at, record.count) ?? record.count)
        scan.move(to: value.end)
      }
      scan.skipSpaces()
      take(record, name, value, &exchange, &stamp)
    }
  }

  private func readObject(
    _ record: Span<UInt8>, _ exchange: inout ApacheExchange, _ stamp: inout ByteRange?
  ) throws(RecordFault) {
    guard var members = JSONMembers(record, record.whole) else { throw .notThisDialect }
    while true {
      let member: JSONMembers.Member?
      do throws(RecordFault) { member = try members.next() } catch { throw .notThisDialect }
      guard let member else { return }
      guard member.kind == .string || member.kind == .number else { continue }
      take(record, member.key, member.value, &exchange, &stamp)
    }
  }

  private func take(
    _ record: Span<UInt8>, _ name: ByteRange, _ value: ByteRange,
    _ exchange: inout ApacheExchange, _ stamp: inout ByteRange?
  ) {
    guard let field = Self.names.first(where: { record.equals(name, $0.name) })?.field else {
      return
    }
    switch field {
    case .time: stamp = value
    case .client: exchange.client = value
    case .uri: exchange.uri = value
    case .request: exchange.uri = NginxAccess.target(record, value)
    case .status: exchange.status = value
    case .service: exchange.service = value
    case .duration: exchange.microseconds = record.integer(value) ?? -1
    case .worker: exchange.worker = value
    case .file: exchange.file = value
    case .id: exchange.transaction = value
    case .end: exchange.isAborted = record.equals(value, "X")
    }
  }
}

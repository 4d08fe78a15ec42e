import LogEvents

/// What an httpd access record says of one exchange, whatever its `LogFormat`.
struct ApacheExchange {
  var status = ByteRange.empty
  var client = ByteRange.empty
  var uri = ByteRange.empty
  var service = ByteRange.empty
  var transaction = ByteRange.empty
  /// `%{BALANCER_WORKER_NAME}e`: the URL of the last member tried.
  var worker = ByteRange.empty
  /// `%{BALANCER_NAME}e`: the URL of the balancer that chose it.
  var balancer = ByteRange.empty
  /// `%f`: `proxy:http://host:port/path`.
  var file = ByteRange.empty
  /// `%D`, microseconds; negative where unknown.
  var microseconds = -1
  /// `%X` was `X`: the client was gone before the end.
  var isAborted = false

  /// Appends the event.
  func append(
    _ record: Span<UInt8>, at time: Timestamp, hasMilliseconds: Bool, _ context: RecordContext,
    into batch: inout EventBatch
  ) throws(RecordFault) {
    guard let value = record.integer(status), status.count == 3, value >= 0 else {
      throw .badNumber
    }
    var event = Event(time: time, line: context.line, outcome: .ok)
    event.hasMilliseconds = hasMilliseconds
    event.journal = .access
    event.gateway = context.host
    event.status = UInt16(clamping: value)
    event.code = batch.names.id(record, status)
    event.client = batch.keep(record, client)
    event.uri = batch.keep(record, uri)
    if !service.isEmpty { event.service = batch.names.id(record, service) }
    if !isMissing(record, transaction) { event.transaction = batch.keep(record, transaction) }
    if microseconds >= 0 { event.durationMilliseconds = Int32(clamping: microseconds / 1000) }
    place(record, &event, &batch)
    if isAborted || value == 408 {
      event.outcome = .clientAbort
    } else if value >= 500 {
      event.outcome = .http5xx
      event.message = batch.keep(record, ByteRange(0, min(record.count, 512)))
    }
    batch.append(event)
  }

  /// Names the member and its balancer.
  func place(_ record: Span<UInt8>, _ event: inout Event, _ batch: inout EventBatch) {
    if !isMissing(record, balancer) { place(record, balancer, &event, &batch) }
    if !isMissing(record, worker) {
      place(record, worker, &event, &batch)
    } else if record.has("proxy:", at: file.start), !file.isEmpty {
      place(record, ByteRange(file.start + "proxy:".utf8.count, file.end), &event, &batch)
    }
  }

  private func isMissing(_ record: Span<UInt8>, _ value: ByteRange) -> Bool {
    value.isEmpty || record.equals(value, "-")
  }

  private static func hasCapitals(_ record: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    for at in start..<max(start, end) where record.byte(at) &- 65 < 26 { return true }
    return false
  }

  /// The member, or the balancer, of a URL.
  private func place(
    _ record: Span<UInt8>, _ url: ByteRange, _ event: inout Event, _ batch: inout EventBatch
  ) {
    if record.has("balancer://", at: url.start) {
      let start = url.start + "balancer://".utf8.count
      event.pool = batch.names.id(
        record, url.start, record.find(.slash, start, url.end) ?? url.end)
      return
    }
    guard let scheme = record.find("://", in: url) else { return }
    let start = scheme + 3
    let end = record.find(.slash, start, url.end) ?? url.end
    if let colon = record.findLast(.colon, in: ByteRange(start, end)),
      record.byte(colon + 1).isDigit, !Self.hasCapitals(record, start, colon)
    {
      event.backend = batch.names.id(record, start, end)
    } else {
      let backend = ApacheBackend(.url, record, url, client: .empty)
      event.backend = batch.names.id(backend.name.span)
    }
  }
}

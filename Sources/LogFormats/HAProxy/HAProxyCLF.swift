import LogEvents

/// `option httplog clf`: a combined line, with HAProxy's own fields behind it.
///
///     203.0.113.7 - - [20/Nov/2026:23:57:51 +0000] "GET /a HTTP/1.1" 503 212 "" "" 57315 236 "fe" "be" "srv" 0 0 -1 -1 701 "SC--" 1 1 0 0 1 0 0 "-" "-" "" ""
///
/// The milliseconds of the time stand in a field of their own, behind the client's port.
/// Source: HAProxy configuration manual, "HTTP log format"; src/log.c `clf_http_log_format`.
enum HAProxyCLF {
  static func read(
    _ record: Span<UInt8>, client: ByteRange, _ moment: LocalClock.Moment, from start: Int,
    _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    var time = moment.time
    var scan = ByteScanner(record, from: start)
    var exchange = HAProxyExchange()
    var request = ByteRange.empty
    do throws(RecordFault) {
      try scan.skip(.quote)
      request = try scan.field(until: .quote)
      scan.skipSpaces()
      exchange.status = try scan.word()
      _ = try scan.word()
      try scan.skip("\"\" \"\" ")
      let port = try scan.word()
      let fraction = try scan.word()
      guard record.integer(port) != nil, let milliseconds = record.integer(fraction),
        (0..<1000).contains(milliseconds)
      else { throw .notThisDialect }
      if time.isKnown, !moment.hasMilliseconds { time.milliseconds += Int64(milliseconds) }
      exchange.frontend = try quoted(&scan)
      exchange.pool = try quoted(&scan)
      exchange.server = try quoted(&scan)
    } catch {
      throw .notThisDialect
    }
    var event = Event(time: time, line: context.line, outcome: .ok)
    guard event.time.isKnown else { throw .badTime }
    event.hasMilliseconds = true
    event.severity = context.severity
    event.gateway = context.host

    var timers = 0
    // Versions differ in whether the state is quoted.
    var state = try scan.word()
    while !HAProxyTermination.isState(record, record.unquoted(state)) {
      guard timers < 8, let value = record.integer(state) else { throw .badShape }
      event.durationMilliseconds = Int32(clamping: value)
      timers += 1
      state = try scan.word()
    }
    exchange.state = record.unquoted(state)
    exchange.isHTTP = !record.equals(request, "TCP ") && !record.equals(exchange.status, "000")
    if !record.equals(client, "-"), !record.has("unix", at: client.start) {
      event.client = batch.keep(record, client)
    }
    event.uri = batch.keep(record, HAProxyExchange.target(record, request))
    var last = HAProxyExchange.LastNames()
    exchange.judge(record, &event, &last, &batch)
    batch.append(event)
  }

  private static func quoted(_ scan: inout ByteScanner) throws(RecordFault) -> ByteRange {
    try scan.skip(.quote)
    let field = try scan.field(until: .quote)
    scan.skipSpaces()
    return field
  }
}

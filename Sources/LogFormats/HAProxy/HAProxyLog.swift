import LogEvents

/// HAProxy's own log lines: HTTP, TCP, state changes and errors, mixed in one file as they come.
///
///     203.0.113.7:57315 [20/Nov/2026:23:57:51.236] fe_shop be_orders/ord1 0/0/0/3/3 200 87 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1"
///     client            accept date                frontend backend/server timers   status bytes    termination state
///
/// Source: HAProxy configuration manual 2.6, §8.2 "Log formats", §8.5 "Session state".
struct HAProxyLog: LogFormat {
  static let card = FormatCard(
    name: "haproxy", product: "haproxy", title: "HAProxy http, tcp, state and error lines",
    vantage: .loadBalancer,
    sample:
      "203.0.113.7:57315 [20/Nov/2026:23:57:51.236] fe_shop be_orders/ord1 0/0/0/3/3 200 87 - - "
      + "---- 1/1/0/0/0 0/0 \"GET /orders HTTP/1.1\"")

  private var clock: LocalClock

  init(_ settings: FormatSettings) { clock = LocalClock(settings) }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    var scan = ByteScanner(record)
    let address = try Self.orForeign(&scan) { (s) throws(RecordFault) in try s.field(until: .space)
    }
    guard scan.next == .openBracket, let port = record.findLast(.colon, in: address) else {
      throw .notThisDialect
    }
    try scan.skip(.openBracket)
    let civil = try scan.clfTime()
    try scan.skip("] ")
    let frontend = try scan.word()
    let server = try scan.word()
    guard let slash = record.find(.slash, server.start, server.end) else { throw .badShape }
    let timers = try scan.word()
    var event = Event(time: clock.timestamp(civil), line: context.line, outcome: .ok)
    guard event.time.isKnown else { throw .badTime }
    event.hasMilliseconds = true
    event.journal = .access
    event.gateway = context.host
    event.client = batch.keep(record, address.start, port)
    event.service = batch.names.id(record, frontend)
    event.pool = batch.names.id(record, server.start, slash)
    let member = ByteRange(slash + 1, server.end)
    if !record.equals(member, "<NOSRV>") { event.backend = batch.names.id(record, member) }
    if let last = record.findLast(.slash, in: timers),
      let total = record.integer(ByteRange(last + 1, timers.end))
    {
      event.durationMilliseconds = Int32(clamping: total)
    }
    let status = try scan.word()
    event.status = UInt16(clamping: record.integer(status) ?? 0)
    for _ in 0..<3 { _ = try scan.word() }
    let state = try scan.word()
    guard state.count == 4 || state.count == 2 else { throw .badShape }
    event.code = batch.names.id(record, state)
    event.outcome = Self.outcome(record, state, status: event.status, timers)
    if event.outcome.countsAgainstBackend { event.message = batch.keep(record, record.whole) }
    batch.append(event)
  }

  private static func orForeign(
    _ scan: inout ByteScanner, _ verb: (inout ByteScanner) throws(RecordFault) -> ByteRange
  ) throws(RecordFault) -> ByteRange {
    do { return try verb(&scan) } catch { throw .notThisDialect }
  }

  /// Source: HAProxy configuration manual, "Session state at disconnection".
  private static func outcome(
    _ record: Span<UInt8>, _ state: ByteRange, status: UInt16, _ timers: ByteRange
  ) -> Outcome {
    let phase = record.byte(state.start + 1)
    switch record.byte(state.start) {
    case UInt8(ascii: "C"), UInt8(ascii: "c"): return .clientAbort
    case UInt8(ascii: "S"):
      switch phase {
      case UInt8(ascii: "C"): return .connectRefused
      case UInt8(ascii: "Q"): return .overload
      default: return .prematureClose
      }
    case UInt8(ascii: "s"):
      switch phase {
      case UInt8(ascii: "C"): return .connectTimeout
      case UInt8(ascii: "Q"): return .overload
      default: return .responseTimeout
      }
    default: return status >= 500 ? .http5xx : .ok
    }
  }
}

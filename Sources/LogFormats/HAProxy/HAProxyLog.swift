import LogEvents

/// HAProxy's log lines: traffic, frontend errors, state changes and custom formats with names, mixed
/// in one file as they come.
///
///     203.0.113.7:57315 [20/Nov/2026:23:57:51.236] fe_shop be_orders/ord1 0/0/0/3/3 200 87 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1"
///     203.0.113.7:57316 [20/Nov/2026:23:57:51.811] fe_web/1: SSL handshake failure
///     Server be_orders/ord1 is DOWN, reason: Layer4 connection problem, info: "Connection refused", ...
///
/// Source: HAProxy configuration manual, chapter "Logging" (2.6 to 3.2).
struct HAProxyLog: LogFormat {
  static let card = FormatCard(
    name: "haproxy", product: "haproxy",
    title: "HAProxy http, https, tcp, clf, JSON, key=value, state and error lines",
    vantage: .loadBalancer,
    sample:
      "203.0.113.7:57315 [20/Nov/2026:23:57:51.236] fe_shop be_orders/ord1 0/0/0/3/3 200 87 - - "
      + "---- 1/1/0/0/0 0/0 \"GET /orders HTTP/1.1\"")

  static var codes: [CodeTable] { HAProxyGuide.tables }

  private var clock: LocalClock
  private let assumedYear: Int?
  private var twin = HAProxyTwin()
  private var lastNames = HAProxyExchange.LastNames()
  private var usual = HAProxyRun()

  init(_ settings: FormatSettings) {
    clock = LocalClock(settings)
    assumedYear = settings.assumedYear
  }

  static var readsRuns: Bool { true }

  mutating func readRun(_ block: Span<UInt8>, _ run: inout LineRun, into batch: inout EventBatch) {
    usual.begin()
    while let start = run.begin(block, &batch),
      let time = usual.read(block, from: start, &run, &clock, twin, into: &batch)
    {
      run.pass(time)
    }
    if let last = usual.last { twin.note(block, last.line, last.time, run.number &- 1) }
  }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    if record.byte(0) == UInt8(ascii: "{") {
      try HAProxyNamed.readObject(record, context, &clock, into: &batch)
      return
    }
    // `client [dd/Mon/yyyy:` opens all lines of connections; an id or the like may stand before.
    if let bracket = record.find(.openBracket, 1, min(record.count, 200)),
      record.byte(bracket + 3) == .slash, record.byte(bracket + 7) == .slash,
      record.byte(bracket - 1) == .space
    {
      try readStamped(record, bracket: bracket, context, into: &batch)
      return
    }
    do throws(RecordFault) {
      try HAProxyState.read(record, context, &clock, year: assumedYear, into: &batch)
    } catch {
      guard error == .notThisDialect else { throw error }
      try HAProxyNamed.readPairs(record, context, &clock, into: &batch)
    }
  }

  /// The line before may be a twin, which has the same stamp.
  func stands(_ line: Span<UInt8>, apartFrom before: Span<UInt8>) -> Bool {
    guard let a = line.find(" [", 0, line.count), let b = before.find(" [", 0, before.count) else {
      return true
    }
    guard a + 26 <= line.count, b + 26 <= before.count else { return false }
    return (0..<26).contains { line[a + $0] != before[b + $0] }
  }

  private mutating func readStamped(
    _ record: Span<UInt8>, bracket: Int, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    var scan = ByteScanner(record, from: bracket + 1)
    let moment: LocalClock.Moment
    do throws(RecordFault) {
      moment = try clock.clfMoment(&scan)
      try scan.skip("] ")
    } catch {
      throw .notThisDialect
    }
    if scan.next == .quote, record.has(" - - ", at: bracket - 5) {
      let client = ByteRange(0, record.find(.space, 0, bracket) ?? bracket)
      try HAProxyCLF.read(
        record, client: client, moment, from: scan.at, context, into: &batch)
      return
    }
    var start = bracket - 1
    while start > 0, record.byte(start - 1) != .space { start -= 1 }
    try HAProxyTraffic.read(
      record, client: ByteRange(start, bracket - 1), moment, from: scan.at, context, &lastNames,
      &twin, into: &batch)
  }
}

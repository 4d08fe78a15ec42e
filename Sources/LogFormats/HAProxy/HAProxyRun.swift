import LogEvents

/// HAProxy's `option httplog` lines of exchanges with a member, which are nearly all, by the masks of their
/// delimiters.
///
///     203.0.113.7:57315 [20/Nov/2026:23:57:51.236] fe_shop be_orders/ord1 0/0/0/3/3 200 87 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1"
///
/// Whatever is otherwise is left to `HAProxyTraffic`, which reads these lines alike, at six times the cost.
struct HAProxyRun: Sendable {
  /// Frontends with the members that they chose, told once each.
  private var targets = NameTable(limit: 4096)
  private var names: [Names] = [Names(), Names()]
  /// The state that was read last.
  private var state: UInt64 = 0
  private var code = NameID.none
  /// The line before: another target of the log may have written it, too.
  private var before = ByteRange.empty
  /// Its time, in milliseconds since 1970.
  private var timeBefore: Int64 = 0

  struct Names: BitwiseCopyable {
    var service = NameID.none
    var pool = NameID.none
    var backend = NameID.none
  }

  /// The line before the first one of a block is not in it.
  mutating func begin() { before = .empty }

  /// The line that was read last, if any was.
  var last: (line: ByteRange, time: Int64)? { before.isEmpty ? nil : (before, timeBefore) }

  /// Reads a line into an event, and tells its time in milliseconds; `nil` where it is of another shape.
  mutating func read(
    _ block: Span<UInt8>, _ line: ByteRange, _ run: borrowing LineRun, _ clock: inout LocalClock,
    _ twin: borrowing HAProxyTwin, into batch: inout EventBatch
  ) -> Int64? {
    // No envelope begins so, and behind a client only its time stands in brackets.
    guard block[line.start].isDigit, block.byte(line.start + 10) != UInt8(ascii: "T"),
      let (space, colon) = client(block, line), space + 40 < line.end,
      let (moment, length) = clock.clfMoment(likeLast: block, space + 2)
    else { return nil }
    let start = space + 2 + length + 2
    guard block.has("] ", at: start - 2), start < line.end, block[start] != .quote else {
      return nil
    }
    // The line before may be the same.
    let time = moment.time.milliseconds
    if time == timeBefore, !before.isEmpty {
      if block.equals(before, line) { return nil }
    } else if before.isEmpty, twin.mayRepeat(time, run.number) {
      return nil
    }
    guard let (frontend, member) = block.twoSpaces(from: start, line.end),
      let fields = Fields(block, from: member + 1), fields.end + 1 < line.end,
      block[fields.end + 1] > .space
    else { return nil }
    guard let names = names(of: block, start, frontend, member, &batch),
      let request = request(block, fields.end + 1, line.end),
      let outcome = judge(block, line, fields, request.open, &batch)
    else { return nil }

    var event = Event(time: moment.time, line: run.number, outcome: outcome)
    event.journal = .access
    event.hasMilliseconds = moment.hasMilliseconds
    event.severity = run.carrier.severity
    event.gateway = run.carrier.host
    event.durationMilliseconds = Int32(truncatingIfNeeded: fields.duration)
    event.status = UInt16(truncatingIfNeeded: fields.status)
    event.code = code
    event.service = names.service
    event.pool = names.pool
    event.backend = names.backend
    event.client = run.text(line.start, colon)
    event.uri = run.text(request.target.start, request.target.end)
    switch outcome {
    case .ok, .info: break
    default:
      event.message = run.text(line.start, min(line.end, line.start + 512))
    }
    batch.append(event)
    before = line
    timeBefore = time
    return time
  }

  /// Where the client ends, which is before the first bracket, and the last colon in it.
  private func client(_ block: Span<UInt8>, _ line: ByteRange) -> (end: Int, colon: Int)? {
    guard line.start &+ 64 <= block.count else { return nil }
    let chunk = Chunk(block, from: line.start)
    let end = chunk.places(of: .space).trailingZeroBitCount
    let before = UInt64.ones(below: end)
    let colons = chunk.places(of: .colon) & before
    guard end < 63, colons != 0, chunk.places(of: .openBracket) & before == 0,
      block[line.start &+ end &+ 1] == .openBracket
    else { return nil }
    return (line.start &+ end, line.start &+ 63 &- colons.leadingZeroBitCount)
  }

  /// What stands between the names and the queues.
  private struct Fields {
    var duration = 0
    var status = 0
    /// Where the state begins.
    var state = 0
    /// Behind the counts of connections.
    var end = 0

    /// `0/0/0/3/3 200 87 - - ---- 1/1/0/0/0 ` in 64 bytes, numbers without a plus.
    init?(_ block: Span<UInt8>, from start: Int) {
      guard start &+ 64 <= block.count else { return nil }
      let chunk = Chunk(block, from: start)
      let spaces = chunk.places(of: .space)
      let (slashes, digits) = (chunk.places(of: .slash), chunk.placesOfDigits)
      var left = spaces
      let (timers, status) = (left.takeLowest(), left.takeLowest())
      let (bytes, cookie) = (left.takeLowest(), left.takeLowest())
      let (setCookie, state) = (left.takeLowest(), left.takeLowest())
      guard left != 0 else { return nil }
      let connections = left.takeLowest()
      // What must be numbers, with the spaces and slashes between them.
      let words = UInt64.ones(below: state) & ~UInt64.ones(below: bytes)
      let numbers = UInt64.ones(below: connections) & ~words
      var marks = slashes & numbers
      let signs = numbers & ~(digits | slashes | spaces)
      let neighbours = spaces & (spaces &<< 1 | 1) & UInt64.ones(below: connections &+ 1)
      guard (marks &>> 1) & ~digits | (marks &<< 1) & ~(digits | signs) == 0,
        neighbours == 0, status &- timers == 4, state &- setCookie == 5,
        (digits &>> UInt64(truncatingIfNeeded: bytes &+ 1)
          | digits &>> UInt64(truncatingIfNeeded: cookie &+ 1)) & 1 == 0
      else { return nil }
      if signs != 0 {
        // Minus signs, before timers that never ran.
        let before = (slashes | spaces) &<< 1 | 1
        guard chunk.places(of: .dash) & signs == signs, before & signs == signs,
          digits &>> 1 & signs == signs,
          signs & UInt64.ones(below: status) & ~UInt64.ones(below: timers) == 0
        else { return nil }
      }
      // Five timers and five counts of connections.
      _ = (marks.takeLowest(), marks.takeLowest(), marks.takeLowest())
      var last = marks.takeLowest() &+ 1
      guard last <= timers, timers &- last <= 8, marks.takeLowest() > state else { return nil }
      _ = (marks.takeLowest(), marks.takeLowest())
      guard marks != 0, marks & (marks &- 1) == 0 else { return nil }
      let isNegative = signs &>> UInt64(truncatingIfNeeded: last) & 1 == 1
      if isNegative { last &+= 1 }
      guard let length = block.plainNumber(start &+ last, start &+ timers),
        let code = block.plainNumber(start &+ timers &+ 1, start &+ status)
      else { return nil }
      duration = isNegative ? -length : length
      self.status = code
      self.state = start &+ setCookie &+ 1
      end = start &+ connections
    }
  }

  /// The request that is quoted behind the queues; `nil` where there is none.
  private func request(
    _ block: Span<UInt8>, _ start: Int, _ end: Int
  ) -> (open: Int, target: ByteRange)? {
    if start &+ 64 <= block.count {
      let chunk = Chunk(block, from: start)
      var quotes = chunk.places(of: .quote)
      let open = quotes.takeLowest()
      // Nearly all requests are two words before the protocol's name.
      var spaces = chunk.places(of: .space) & ~UInt64.ones(below: open)
      let (method, last) = (spaces.takeLowest(), spaces.takeLowest())
      if last < 64, start &+ last < end, quotes & UInt64.ones(below: last) == 0 {
        return (start &+ open, ByteRange(start &+ method &+ 1, start &+ last))
      }
    }
    guard let open = block.find(.quote, start, end) else { return nil }
    let close = block.find(.quote, open + 1, end) ?? end
    return (open, HAProxyExchange.target(block, ByteRange(open + 1, close)))
  }

  /// How the session ended; its state becomes the code.
  ///
  /// `nil` where that is no state, and where a text behind the request may tell more.
  private mutating func judge(
    _ block: Span<UInt8>, _ line: ByteRange, _ fields: Fields, _ open: Int,
    _ batch: inout EventBatch
  ) -> Outcome? {
    let word = block.word(fields.state, fields.state &+ 4)
    if word != state {
      guard HAProxyTermination.isState(block, ByteRange(fields.state, fields.state + 4)) else {
        return nil
      }
      state = word
      code = batch.names.id(block, fields.state, fields.state + 4)
    }
    let (who, phase) = (block[fields.state], block[fields.state &+ 1])
    if who == .dash, fields.status < 500 { return .ok }
    let outcome = HAProxyTermination.outcome(
      who, phase, status: UInt16(truncatingIfNeeded: fields.status), isHTTP: true, hasServer: true)
    switch outcome {
    case .connectRefused, .connectTimeout:
      return block.find(.quote, open + 1, line.end) == line.end - 1 ? outcome : nil
    default: return outcome
    }
  }

  /// The names in `fe_shop~ be_orders/ord1`, looked up once.
  private mutating func names(
    of block: Span<UInt8>, _ start: Int, _ frontend: Int, _ end: Int, _ batch: inout EventBatch
  ) -> Names? {
    let id = Int(targets.id(block, start, end).index)
    // Beyond the limit all are one.
    guard id > 1 else { return nil }
    if id == names.count { names.append(Names(block, start, frontend, end, &batch) ?? Names()) }
    let told = names[id]
    return told.backend.isNone ? nil : told
  }
}

extension HAProxyRun.Names {
  /// Of a session that a member served; `nil` for any other.
  init?(
    _ block: Span<UInt8>, _ start: Int, _ frontend: Int, _ end: Int, _ batch: inout EventBatch
  ) {
    guard frontend > start, block[frontend - 1] != .colon,
      let slash = block.find(.slash, frontend + 1, end)
    else { return nil }
    let server = block.unquoted(ByteRange(slash + 1, end))
    guard HAProxyExchange.isServer(block, server) else { return nil }
    let front = block.unquoted(ByteRange(start, frontend))
    let pool = block.unquoted(ByteRange(frontend + 1, slash))
    service = batch.names.id(block, HAProxyExchange.withoutTLSMark(block, front))
    backend = batch.names.id(block, server)
    if !block.equals(pool, "-") { self.pool = batch.names.id(block, pool) }
  }
}

import LogEvents

/// HAProxy's `option httplog` lines of exchanges with a member, which are nearly all, by the masks of their
/// delimiters.
///
///     203.0.113.7:57315 [20/Nov/2026:23:57:51.236] fe_shop be_orders/ord1 0/0/0/3/3 200 87 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1"
///
/// Whatever is otherwise is left to `HAProxyTraffic`, which reads these lines alike, at six times the cost.
struct HAProxyRun: Sendable {
  /// Frontends with the members that they chose, told once each; nobody where there are too many.
  private var targets = NameTable(limit: 4096)
  private var names: [Names] = [Names(), Names()]
  /// The state that was read last, and its name.
  private var state: UInt32 = 0
  private var code = NameID.none
  /// Cookies of one letter and the state of a session that ended well, `- - ----`, as they were read last.
  private var words: UInt64 = 0x2d2d_2d2d_202d_202d
  /// The line before: another target of the log may have written it, too.
  private var before = ByteRange.empty
  /// Its time, in milliseconds since 1970.
  private var timeBefore: Int64 = 0

  struct Names: BitwiseCopyable {
    var service = NameID.none
    var pool = NameID.none
    var backend = NameID.none
    /// The part of their successes; negative where none is known.
    var part: Int32 = -1
    /// The gateway and the lending that the part was asked for.
    var asked: UInt64 = 0
  }

  /// The line before the first one of a block is not in it.
  mutating func begin() { before = .empty }

  /// The line that was read last, if any was.
  var last: (line: ByteRange, time: Int64)? { before.isEmpty ? nil : (before, timeBefore) }

  /// Reads the line from `start` on into an event, or counts it, and tells its time in milliseconds; `nil`
  /// where it is of another shape.
  ///
  /// Up to its counts of connections all bytes are looked at: where they are of this shape no newline is
  /// among them.
  @inline(__always)
  mutating func read(
    _ block: Span<UInt8>, from start: Int, _ run: inout LineRun, _ clock: inout LocalClock,
    _ twin: borrowing HAProxyTwin, into batch: inout EventBatch
  ) -> Int64? {
    // No envelope begins so, and behind a client only its time stands in brackets.
    guard let client = Self.endOfClient(block, from: start),
      let (moment, length) = clock.clfMoment(likeLast: block, client &+ 2)
    else { return nil }
    let frontend = client &+ length &+ 4
    guard let (backend, member) = block.twoSpaces(from: frontend, block.count),
      Self.opens(block.word(at: frontend &- 2)),
      let fields = Fields(block, from: member &+ 1, words: words),
      let names = names(of: block, frontend, backend, member, run.carrier.host, &batch),
      let end = run.end(block, from: fields.end &+ 1), block[fields.end &+ 1] > .space
    else { return nil }
    let line = ByteRange(start, end)
    // The line before may be the same.
    let time = moment.time.milliseconds
    if time == timeBefore, !before.isEmpty {
      if block.equals(before, line) { return nil }
    } else if before.isEmpty, twin.mayRepeat(time, run.number) {
      return nil
    }
    if names.part >= 0, block[fields.status] < UInt8(ascii: "5"),
      fields.hasKnownWords || isPlain(block, fields), run.isFollowed(block),
      batch.countSuccess(
        at: time, lasting: fields.duration, part: Int(names.part),
        pool: names.pool, service: names.service, hasMilliseconds: moment.hasMilliseconds)
    {
      before = line
      timeBefore = time
      return time
    }
    guard let request = request(block, fields.end &+ 1, line.end),
      let status = Span<UInt8>.threeDigits(block.word(at: fields.status)),
      let outcome = judge(
        block, line, fields, UInt16(truncatingIfNeeded: status), request.open, &batch)
    else { return nil }

    let text = batch.keep(block, line.start, line.end)
    let colon = block.findLast(.colon, in: ByteRange(start, client)) ?? client
    var event = Event(time: moment.time, line: run.number, outcome: outcome)
    event.journal = .access
    event.hasMilliseconds = moment.hasMilliseconds
    event.severity = run.carrier.severity
    event.gateway = run.carrier.host
    event.durationMilliseconds = fields.duration
    event.status = UInt16(truncatingIfNeeded: status)
    event.code = code
    event.service = names.service
    event.pool = names.pool
    event.backend = names.backend
    event.client = text.part(0, colon &- start)
    event.uri = text.part(
      request.target.start &- line.start, request.target.end &- line.start)
    switch outcome {
    case .ok, .info: break
    default:
      event.message = text.part(0, min(line.count, 512))
    }
    batch.append(event)
    before = line
    timeBefore = time
    return time
  }

  /// Whether eight bytes begin with `] `, and the name of a frontend behind it not with a quote.
  @inline(__always)
  private static func opens(_ word: UInt64) -> Bool {
    let (bracket, space) = (UInt64(UInt8.closeBracket), UInt64(UInt8.space))
    return word & 0xffff == bracket | space << 8 && word >> 16 & 0xff != UInt64(UInt8.quote)
  }

  /// The request that is quoted behind the queues; `nil` where there is none.
  @inline(__always)
  private func request(
    _ block: Span<UInt8>, _ start: Int, _ end: Int
  ) -> (open: Int, target: ByteRange)? {
    if let chunk = Chunk(block, from: start) {
      var quotes = chunk.places(of: .quote)
      let open = quotes.takeLowest()
      // Nearly all requests are two words before the protocol's name.
      var spaces = chunk.places(of: .space) & ~UInt64.ones(below: open)
      let (method, last) = (spaces.takeLowest(), spaces.takeLowest())
      if last < 64, start &+ last < end, quotes & UInt64.ones(below: last) == 0 {
        return (start &+ open, ByteRange(start &+ method &+ 1, start &+ last))
      }
    }
    return longRequest(block, start, end)
  }

  private func longRequest(
    _ block: Span<UInt8>, _ start: Int, _ end: Int
  ) -> (open: Int, target: ByteRange)? {
    guard let open = block.find(.quote, start, end) else { return nil }
    let close = block.find(.quote, open + 1, end) ?? end
    return (open, HAProxyExchange.target(block, ByteRange(open + 1, close)))
  }

  /// Whether a session ended as the one before it, and well.
  private func isPlain(_ block: Span<UInt8>, _ fields: Fields) -> Bool {
    let word = UInt32(truncatingIfNeeded: block.word(at: fields.state))
    return word == state && word & 0xff == UInt32(UInt8.dash)
  }

  /// How the session ended; its state becomes the code.
  ///
  /// `nil` where that is no state, and where a text behind the request may tell more.
  @inline(__always)
  private mutating func judge(
    _ block: Span<UInt8>, _ line: ByteRange, _ fields: Fields, _ status: UInt16, _ open: Int,
    _ batch: inout EventBatch
  ) -> Outcome? {
    let word = UInt32(truncatingIfNeeded: block.word(at: fields.state))
    if word != state || code.isNone {
      guard HAProxyTermination.isState(block, ByteRange(fields.state, fields.state + 4)) else {
        return nil
      }
      state = word
      code = batch.names.id(block, fields.state, fields.state + 4)
    }
    guard word & 0xff == UInt32(UInt8.dash) else { return fault(block, line, fields, status, open) }
    if !fields.hasKnownWords, block[fields.state &- 5] == .space, block[fields.state &- 3] == .space
    {
      words = block.word(at: fields.state &- 4)
    }
    return status < 500 ? .ok : fault(block, line, fields, status, open)
  }

  private func fault(
    _ block: Span<UInt8>, _ line: ByteRange, _ fields: Fields, _ status: UInt16, _ open: Int
  ) -> Outcome? {
    let outcome = HAProxyTermination.outcome(
      block[fields.state], block[fields.state &+ 1],
      status: status, isHTTP: true, hasServer: true)
    switch outcome {
    case .connectRefused, .connectTimeout:
      return block.find(.quote, open + 1, line.end) == line.end - 1 ? outcome : nil
    default: return outcome
    }
  }

  /// The names in `fe_shop~ be_orders/ord1`, looked up once.
  @inline(__always)
  private mutating func names(
    of block: Span<UInt8>, _ start: Int, _ frontend: Int, _ end: Int, _ gateway: NameID,
    _ batch: inout EventBatch
  ) -> Names? {
    let id = Int(targets.id(block, start, end).index)
    if id >= names.count { names.append(Names(block, start, frontend, end, &batch) ?? Names()) }
    let now = UInt64(batch.successes.lending) &<< 32 | UInt64(gateway.index)
    if names[id].asked != now { names[id].ask(batch, gateway, now) }
    return names[id].backend.isNone ? nil : names[id]
  }
}

extension HAProxyRun.Names {
  /// Of a session that a member served; `nil` for any other.
  init?(
    _ block: Span<UInt8>, _ start: Int, _ frontend: Int, _ end: Int, _ batch: inout EventBatch
  ) {
    guard frontend > start, block[frontend - 1] != .colon,
      block.find(.newline, start, end) == nil,
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

  /// Learns of which part the successes at this gateway are, in the lending that `now` stands for.
  fileprivate mutating func ask(
    _ batch: borrowing EventBatch, _ gateway: NameID, _ now: UInt64
  ) {
    let part = batch.successes.part(backend: backend, pool: pool, gateway: gateway)
    (self.part, asked) = (Int32(truncatingIfNeeded: part ?? -1), now)
  }
}

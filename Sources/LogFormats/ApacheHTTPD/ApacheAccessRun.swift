import LogEvents

/// httpd's common and combined lines, with `%D`, worker and unique id behind, of exchanges that ended.
///
///     203.0.113.7 - - [21/Nov/2026:00:04:56 +0000] "GET /a HTTP/1.1" 200 339 "-" "agent" 728 http://app1.example.com:8080 -
///
/// Whatever is otherwise is left to `ApacheAccess`, which reads these lines alike.
struct ApacheAccessRun: Sendable {
  /// Longer words are left to `ApacheAccess`, so that what is remembered stays small.
  private static let longestWord = 256

  /// Words that name a worker, told once each.
  private var workers = NameTable(limit: 4096)
  private var members: [Member] = [Member(), Member()]
  /// The names of statuses, by their numbers.
  private var codes = [NameID](repeating: .none, count: 1000)

  private struct Member: BitwiseCopyable {
    var pool = NameID.none
    var backend = NameID.none
  }

  /// What stands behind the agent.
  private struct Tail: BitwiseCopyable {
    var microseconds = -1
    var transaction = ByteRange.empty
    var member: Member?
  }

  /// Reads a line into an event, or counts it, and tells its time in milliseconds; `nil` where it is of
  /// another shape.
  mutating func read(
    _ block: Span<UInt8>, _ line: ByteRange, _ run: inout LineRun, _ clock: inout LocalClock,
    into batch: inout EventBatch
  ) -> Int64? {
    // No envelope begins so.
    guard block[line.start].isDigit, block.byte(line.start + 10) != UInt8(ascii: "T"),
      let (client, bracket) = Self.head(block, line), bracket + 40 < line.end,
      let (moment, length) = clock.clfMoment(likeLast: block, bracket + 1)
    else { return nil }
    let open = bracket + 1 + length + 2
    guard open + 8 < line.end, block.has("] \"", at: open - 2) else { return nil }
    var quotes = PlaceWalk(of: .quote, in: block, from: open + 1)
    guard let close = Self.nextQuote(&quotes, block, line.end), close + 8 < line.end,
      let status = Self.status(block, close + 1)
    else { return nil }
    let size = close + 6
    var at = block.find(.space, size, line.end) ?? line.end
    guard block[size].isDigit || at == size + 1 && block[size] == .dash else { return nil }
    var tail: Tail? = Tail()
    if at < line.end {
      // Referer and agent.
      guard block[at + 1] == .quote, let referer = Self.quoted(&quotes, block, at + 1, line.end),
        !block.has("\"\"", at: at + 1), block.byte(referer + 1) == .space,
        let agent = Self.quoted(&quotes, block, referer + 2, line.end)
      else { return nil }
      at = agent + 1
      tail = self.tail(block, ByteRange(at, line.end), &batch)
    }
    guard let tail else { return nil }
    if let member = tail.member, tail.transaction.isEmpty, status < 500, run.isFollowed(block),
      let part = batch.successes.part(
        backend: member.backend, pool: member.pool, gateway: run.carrier.host),
      batch.countSuccess(
        at: moment.time.milliseconds,
        lasting: tail.microseconds < 0
          ? -1 : Int32(truncatingIfNeeded: tail.microseconds / 1000),
        part: part, pool: member.pool, service: .none, hasMilliseconds: moment.hasMilliseconds)
    {
      return moment.time.milliseconds
    }

    let text = batch.keep(block, line.start, line.end)
    var event = Event(time: moment.time, line: run.number, outcome: .ok)
    event.hasMilliseconds = moment.hasMilliseconds
    event.journal = .access
    event.gateway = run.carrier.host
    event.status = UInt16(truncatingIfNeeded: status)
    if codes[status].isNone { codes[status] = batch.names.id(block, close + 2, close + 5) }
    event.code = codes[status]
    event.client = text.part(0, client - line.start)
    let uri = Self.target(block, ByteRange(open + 1, close))
    event.uri = text.part(uri.start - line.start, uri.end - line.start)
    event.transaction = text.part(
      tail.transaction.start - line.start, tail.transaction.end - line.start)
    if tail.microseconds >= 0 {
      event.durationMilliseconds = Int32(truncatingIfNeeded: tail.microseconds / 1000)
    }
    if let member = tail.member { (event.pool, event.backend) = (member.pool, member.backend) }
    if status >= 500 {
      event.outcome = .http5xx
      event.message = text.part(0, min(line.count, 512))
    }
    batch.append(event)
    return moment.time.milliseconds
  }

  /// Where the client ends, and the bracket behind ident and user.
  private static func head(_ block: Span<UInt8>, _ line: ByteRange) -> (client: Int, bracket: Int)?
  {
    guard var spaces = Chunk(block, from: line.start)?.places(of: .space) else { return nil }
    let (client, ident, user) = (spaces.takeLowest(), spaces.takeLowest(), spaces.takeLowest())
    // Seven bytes are no count of octets before a message.
    guard client > 6, user < 63 else { return nil }
    let (a, b) = (block[line.start &+ client &+ 1], block[line.start &+ ident &+ 1])
    guard a > .space, a != .openBracket, b > .space, b != .openBracket,
      block[line.start &+ user &+ 1] == .openBracket
    else { return nil }
    return (line.start &+ client, line.start &+ user &+ 1)
  }

  /// The next quote, unless a backslash stands before it.
  @inline(__always)
  private static func nextQuote(
    _ quotes: inout PlaceWalk, _ block: Span<UInt8>, _ end: Int
  ) -> Int? {
    guard let quote = quotes.next(in: block, before: end), block[quote &- 1] != UInt8(ascii: "\\")
    else { return nil }
    return quote
  }

  /// Where a text ends whose quote is at `start`.
  @inline(__always)
  private static func quoted(
    _ quotes: inout PlaceWalk, _ block: Span<UInt8>, _ start: Int, _ end: Int
  ) -> Int? {
    guard nextQuote(&quotes, block, end) == start else { return nil }
    return nextQuote(&quotes, block, end)
  }

  /// The status between spaces; none of a caller who went away.
  private static func status(_ block: Span<UInt8>, _ start: Int) -> Int? {
    let word = block.word(at: start)
    guard word & 0xff == 0x20, word &>> 32 & 0xff == 0x20,
      let status = Span<UInt8>.number(word &>> 8, digits: 3)
    else { return nil }
    return status != 408 ? status : nil
  }

  private static func target(_ block: Span<UInt8>, _ request: ByteRange) -> ByteRange {
    if let (method, end) = block.twoSpaces(from: request.start, request.end) {
      return ByteRange(method + 1, end)
    }
    return NginxAccess.target(block, request)
  }

  /// The words behind the agent; `nil` where there is one that is neither a number, a worker, an id nor a
  /// dash, or two workers.
  private mutating func tail(
    _ block: Span<UInt8>, _ range: ByteRange, _ batch: inout EventBatch
  ) -> Tail? {
    var tail = Tail()
    var numbers = 0
    guard !range.isEmpty else { return tail }
    // Or the walk may end before the line does.
    guard range.end + 64 <= block.count else { return nil }
    var spaces = PlaceWalk(of: .space, in: block, from: range.start)
    guard spaces.next(in: block, before: range.end) == range.start else {
      return nil
    }
    var start = range.start + 1
    while start <= range.end {
      let word = ByteRange(start, spaces.next(in: block, before: range.end) ?? range.end)
      let first = block[start]
      guard !word.isEmpty, word.count <= Self.longestWord, first != .openBracket else {
        return nil
      }
      start = word.end + 1
      if first == .dash, word.count == 1 { continue }
      if first.isDigit, word.count <= 8, let number = block.integer(word) {
        numbers += 1
        tail.microseconds = numbers % 2 == 1 ? number : -1
      } else if ApacheAccess.isUniqueID(block, word) {
        tail.transaction = word
      } else if tail.member == nil, let member = member(block, word, &batch) {
        tail.member = member
      } else {
        return nil
      }
    }
    return tail
  }

  /// The member that a word names by its URL.
  private mutating func member(
    _ block: Span<UInt8>, _ word: ByteRange, _ batch: inout EventBatch
  ) -> Member? {
    let id = Int(workers.id(block, word.start, word.end).index)
    // Beyond the limit all are one.
    guard id > 1 else { return nil }
    if id == members.count {
      members.append(Member())
      var exchange = ApacheExchange()
      var event = Event(time: .unknown, line: 0, outcome: .ok)
      if block.find("://", in: word) != nil,
        (try? ApacheAccess.take(word, of: block, &exchange)) != nil
      {
        exchange.place(block, &event, &batch)
        members[id] = Member(pool: event.pool, backend: event.backend)
      }
    }
    let member = members[id]
    return member.backend.isNone ? nil : member
  }
}

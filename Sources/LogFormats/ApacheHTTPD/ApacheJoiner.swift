import LogEvents

/// Makes one event of the several records that one failed exchange leaves in an error log.
///
/// Records of one exchange come from one thread within milliseconds. Where a format names no thread,
/// they are adjacent within the same second. The first record decides, later ones add what it lacks.
struct ApacheJoiner: RecordJoiner {
  /// An exchange whose records may still follow.
  ///
  /// Owns its texts: the batch may go meanwhile.
  private struct OpenExchange: Sendable {
    var event: Event
    var family: ApacheMessage.Family.RawValue
    var thread: UInt64?
    var transaction: [UInt8]
    var client: [UInt8]
    var uri: [UInt8]
    var message: [UInt8]
    /// Host as far as it is known, to match followers; without port.
    var host: [UInt8]
    var seen: [Int]
    /// The backend is an address that a configured name may replace.
    var isBackendFromField: Bool
  }

  /// More threads than this do not fail within one window on a real server.
  private static let limit = 512
  /// Records of one exchange came within 1 ms of each other in own runs; milliseconds.
  private static let window: Int64 = 50

  private var clock: StampClock
  private var open: [OpenExchange] = []
  /// From the once-per-request lines: request to connection, connection to client.
  private var connections = TextMap()
  private var clients = TextMap()

  init(_ settings: FormatSettings) { clock = StampClock(settings) }

  mutating func closeAll(into batch: inout EventBatch) {
    for exchange in open { append(exchange, into: &batch) }
    open.removeAll()
  }

  func tellOpen(to state: inout OpenState) {
    state.add(open.count)
    for exchange in open {
      state.add(exchange.event)
      state.add(exchange.family)
      state.add(exchange.thread)
      for text in [
        exchange.transaction, exchange.client, exchange.uri, exchange.message, exchange.host,
      ] {
        state.add(text)
      }
      state.add(exchange.seen)
      state.add(exchange.isBackendFromField)
    }
    connections.tellOpen(to: &state)
    clients.tellOpen(to: &state)
  }

  /// Whether a line begins with a time of the same day as the one before, in brackets.
  @inline(__always)
  func isSameDay(_ line: Span<UInt8>) -> Bool { clock.isSameDay(line, at: 1) }

  /// Takes a record of the built-in formats.
  mutating func take(
    bracketed record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    var known = clock.again(record, at: 1)
    if let stamp = known {
      if record.byte(stamp.end) != .closeBracket {
        known = nil
      } else if ApacheErrorRecord.isDebug(record, from: stamp.end + 1) {
        let moment = clock.settle(stamp.moment)
        closeOld(before: moment.time, hasMilliseconds: moment.hasMilliseconds, &batch)
        batch.witness(moment.time)
        return
      }
    }
    try take(try ApacheErrorRecord.bracketed(record, known), record, context, into: &batch)
  }

  mutating func take(
    _ parsed: ApacheErrorRecord, _ record: Span<UInt8>, _ context: RecordContext,
    into batch: inout EventBatch
  ) throws(RecordFault) {
    let moment = clock.moment(
      again: parsed.moment, parsed.time, readFrom: parsed.stamp, of: record, context)
    let time = moment.time
    guard time.isKnown else { throw parsed.time == nil ? .notThisDialect : .badTime }
    if case .none = parsed.severity {
      learn(parsed, record)
      return
    }
    closeOld(before: time, hasMilliseconds: moment.hasMilliseconds, &batch)
    if case .debug = parsed.severity {
      batch.witness(time)
      return
    }
    let index = ApacheMessage.index(record, parsed.codeNumber, parsed.message)
    if case .info = parsed.severity, index == nil {
      batch.witness(time)
      return
    }
    var event = Event(time: time, line: context.line, outcome: .other)
    event.hasMilliseconds = moment.hasMilliseconds
    event.severity = parsed.severity
    event.gateway = context.host
    event.code = batch.names.id(record, parsed.code)
    event.service = batch.names.id(record, parsed.service)
    var exchange = OpenExchange(
      event: event, family: 0, thread: parsed.thread, transaction: copy(record, parsed.transaction),
      client: client(parsed, record), uri: uri(record, parsed.message),
      message: copy(
        record, ByteRange(parsed.message.start, min(parsed.message.end, parsed.message.start + 400))
      ),
      host: [], seen: [], isBackendFromField: false)
    exchange.event.pool = pool(record, parsed.message, &batch)
    guard let index else {
      append(exchange, into: &batch)
      return
    }
    let message = ApacheMessage.table[index]
    let status = ApacheStatus(record, parsed.status)
    exchange.event.outcome = outcome(message, status, record, parsed)
    if exchange.event.outcome == .info, parsed.severity != .info {
      exchange.event.outcome = .other
    }
    exchange.isBackendFromField = message.place == .field
    // A custom format writes the backend's address as `[client ...]` on TLS lines.
    if message.place == .field || message.opens == .tls { exchange.client = [] }
    let backend = ApacheBackend(message.place, record, parsed.message, client: parsed.client)
    exchange.host = backend.host
    exchange.event.backend = batch.names.id(backend.name.span)
    if record.has("HC", at: parsed.message.start) || exchange.event.outcome.side == .state {
      exchange.event.journal = .state
    }
    exchange.seen = [index]
    exchange.family = message.opens.rawValue
    if join(exchange, message, index, status, &batch) { return }
    if message.opens.isEmpty {
      append(exchange, into: &batch)
    } else {
      begin(exchange, into: &batch)
    }
  }

  private func outcome(
    _ message: ApacheMessage, _ status: ApacheStatus, _ record: Span<UInt8>,
    _ parsed: ApacheErrorRecord
  ) -> Outcome {
    if case .fixed(.requestBodyFailed) = message.rule {
      switch status {
      case .tlsHandshake: return .tlsFailure
      case .none where record.find(" from ", in: parsed.message) != nil: return .requestBodyFailed
      default: return .requestBodyFailed
      }
    }
    return message.outcome(status)
  }

  // MARK: Joining

  private mutating func begin(_ exchange: OpenExchange, into batch: inout EventBatch) {
    if let thread = exchange.thread,
      let old = open.firstIndex(where: { $0.thread == thread })
    {
      append(open.remove(at: old), into: &batch)
    }
    if open.count >= Self.limit { append(open.removeFirst(), into: &batch) }
    open.append(exchange)
  }

  /// Whether the record continues an open exchange, which then takes what it adds.
  private mutating func join(
    _ record: OpenExchange, _ message: ApacheMessage, _ index: Int, _ status: ApacheStatus,
    _ batch: inout EventBatch
  ) -> Bool {
    guard let place = open.lastIndex(where: { matches($0, record, message, index) }) else {
      return false
    }
    open[place].seen.append(index)
    if open[place].family == ApacheMessage.Family.inbound.rawValue { return true }
    if open[place].client.isEmpty { open[place].client = record.client }
    if open[place].uri.isEmpty { open[place].uri = record.uri }
    if open[place].transaction.isEmpty { open[place].transaction = record.transaction }
    if open[place].event.service.isNone { open[place].event.service = record.event.service }
    if open[place].event.pool.isNone { open[place].event.pool = record.event.pool }
    if open[place].event.backend.isNone
      || open[place].isBackendFromField && message.place == .address
    {
      if !record.event.backend.isNone {
        open[place].event.backend = record.event.backend
        open[place].host = record.host
        open[place].isBackendFromField = message.place == .field
      }
    }
    switch message.rule {
    case .refining: open[place].event.outcome = message.outcome(status)
    case .fixed(.tlsFailure): open[place].event.outcome = .tlsFailure
    default: break
    }
    return true
  }

  private func matches(
    _ exchange: OpenExchange, _ record: OpenExchange, _ message: ApacheMessage, _ index: Int
  ) -> Bool {
    if exchange.thread != record.thread { return false }
    if !exchange.transaction.isEmpty, !record.transaction.isEmpty,
      exchange.transaction != record.transaction
    {
      return false
    }
    // A connect that is tried again on another address of the same name is the same failure.
    let isSameAgain =
      exchange.family != 0 && exchange.family == record.family && exchange.thread != nil
      && message.opens == .connect && exchange.event.backend == record.event.backend
      && exchange.event.outcome == record.event.outcome
      && record.event.time.milliseconds - exchange.event.time.milliseconds <= 1
    if isSameAgain { return true }
    let families = ApacheMessage.Family(rawValue: exchange.family)
    guard !message.joins.isDisjoint(with: families) else { return false }
    if exchange.thread == nil {
      // Without a thread, a follower goes to the nearest exchange that lacks it.
      if exchange.seen.contains(index) { return false }
      if !exchange.client.isEmpty, !record.client.isEmpty, exchange.client != record.client {
        return false
      }
      if !exchange.host.isEmpty, !record.host.isEmpty, exchange.host != record.host { return false }
    }
    return true
  }

  /// Closes what is too old to be continued at `time`.
  private mutating func closeOld(
    before time: Timestamp, hasMilliseconds: Bool, _ batch: inout EventBatch
  ) {
    let limit = hasMilliseconds ? Self.window : 1000
    var at = 0
    while at < open.count {
      let age = time.milliseconds - open[at].event.time.milliseconds
      if age > limit || age < -limit {
        append(open.remove(at: at), into: &batch)
      } else {
        at += 1
      }
    }
  }

  private func append(_ exchange: OpenExchange, into batch: inout EventBatch) {
    guard exchange.event.outcome != .info else {
      batch.witness(exchange.event.time)
      return
    }
    var event = exchange.event
    event.transaction = batch.keep(exchange.transaction)
    event.client = batch.keep(exchange.client)
    event.uri = batch.keep(exchange.uri)
    if event.outcome.countsAgainstBackend || event.outcome.side == .state {
      event.message = batch.keep(exchange.message)
    }
    batch.append(event)
  }

  // MARK: Parts

  private func copy(_ record: Span<UInt8>, _ range: ByteRange) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(record, range.start, range.end)
    return bytes
  }

  /// The address without its port; for request ids the one of the request's connection.
  private func client(_ parsed: ApacheErrorRecord, _ record: Span<UInt8>) -> [UInt8] {
    guard !parsed.isRemote else { return [] }
    guard !parsed.client.isEmpty else {
      if let sender = sender(record, parsed.message) { return sender }
      let id = copy(record, parsed.transaction)
      guard let connection = connections.value(id) else { return [] }
      return clients.value(connection) ?? []
    }
    if record.equals(parsed.client, "-") { return [] }
    return copy(record, Self.withoutPort(record, parsed.client, hasPort: parsed.hasPorts))
  }

  /// `... body failed to 192.0.2.1:80 (host) from 203.0.113.7 ()`.
  private func sender(_ record: Span<UInt8>, _ message: ByteRange) -> [UInt8]? {
    guard record.find("body failed to ", in: message) != nil,
      let hit = record.find(" from ", in: message)
    else { return nil }
    let start = hit + " from ".utf8.count
    return copy(
      record, ByteRange(start, record.find(.space, start, message.end) ?? message.end))
  }

  private static func withoutPort(
    _ record: Span<UInt8>, _ address: ByteRange, hasPort: Bool
  ) -> ByteRange {
    guard let last = record.findLast(.colon, in: address) else { return address }
    let isOnly = record.find(.colon, address.start, last) == nil
    return isOnly || hasPort ? ByteRange(address.start, last) : address
  }

  /// What stands behind `returned by `, without a method at the end.
  private func uri(_ record: Span<UInt8>, _ message: ByteRange) -> [UInt8] {
    let isCorrupt = record.find("Corrupt status line", in: message) != nil
    let start = isCorrupt ? record.find("remote server: ", in: message) : message.start
    guard let start, let hit = record.find(" returned by ", start, message.end) else { return [] }
    var range = ByteRange(hit + " returned by ".utf8.count, message.end)
    if record.byte(range.end - 1) == .closeParenthesis,
      let open = record.findLast(.openParenthesis, in: range), record.byte(open - 1) == .space,
      record.find("header returned", in: message) != nil
    {
      range.end = open - 1
    }
    return copy(record, range)
  }

  private func pool(
    _ record: Span<UInt8>, _ message: ByteRange, _ batch: inout EventBatch
  ) -> NameID {
    guard let hit = record.find("balancer://", in: message) else { return .none }
    var end = hit + "balancer://".utf8.count
    while end < message.end {
      let byte = record.byte(end)
      if byte == .slash || byte == .colon || byte == .space || byte == .closeParenthesis { break }
      end += 1
    }
    return batch.names.id(record, hit, end)
  }

  // MARK: Once-per-request lines

  /// Keeps who is who: `[R:id] Request 2 on C:cid ...`, `[C:cid] remote 203.0.113.9:56689 local ...`.
  private mutating func learn(_ parsed: ApacheErrorRecord, _ record: Span<UInt8>) {
    if !parsed.transaction.isEmpty, let hit = record.find(" C:", in: parsed.message) {
      let start = hit + 3
      let end = record.find(.space, start, parsed.message.end) ?? parsed.message.end
      connections.set(copy(record, parsed.transaction), copy(record, ByteRange(start, end)))
    }
    if !parsed.connection.isEmpty, record.has("remote ", at: parsed.message.start) {
      let start = parsed.message.start + "remote ".utf8.count
      let end = record.find(.space, start, parsed.message.end) ?? parsed.message.end
      let address = Self.withoutPort(record, ByteRange(start, end), hasPort: true)
      clients.set(copy(record, parsed.connection), copy(record, address))
    }
  }
}

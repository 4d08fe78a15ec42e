import LogEvents

/// Makes one event of the records of one request: header, details, footer, and what the HTTP client
/// said before (formats/ca-api-gateway.md §3).
struct CAJoiner: RecordJoiner {
  private struct Pending: Sendable {
    var event: Event
    var message: [UInt8]
    var client: [UInt8]
    var transaction: [UInt8]
  }

  /// What is open on one thread.
  private struct Request: Sendable {
    var isOpen = true
    var last = Timestamp.unknown
    var service = NameID.none
    /// The HTTP client's attempts, before the request's own records.
    var attempts: [Pending] = []
    var details: [Pending] = []
  }

  /// Open requests; the oldest is closed when there are more.
  private static let limit = 1024
  /// Requests with those that were closed behind an open one.
  private static let mostKept = 8 * limit
  /// The longest time-out in use between an attempt and the request's records, in milliseconds.
  private static let patience: Int64 = 120_000

  private var clock: StampClock
  /// By thread, in the order in which they began.
  private var requests = KeyedQueue(empty: Request(isOpen: false))
  private var openCount = 0
  private let traffic: CATraffic?
  /// Hashes of the last few records: the console prints each twice.
  private var recent = RecentHashes(limit: 8)

  init(_ settings: FormatSettings) {
    clock = StampClock(settings)
    traffic = settings.trafficTemplate.map(CATraffic.init(template:))
  }

  mutating func isDoubled(_ record: Span<UInt8>) -> Bool {
    !recent.insert(textHash(record, 0, record.count))
  }

  /// Whether a line begins with a time, as the one before did.
  @inline(__always)
  func beginsWithKnownDay(_ line: Span<UInt8>) -> Bool { clock.isDayAgain(line, at: 0) }

  /// Takes a record of the gateway's files or of syslog.
  mutating func take(
    text record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    let isGateway =
      !context.tag.isNone && batch.names.bytes(context.tag).elementsEqual(Self.gatewayTag)
    let parsed = try CARecord.text(record, context, tagIsGateway: isGateway, &clock)
    try take(parsed, record, context, into: &batch)
  }

  private static let gatewayTag = Array("SSG".utf8)

  mutating func take(
    _ parsed: CARecord, _ record: Span<UInt8>, _ context: RecordContext,
    into batch: inout EventBatch
  ) throws(RecordFault) {
    let moment = clock.moment(
      again: parsed.moment, parsed.time, readFrom: parsed.stamp, of: record, context)
    let time = moment.time
    guard time.isKnown else { throw parsed.time == nil ? .notThisDialect : .badTime }
    closeOld(at: time, into: &batch)
    var event = Event(time: time, line: context.line, outcome: .info)
    event.hasMilliseconds = moment.hasMilliseconds
    event.severity = parsed.severity
    event.gateway = context.host
    event.service = batch.names.id(record, parsed.service)
    if parsed.code != nil { event.code = batch.names.id(record, parsed.codeText) }
    switch parsed.voice(record) {
    case .gateway: break
    case .host:
      // The host's log is about the gateway itself, not about backends.
      if parsed.severity.rawValue <= Severity.warning.rawValue {
        event.outcome = .other
        append(pending(event, parsed, record), into: &batch)
      } else {
        batch.witness(time)
      }
      return
    case .policy:
      batch.witness(time)
      return
    case .traffic:
      if let traffic, traffic.read(record, parsed.text, &event, &batch) {
        if event.outcome != .info { batch.append(event) }
      } else {
        batch.witness(time)
      }
      return
    }
    var thread = parsed.thread
    if thread == 0 { thread = batch.names.hash(context.tag) &+ 7 }
    if context.host != .none { thread = thread &* 31 &+ batch.names.hash(context.host) }
    step(parsed, record, event, thread, into: &batch)
  }

  mutating func closeAll(into batch: inout EventBatch) {
    while let place = requests.oldest { remove(place, into: &batch) }
  }

  /// The requests that are open, in their order, and what was printed last.
  func tellOpen(to state: inout OpenState) {
    for place in requests.places where requests.values[place].isOpen {
      let request = requests.values[place]
      state.add(requests.key(at: place))
      state.add(request.last.milliseconds)
      state.add(request.service)
      state.add(request.attempts.count)
      state.add(request.details.count)
      for pending in request.attempts + request.details {
        state.add(pending.event)
        for text in [pending.message, pending.client, pending.transaction] { state.add(text) }
      }
    }
    state.add(openCount)
    state.add(recent.inOrder)
  }

  // MARK: Records

  private mutating func step(
    _ parsed: CARecord, _ record: Span<UInt8>, _ event: Event, _ thread: UInt64,
    into batch: inout EventBatch
  ) {
    let text = parsed.text
    if let start = behind("Processing request for service: ", record, text) {
      let place = beginning(thread, event.time, into: &batch)
      let end = record.find(" [", start, text.end) ?? text.end
      requests.values[place].service = batch.names.id(record, record.trimmed(ByteRange(start, end)))
      return
    }
    if record.has("Message processed successfully", at: text.start) {
      finish(parsed, record, event, thread, into: &batch)
      return
    }
    if record.has("Message was not processed", at: text.start) {
      fail(parsed, record, event, thread, into: &batch)
      return
    }
    if record.has("Request routing failed with status", at: text.start)
      || record.has("Policy evaluation for service", at: text.start)
      || record.has("Retrying ", at: text.start)
      || record.has("Trying to recover using this url", at: text.start)
      || record.has("SQL Error: ", at: text.start)
    {
      batch.witness(event.time)
      return
    }
    guard let judged = CAVerdict(record, parsed, &batch) else {
      batch.witness(event.time)
      return
    }
    var told = event
    told.outcome = judged.outcome
    told.backend = judged.backend
    told.status = judged.status
    if !judged.code.isNone { told.code = judged.code }
    told.journal = judged.outcome.side == .state ? .state : .error
    let pending = pending(told, parsed, record)
    switch judged.kind {
    case .attempt:
      let place = request(thread, event.time, into: &batch)
      requests.values[place].attempts.append(pending)
    case .detail:
      let place = request(thread, event.time, into: &batch)
      requests.values[place].attempts.removeAll { $0.event.backend == told.backend }
      requests.values[place].details.append(pending)
    case .alone:
      append(pending, into: &batch)
    }
  }

  @inline(__always)
  private func behind(
    _ mark: StaticString, _ record: Span<UInt8>, _ text: ByteRange
  ) -> Int? {
    record.has(mark, at: text.start) ? text.start + mark.utf8CodeUnitCount : nil
  }

  /// The footer of a request that ended well.
  private mutating func finish(
    _ parsed: CARecord, _ record: Span<UInt8>, _ event: Event, _ thread: UInt64,
    into batch: inout EventBatch
  ) {
    let (hasDetails, service) = close(thread, event.time, into: &batch)
    // A policy may have handled a routing failure: that is the event, then.
    guard !hasDetails else { return }
    var told = event
    told.outcome = .ok
    told.journal = .access
    if told.service.isNone { told.service = service }
    told.client = batch.keep(record, parsed.client)
    told.transaction = batch.keep(record, parsed.transaction)
    batch.append(told)
  }

  /// The footer of a failed request; alone it tells only the verdict.
  private mutating func fail(
    _ parsed: CARecord, _ record: Span<UInt8>, _ event: Event, _ thread: UInt64,
    into batch: inout EventBatch
  ) {
    let (hasCause, service) = close(thread, event.time, into: &batch)
    guard !hasCause, let open = record.findLast(.openParenthesis, in: parsed.text),
      let close = record.find(.closeParenthesis, open, parsed.text.end)
    else { return }
    let status = ByteRange(open + 1, close)
    guard record.equals(status, "601") else {
      batch.witness(event.time)
      return
    }
    var told = event
    told.outcome = .other
    if told.service.isNone { told.service = service }
    told.code = batch.names.id(record, status)
    append(pending(told, parsed, record), into: &batch)
  }

  // MARK: Requests

  /// The place of the request that is open on a thread; one that nothing was told of for long is closed.
  private mutating func open(
    _ thread: UInt64, _ time: Timestamp, into batch: inout EventBatch
  ) -> Int? {
    guard let place = requests.place(of: thread), requests.values[place].isOpen else { return nil }
    if isOld(place, at: time) {
      close(place, into: &batch)
      return nil
    }
    requests.values[place].last = time
    return place
  }

  private mutating func request(
    _ thread: UInt64, _ time: Timestamp, into batch: inout EventBatch
  ) -> Int {
    if let place = open(thread, time, into: &batch) { return place }
    if openCount >= Self.limit,
      let oldest = requests.places.first(where: { requests.values[$0].isOpen })
    {
      close(oldest, into: &batch)
    }
    if requests.count >= Self.mostKept { requests.keep { $0.isOpen } }
    let place = requests.append(key: thread)
    requests.values[place] = Request(last: time)
    openCount += 1
    return place
  }

  /// The place of a request of which the header stands here: attempts may have been told before it.
  private mutating func beginning(
    _ thread: UInt64, _ time: Timestamp, into batch: inout EventBatch
  ) -> Int {
    if let place = open(thread, time, into: &batch) {
      let hasBegun =
        !requests.values[place].details.isEmpty || requests.values[place].attempts.isEmpty
      if !hasBegun { return place }
      close(place, into: &batch)
    }
    return request(thread, time, into: &batch)
  }

  /// Closes what is open on a thread; returns whether there were details, and the service.
  private mutating func close(
    _ thread: UInt64, _ time: Timestamp, into batch: inout EventBatch
  ) -> (hasDetails: Bool, service: NameID) {
    guard let place = open(thread, time, into: &batch) else { return (false, .none) }
    let told = (!requests.values[place].details.isEmpty, requests.values[place].service)
    close(place, into: &batch)
    return told
  }

  /// Hands over what the request told.
  private mutating func close(_ place: Int, into batch: inout EventBatch) {
    requests.values[place].isOpen = false
    openCount -= 1
    guard !requests.values[place].attempts.isEmpty || !requests.values[place].details.isEmpty else {
      return
    }
    flush(requests.values[place], into: &batch)
    requests.values[place].attempts = []
    requests.values[place].details = []
  }

  private mutating func remove(_ oldest: Int, into batch: inout EventBatch) {
    if requests.values[oldest].isOpen { close(oldest, into: &batch) }
    requests.removeOldest()
  }

  private func flush(_ request: Request, into batch: inout EventBatch) {
    for pending in request.attempts { append(pending, into: &batch) }
    var told: [NameID] = []
    for var pending in request.details where !told.contains(pending.event.backend) {
      told.append(pending.event.backend)
      if pending.event.service.isNone { pending.event.service = request.service }
      append(pending, into: &batch)
    }
  }

  private mutating func closeOld(at time: Timestamp, into batch: inout EventBatch) {
    while let place = requests.oldest, !requests.values[place].isOpen || isOld(place, at: time) {
      remove(place, into: &batch)
    }
  }

  private func isOld(_ place: Int, at time: Timestamp) -> Bool {
    time.milliseconds - requests.values[place].last.milliseconds > Self.patience
  }

  private func pending(
    _ event: Event, _ parsed: CARecord, _ record: Span<UInt8>
  ) -> Pending {
    var kept = Pending(event: event, message: [], client: [], transaction: [])
    kept.message.append(record, parsed.text.start, min(parsed.text.end, parsed.text.start + 400))
    kept.client.append(record, parsed.client.start, parsed.client.end)
    kept.transaction.append(record, parsed.transaction.start, parsed.transaction.end)
    return kept
  }

  private func append(_ pending: Pending, into batch: inout EventBatch) {
    var event = pending.event
    event.message = batch.keep(pending.message)
    event.client = batch.keep(pending.client)
    event.transaction = batch.keep(pending.transaction)
    batch.append(event)
  }
}

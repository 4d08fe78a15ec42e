import LogEvents

/// Makes one event of the records of one request: header, details, footer, and what the HTTP client
/// said before (formats/ca-api-gateway.md §3).
struct CAJoiner: Sendable {
  private struct Pending: Sendable {
    var event: Event
    var message: [UInt8]
    var client: [UInt8]
    var transaction: [UInt8]
  }

  /// What is open on one thread.
  private struct Request: Sendable {
    var thread: UInt64
    var last: Timestamp
    var service = NameID.none
    /// The HTTP client's attempts, before the request's own records.
    var attempts: [Pending] = []
    var details: [Pending] = []
  }

  private static let limit = 1024
  /// The longest time-out in use between an attempt and the request's records, in milliseconds.
  private static let patience: Int64 = 120_000

  private var clock: LocalClock
  private var requests: [Request] = []
  private let traffic: CATraffic?
  /// Hashes of the last few records: the console prints each twice.
  private var recent = RecentHashes(limit: 8)

  init(_ settings: FormatSettings) {
    clock = LocalClock(settings)
    traffic = settings.trafficTemplate.map(CATraffic.init(template:))
  }

  mutating func isDoubled(_ record: Span<UInt8>) -> Bool {
    !recent.insert(textHash(record, 0, record.count))
  }

  mutating func take(
    _ parsed: CARecord, _ record: Span<UInt8>, _ context: RecordContext,
    into batch: inout EventBatch
  ) throws(RecordFault) {
    let time = parsed.time.map { clock.timestamp($0) } ?? context.time
    guard time.isKnown else { throw parsed.time == nil ? .notThisDialect : .badTime }
    closeOld(at: time, into: &batch)
    var event = Event(time: time, line: context.line, outcome: .info)
    event.hasMilliseconds = parsed.time?.hasMilliseconds ?? context.hasMilliseconds
    event.severity = parsed.severity
    event.gateway = context.host
    event.service = batch.names.id(record, parsed.service)
    if parsed.code != nil { event.code = batch.names.id(record, parsed.codeText) }
    if record.find(".processcontroller.", in: parsed.logger) != nil {
      // The host's log is about the gateway itself, not about backends.
      if parsed.severity.rawValue <= Severity.warning.rawValue {
        event.outcome = .other
        append(pending(event, parsed, record), into: &batch)
      } else {
        batch.witness(time)
      }
      return
    }
    if parsed.isPolicyText(record) {
      batch.witness(time)
      return
    }
    if record.find("com.l7tech.traffic", in: parsed.logger) != nil {
      if let traffic, traffic.read(record, parsed.text, &event, &batch) {
        if event.outcome != .info { batch.append(event) }
      } else {
        batch.witness(time)
      }
      return
    }
    var thread = parsed.thread
    if thread == 0 { thread = UInt64(context.tag.index) &* 31 &+ 7 }
    if context.host != .none { thread = thread &* 31 &+ UInt64(context.host.index) }
    step(parsed, record, event, thread, into: &batch)
  }

  mutating func closeAll(into batch: inout EventBatch) {
    for request in requests { flush(request, into: &batch) }
    requests.removeAll()
  }

  // MARK: Records

  private mutating func step(
    _ parsed: CARecord, _ record: Span<UInt8>, _ event: Event, _ thread: UInt64,
    into batch: inout EventBatch
  ) {
    let text = parsed.text
    if let start = behind("Processing request for service: ", record, text) {
      let place = request(thread, event.time, into: &batch)
      let end = record.find(" [", start, text.end) ?? text.end
      if !requests[place].details.isEmpty { emit(at: place, into: &batch) }
      requests[place].service = batch.names.id(record, record.trimmed(ByteRange(start, end)))
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
      requests[place].attempts.append(pending)
    case .detail:
      let place = request(thread, event.time, into: &batch)
      requests[place].attempts.removeAll { $0.event.backend == told.backend }
      requests[place].details.append(pending)
    case .alone:
      append(pending, into: &batch)
    }
  }

  private func behind(_ mark: String, _ record: Span<UInt8>, _ text: ByteRange) -> Int? {
    record.has(mark, at: text.start) ? text.start + mark.utf8.count : nil
  }

  /// The footer of a request that ended well.
  private mutating func finish(
    _ parsed: CARecord, _ record: Span<UInt8>, _ event: Event, _ thread: UInt64,
    into batch: inout EventBatch
  ) {
    let place = request(thread, event.time, into: &batch)
    var told = event
    told.outcome = .ok
    told.journal = .access
    if told.service.isNone { told.service = requests[place].service }
    let hasDetails = !requests[place].details.isEmpty
    emit(at: place, into: &batch)
    // A policy may have handled a routing failure: that is the event, then.
    if !hasDetails { append(pending(told, parsed, record, isGood: true), into: &batch) }
  }

  /// The footer of a failed request; alone it tells only the verdict.
  private mutating func fail(
    _ parsed: CARecord, _ record: Span<UInt8>, _ event: Event, _ thread: UInt64,
    into batch: inout EventBatch
  ) {
    let place = request(thread, event.time, into: &batch)
    let hasCause = !requests[place].details.isEmpty
    let service = requests[place].service
    emit(at: place, into: &batch)
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

  private mutating func request(
    _ thread: UInt64, _ time: Timestamp, into batch: inout EventBatch
  ) -> Int {
    if let place = requests.lastIndex(where: { $0.thread == thread }) {
      requests[place].last = time
      return place
    }
    if requests.count >= Self.limit { flush(requests.removeFirst(), into: &batch) }
    requests.append(Request(thread: thread, last: time))
    return requests.count - 1
  }

  /// Hands over what the request told, and begins anew on its thread.
  private mutating func emit(at place: Int, into batch: inout EventBatch) {
    let done = requests[place]
    requests[place] = Request(thread: done.thread, last: done.last)
    flush(done, into: &batch)
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
    while let first = requests.first,
      time.milliseconds - first.last.milliseconds > Self.patience
    {
      flush(requests.removeFirst(), into: &batch)
    }
  }

  private func pending(
    _ event: Event, _ parsed: CARecord, _ record: Span<UInt8>, isGood: Bool = false
  ) -> Pending {
    var kept = Pending(event: event, message: [], client: [], transaction: [])
    if !isGood {
      kept.message.append(record, parsed.text.start, min(parsed.text.end, parsed.text.start + 400))
    }
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

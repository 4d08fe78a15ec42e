import LogEvents

/// What an nginx access record says of one exchange, whatever its layout.
///
/// Lists of upstream values have one element an attempt, divided by `, `, and by ` : ` after an
/// internal redirect. Source: nginx documentation, ngx_http_upstream_module "Embedded Variables".
struct NginxExchange {
  var status = ByteRange.empty
  var addresses = ByteRange.empty
  var statuses = ByteRange.empty
  var connectTimes = ByteRange.empty
  var headerTimes = ByteRange.empty
  var responseTimes = ByteRange.empty
  /// Bytes that came from each upstream: none where nginx made the answer.
  var lengths = ByteRange.empty
  /// Whether the record is of a stream (TCP) session.
  var isStream = false

  /// Fills outcome, backend, pool, status and code.
  func judge(_ record: Span<UInt8>, _ event: inout Event, _ batch: inout EventBatch) {
    let value = record.integer(status) ?? 0
    event.status = UInt16(clamping: value)
    event.code = batch.names.id(record, status)
    event.journal = .access
    let count = Self.count(record, addresses)
    var attempt = count - 1
    event.outcome = outcome(record, value, lastAttempt: attempt)
    if event.outcome == .ok, let failed = firstFailed(record, before: attempt) {
      attempt = failed
      event.outcome = failure(record, ofAttempt: failed)
    }
    guard attempt >= 0 else { return }
    let address = Self.element(record, addresses, attempt)
    guard !isMissing(record, address) else { return }
    if Self.isGroup(record, address) {
      event.pool = batch.names.id(record, address)
    } else {
      event.backend = batch.names.id(record, Self.withoutSocketEnd(record, address))
    }
  }

  private func outcome(_ record: Span<UInt8>, _ value: Int, lastAttempt: Int) -> Outcome {
    switch value {
    case ..<100: return .badGatewayResponse
    case 499, 408: return .clientAbort
    case 413: return .requestBodyFailed
    case ..<500: return .ok
    default: break
    }
    guard lastAttempt >= 0, !isMissing(record, Self.element(record, addresses, lastAttempt)) else {
      return isStream && value == 503 ? .overload : .http5xx
    }
    if Self.isGroup(record, Self.element(record, addresses, lastAttempt)) { return .poolExhausted }
    return failure(record, ofAttempt: lastAttempt)
  }

  /// The first attempt that failed before the one that served: a masked failure.
  private func firstFailed(_ record: Span<UInt8>, before last: Int) -> Int? {
    guard last > 0 else { return nil }
    for attempt in 0..<last {
      if isStream {
        if isMissing(record, Self.element(record, connectTimes, attempt)) { return attempt }
      } else if let status = record.integer(Self.element(record, statuses, attempt)), status >= 500
      {
        return attempt
      }
    }
    return nil
  }

  /// The status list says what, the times say how far it came; layouts leave out what they like.
  private func failure(_ record: Span<UInt8>, ofAttempt attempt: Int) -> Outcome {
    let hasConnected = isThere(record, connectTimes, attempt)
    if isStream { return hasConnected ?? false ? .prematureClose : .connectRefused }
    let status = record.integer(Self.element(record, statuses, attempt)) ?? 0
    guard status == 502 || status == 504 else { return .http5xx }
    let hasAnswered = hasAnswered(record, attempt)
    if hasAnswered == true { return .http5xx }
    if hasConnected == false { return status == 502 ? .connectRefused : .connectTimeout }
    // The status alone is the backend's as well as nginx's.
    if hasConnected == nil, hasAnswered == nil { return .http5xx }
    let time = record.milliseconds(ofSeconds: Self.element(record, responseTimes, attempt))
    if status == 504 {
      // Nobody waits for less than that, so the backend itself said so.
      return hasAnswered == nil && time ?? Self.leastTimeout < Self.leastTimeout
        ? .http5xx : .responseTimeout
    }
    // A refusal takes no time at all.
    return hasConnected == nil && time ?? 0 < 5 ? .connectRefused : .prematureClose
  }

  /// Milliseconds; `proxy_read_timeout` is a minute by default and given in seconds.
  private static let leastTimeout = 100

  /// Whether the backend sent a header; without its time, an answer of no bytes was not the
  /// backend's.
  ///
  /// `nil` where nothing tells.
  private func hasAnswered(_ record: Span<UInt8>, _ attempt: Int) -> Bool? {
    if let hasHeader = isThere(record, headerTimes, attempt) { return hasHeader }
    let length = Self.element(record, lengths, attempt)
    return length.isEmpty ? nil : record.integer(length) ?? 0 > 0
  }

  /// Whether an attempt has a value; `nil` where the layout has none.
  private func isThere(_ record: Span<UInt8>, _ list: ByteRange, _ attempt: Int) -> Bool? {
    list.isEmpty ? nil : !isMissing(record, Self.element(record, list, attempt))
  }

  private func isMissing(_ record: Span<UInt8>, _ value: ByteRange) -> Bool {
    value.isEmpty || record.equals(value, "-")
  }

  // MARK: Lists

  /// Attempts beyond are not told; no configuration tries so many.
  private static let longestList = 256

  static func count(_ record: Span<UInt8>, _ list: ByteRange) -> Int {
    guard !list.isEmpty, !record.equals(list, "-") else { return 0 }
    var count = 1
    var at = list.start
    while count < longestList, let hit = divider(record, at, list.end) {
      count += 1
      at = hit.end
    }
    return count
  }

  static func element(_ record: Span<UInt8>, _ list: ByteRange, _ wanted: Int) -> ByteRange {
    var at = list.start
    var index = 0
    while index < wanted {
      guard let hit = divider(record, at, list.end) else { return .empty }
      at = hit.end
      index += 1
    }
    return record.trimmed(ByteRange(at, divider(record, at, list.end)?.start ?? list.end))
  }

  private static func divider(_ record: Span<UInt8>, _ start: Int, _ end: Int) -> ByteRange? {
    var at = start
    while at < end {
      if record.byte(at) == .comma { return ByteRange(at, at + 1) }
      if record.byte(at) == .space, record.has(" : ", at: at) { return ByteRange(at, at + 3) }
      at += 1
    }
    return nil
  }

  /// A group's name has no port.
  private static func isGroup(_ record: Span<UInt8>, _ address: ByteRange) -> Bool {
    if record.has("unix:", at: address.start) { return false }
    guard let colon = record.findLast(.colon, in: address) else { return true }
    return !record.byte(colon + 1).isDigit
  }

  private static func withoutSocketEnd(_ record: Span<UInt8>, _ address: ByteRange) -> ByteRange {
    guard record.has("unix:", at: address.start), record.byte(address.end - 1) == .colon else {
      return address
    }
    return ByteRange(address.start, address.end - 1)
  }
}

import LogEvents

/// Custom formats that name their fields: JSON made by hand or by `%{+json}o` (since 3.0), nested
/// ECS-like objects, `key=value`.
///
///     {"ts":1795219071.274,"client":"203.0.113.33","fe":"fe_a","be":"be_b","srv":"s1","status":503,"term":"SC--","bc_err":"SSL handshake failure"}
///     accept=20/Nov/2026:23:57:51.274 src=203.0.113.33:40112 frontend=fe_a backend=be_b server=s1 status=503 tsc=SC--
///
/// Names are the operator's, so the usual ones are mapped; what makes a record HAProxy's is a
/// termination state beside a server or backend. Source: HAProxy configuration manual, "Custom log
/// format".
struct HAProxyNamed {
  private var exchange = HAProxyExchange()
  private var address = ByteRange.empty
  private var port = ByteRange.empty
  private var clientError = ByteRange.empty
  private var hasStatus = false
  /// How much the time tells: 2 for a fraction, 1 for a zone.
  private var timeRank = -1
  private var extraMilliseconds = 0

  // MARK: Shapes

  static func readObject(
    _ record: Span<UInt8>, _ context: RecordContext, _ clock: inout LocalClock,
    into batch: inout EventBatch
  ) throws(RecordFault) {
    guard var members = LooseMembers(record) else { throw .notThisDialect }
    var named = HAProxyNamed()
    var event = start(context)
    while let member = members.next() {
      guard !member.isCut else { break }
      named.take(
        record, parent: member.parent, key: member.key, member.value, &clock, &event, &batch)
    }
    try named.close(record, &event, into: &batch)
  }

  static func readPairs(
    _ record: Span<UInt8>, _ context: RecordContext, _ clock: inout LocalClock,
    into batch: inout EventBatch
  ) throws(RecordFault) {
    guard record.find(UInt8(ascii: "="), 0, min(record.count, 200)) != nil else {
      throw .notThisDialect
    }
    var named = HAProxyNamed()
    var event = start(context)
    var at = 0
    while let equals = record.find(UInt8(ascii: "="), at, record.count) {
      var from = equals
      while from > at, isKeyByte(record.byte(from - 1)) { from -= 1 }
      var value = ByteRange(equals + 1, equals + 1)
      let mark = record.byte(equals + 1)
      if mark == .quote || mark == .openBracket {
        let end: UInt8 = mark == .quote ? .quote : .closeBracket
        value = ByteRange(equals + 2, record.find(end, equals + 2, record.count) ?? record.count)
        at = value.end + 1
      } else {
        while value.end < record.count, !endsWord(record, value.end) { value.end += 1 }
        at = value.end
      }
      guard from < equals else { continue }
      named.take(
        record, parent: .empty, key: ByteRange(from, equals), value, &clock, &event, &batch)
    }
    try named.close(record, &event, into: &batch)
  }

  private static func start(_ context: RecordContext) -> Event {
    var event = Event(time: context.time, line: context.line, outcome: .ok)
    event.hasMilliseconds = context.hasMilliseconds
    event.severity = context.severity
    event.gateway = context.host
    return event
  }

  private static func isKeyByte(_ byte: UInt8) -> Bool {
    byte.isDigit || lowercased(byte) &- 97 < 26 || byte == UInt8(ascii: "_") || byte == .dash
      || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "@")
  }

  private static func endsWord(_ record: Span<UInt8>, _ at: Int) -> Bool {
    switch record.byte(at) {
    case .space, .tab, UInt8(ascii: ";"), UInt8(ascii: "|"): true
    case .comma: record.byte(at + 1) == .space || isKeyByte(record.byte(at + 1))
    default: false
    }
  }

  // MARK: Fields

  private mutating func take(
    _ record: Span<UInt8>, parent: ByteRange, key: ByteRange, _ value: ByteRange,
    _ clock: inout LocalClock, _ event: inout Event, _ batch: inout EventBatch
  ) {
    guard !value.isEmpty, !record.equals(value, "-"), !record.equals(value, "null") else {
      // A server that was not chosen may be empty, its state may not.
      if Self.field(record, key) == .server { exchange.server = value }
      return
    }
    // `haproxy.backend_name`: the last part is the name, the one before is the object.
    var parent = parent
    var key = key
    if let dot = record.findLast(UInt8(ascii: "."), in: key) {
      let before = record.findLast(UInt8(ascii: "."), in: ByteRange(key.start, dot))
      parent = ByteRange(before.map { $0 + 1 } ?? key.start, dot)
      key = ByteRange(dot + 1, key.end)
    }
    if let field = Self.field(record, parent, key) {
      take(record, field, value, &clock, &event, &batch)
    }
    if record.equals(key, "ts") { takeTime(record, value, &clock, &event) }
  }

  /// Short keys mean what the object says that they stand in.
  private static func field(
    _ record: Span<UInt8>, _ parent: ByteRange, _ key: ByteRange
  ) -> HAProxyField? {
    let isName = record.equals(key, "name")
    let isAddress = record.equals(key, "address") || record.equals(key, "ip")
    if isName || isAddress || record.equals(key, "id") {
      if record.equals(parent, "source") || record.equals(parent, "client") {
        return isAddress ? .client : nil
      }
      if record.equals(parent, "frontend") { return isName ? .frontend : nil }
      if record.equals(parent, "backend") { return isName ? .backend : nil }
      if record.equals(parent, "server") { return isName ? .server : isAddress ? .address : nil }
      if record.equals(parent, "destination") { return isAddress ? .address : nil }
      if isName || record.equals(key, "address") { return nil }
    }
    return field(record, key)
  }

  private static func field(_ record: Span<UInt8>, _ key: ByteRange) -> HAProxyField? {
    HAProxyField.names.first { record.equalsIgnoringCase(key, $0.name) }?.field
  }

  private mutating func take(
    _ record: Span<UInt8>, _ field: HAProxyField, _ value: ByteRange, _ clock: inout LocalClock,
    _ event: inout Event, _ batch: inout EventBatch
  ) {
    switch field {
    case .client:
      let ip = Self.withoutPort(record, value)
      if event.client.isEmpty, !record.has("unix", at: ip.start) {
        event.client = batch.keep(record, ip)
      }
    case .frontend: if exchange.frontend.isEmpty { exchange.frontend = value }
    case .backend:
      // `%b/%s` in one field.
      if let slash = record.find(.slash, value.start, value.end) {
        exchange.pool = ByteRange(value.start, slash)
        exchange.server = ByteRange(slash + 1, value.end)
      } else {
        exchange.pool = value
      }
    case .server: exchange.server = value
    case .address: address = value
    case .port: port = value
    case .state: if HAProxyTermination.isState(record, value) { exchange.state = value }
    case .status:
      if !hasStatus, record.integer(value) != nil {
        exchange.status = value
        hasStatus = true
      }
    case .time: takeTime(record, value, &clock, &event)
    case .milliseconds:
      if let value = record.integer(value), (0..<1000).contains(value) {
        extraMilliseconds = value
      }
    case .id: event.transaction = batch.keep(record, value)
    case .uri:
      // `<BADREQ>` has none.
      if record.byte(value.start) != UInt8(ascii: "<") { event.uri = batch.keep(record, value) }
    case .request:
      if event.uri.isEmpty {
        event.uri = batch.keep(record, HAProxyExchange.target(record, value))
      }
    case .duration: event.durationMilliseconds = Int32(clamping: record.integer(value) ?? -1)
    case .connectError:
      if HAProxyConnectError.outcome(record, value) != nil { exchange.error = value }
    case .clientError: if record.integer(value) == nil { clientError = value }
    }
  }

  /// `203.0.113.7:57315`, `[2001:db8::7]:57315` and `2001:db8::7:57315` without their ports.
  private static func withoutPort(_ record: Span<UInt8>, _ value: ByteRange) -> ByteRange {
    if record.byte(value.start) == .openBracket,
      let close = record.find(.closeBracket, value.start, value.end)
    {
      return ByteRange(value.start + 1, close)
    }
    guard let colon = record.findLast(.colon, in: value) else { return value }
    // No group of an IPv6 address has five digits, most clients' ports have.
    let isIPv6 = record.find(.colon, value.start, colon) != nil
    if isIPv6, value.end - colon <= 5 { return value }
    return ByteRange(value.start, colon)
  }

  private mutating func takeTime(
    _ record: Span<UInt8>, _ value: ByteRange, _ clock: inout LocalClock, _ event: inout Event
  ) {
    var scan = ByteScanner(record, from: value.start)
    var time = Timestamp.unknown
    var hasFraction = false
    var hasZone = false
    if let civil = try? scan.clfTime() {
      time = clock.timestamp(civil)
      (hasFraction, hasZone) = (civil.hasMilliseconds, civil.offsetSeconds != nil)
    } else if let civil = Self.isoTime(record, value) {
      time = clock.timestamp(civil)
      (hasFraction, hasZone) = (civil.hasMilliseconds, civil.offsetSeconds != nil)
    } else if value.count >= 10, let epoch = record.milliseconds(ofSeconds: value) {
      hasZone = true
      hasFraction = record.find(UInt8(ascii: "."), value.start, value.end) != nil
      var milliseconds = epoch
      // 13 digits are milliseconds, 16 microseconds.
      if milliseconds > 1 << 52 {
        milliseconds /= 1_000_000
        hasFraction = true
      } else if milliseconds > 1 << 46 {
        milliseconds /= 1000
        hasFraction = true
      }
      time = Timestamp(milliseconds: Int64(milliseconds))
    }
    let rank = (hasFraction ? 2 : 0) + (hasZone ? 1 : 0)
    guard time.isKnown, rank > timeRank else { return }
    timeRank = rank
    event.time = time
    event.hasMilliseconds = hasFraction
  }

  private static func isoTime(_ record: Span<UInt8>, _ value: ByteRange) -> CivilTime? {
    var scan = ByteScanner(record, from: value.start)
    return try? scan.isoTime()
  }

  private mutating func close(
    _ record: Span<UInt8>, _ event: inout Event, into batch: inout EventBatch
  ) throws(RecordFault) {
    if timeRank >= 0, !event.hasMilliseconds, extraMilliseconds > 0 {
      event.time.milliseconds += Int64(extraMilliseconds)
      event.hasMilliseconds = true
    }
    if exchange.state.isEmpty, !clientError.isEmpty, !exchange.frontend.isEmpty {
      readClientError(record, &event, into: &batch)
      return
    }
    guard !exchange.state.isEmpty, !exchange.server.isEmpty || !exchange.pool.isEmpty,
      !exchange.frontend.isEmpty || !exchange.pool.isEmpty
    else { throw .notThisDialect }
    guard event.time.isKnown else { throw .badTime }
    exchange.isHTTP = hasStatus || exchange.state.count == 4
    var last = HAProxyExchange.LastNames()
    exchange.judge(record, &event, &last, &batch)
    if event.backend.isNone { address = .empty }
    if !address.isEmpty, address.count < 80 {
      if record.find(.colon, address.start, address.end) == nil, !port.isEmpty {
        var joined: [UInt8] = []
        joined.append(record, address.start, address.end)
        joined.append(.colon)
        joined.append(record, port.start, port.end)
        event.address = batch.names.id(joined.span)
      } else {
        event.address = batch.names.id(record, address)
      }
    }
    batch.append(event)
  }

  /// `error-log-format` with names: a connection that failed before a request.
  private func readClientError(
    _ record: Span<UInt8>, _ event: inout Event, into batch: inout EventBatch
  ) {
    let service = HAProxyExchange.withoutTLSMark(record, exchange.frontend)
    event.service = batch.names.id(record, service)
    event.journal = .error
    event.outcome = HAProxyFrontendError.outcome(record, clientError)
    if event.outcome != .info {
      event.message = batch.keep(record, ByteRange(0, min(record.count, 512)))
    }
    batch.append(event)
  }
}

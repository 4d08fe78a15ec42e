import LogEvents

/// The fields of an nginx access record that a layout names: the variables' own names and the usual
/// abbreviations, with what they fill.
struct NginxAccessFields {
  enum Field {
    case addresses, statuses, connectTimes, headerTimes, responseTimes, lengths, pool
    case status, client, host, time, duration, id, uri, request, transport
  }

  private static let names: [(name: String, field: Field)] = [
    ("upstream_addr", .addresses), ("upstream_address", .addresses), ("ua", .addresses),
    ("upstream", .addresses), ("uaddr", .addresses),
    ("upstream_status", .statuses), ("us", .statuses), ("ustatus", .statuses),
    ("upstream_response_status", .statuses), ("upstream_connect_time", .connectTimes),
    ("uct", .connectTimes), ("upstream_header_time", .headerTimes), ("uht", .headerTimes),
    ("upstream_response_time", .responseTimes), ("urt", .responseTimes),
    ("upstream_time", .responseTimes), ("upstream_response_length", .lengths),
    ("upstream_bytes_received", .lengths), ("proxy_upstream_name", .pool),
    ("upstream_name", .pool), ("upstream_group", .pool), ("status", .status), ("st", .status),
    ("status_code", .status), ("http_status", .status), ("response_code", .status),
    ("response_status", .status), ("remote_addr", .client), ("client", .client),
    ("client_ip", .client), ("clientip", .client), ("remote_ip", .client),
    ("remote_address", .client), ("ip", .client), ("host", .host), ("server_name", .host),
    ("http_host", .host), ("vhost", .host), ("server", .host), ("domain", .host),
    ("time", .time), ("time_iso8601", .time), ("@timestamp", .time), ("time_local", .time),
    ("timestamp", .time), ("msec", .time), ("date", .time), ("datetime", .time), ("ts", .time),
    ("time_msec", .time), ("request_time", .duration), ("rt", .duration),
    ("duration", .duration), ("request_duration", .duration), ("session_time", .duration),
    ("request_id", .id), ("id", .id), ("req_id", .id), ("reqid", .id), ("x_request_id", .id),
    ("uri", .uri), ("request_uri", .uri), ("path", .uri), ("url", .uri), ("request", .request),
    ("protocol", .transport),
  ]

  var exchange = NginxExchange()
  /// Whether a field of an upstream was there, even an empty one.
  private(set) var isUpstream = false
  private var timeRank = -1

  /// Takes a field by its name; other names are passed over.
  mutating func take(
    _ record: Span<UInt8>, parent: ByteRange, key: ByteRange, _ value: ByteRange,
    _ clock: inout LocalClock, _ event: inout Event, _ batch: inout EventBatch
  ) {
    guard let field = Self.field(record, parent, key) else { return }
    let isMissing = value.isEmpty || record.equals(value, "-") || record.equals(value, "null")
    switch field {
    case .addresses:
      // `ua` is the user agent's abbreviation too.
      guard isMissing || Self.isAddressList(record, value) else { return }
      exchange.addresses = value
      isUpstream = true
    case .statuses:
      guard isMissing || Self.isNumberList(record, value) else { return }
      exchange.statuses = value
      isUpstream = true
    case .connectTimes, .headerTimes, .responseTimes, .lengths:
      guard isMissing || Self.isNumberList(record, value) else { return }
      isUpstream = true
      switch field {
      case .connectTimes: exchange.connectTimes = value
      case .headerTimes: exchange.headerTimes = value
      case .lengths: exchange.lengths = value
      default: exchange.responseTimes = value
      }
    default:
      if !isMissing { take(record, field, value, &clock, &event, &batch) }
    }
  }

  private mutating func take(
    _ record: Span<UInt8>, _ field: Field, _ value: ByteRange, _ clock: inout LocalClock,
    _ event: inout Event, _ batch: inout EventBatch
  ) {
    switch field {
    case .pool: event.pool = batch.names.id(record, value)
    case .status:
      if exchange.status.isEmpty, record.integer(value) != nil { exchange.status = value }
    case .client:
      if event.client.isEmpty, !record.has("unix:", at: value.start) {
        event.client = batch.keep(record, value)
      }
    case .host: if event.service.isNone { event.service = batch.names.id(record, value) }
    case .time: takeTime(record, value, &clock, &event)
    case .duration:
      event.durationMilliseconds = Int32(clamping: record.milliseconds(ofSeconds: value) ?? -1)
    case .id: event.transaction = batch.keep(record, value)
    case .uri: event.uri = batch.keep(record, value)
    case .request:
      if event.uri.isEmpty { event.uri = batch.keep(record, NginxAccess.target(record, value)) }
    case .transport:
      if record.equals(value, "TCP") || record.equals(value, "UDP") { exchange.isStream = true }
    default: break
    }
  }

  /// `addr` within an object `upstream` is `upstream_addr`.
  private static func field(
    _ record: Span<UInt8>, _ parent: ByteRange, _ key: ByteRange
  ) -> Field? {
    var (parent, key) = (parent, key)
    if let dot = record.findLast(UInt8(ascii: "."), in: key) {
      let before = record.findLast(UInt8(ascii: "."), in: ByteRange(key.start, dot))
      parent = ByteRange(before.map { $0 + 1 } ?? key.start, dot)
      key = ByteRange(dot + 1, key.end)
    }
    if record.equals(parent, "upstream") {
      let prefix = "upstream_".utf8.count
      for entry in names where entry.name.utf8.count == prefix + key.count {
        guard entry.name.hasPrefix("upstream_") else { continue }
        if record.equals(key, String(entry.name.dropFirst(prefix))) { return entry.field }
      }
    }
    return names.first { record.equalsIgnoringCase(key, $0.name) }?.field
  }

  private mutating func takeTime(
    _ record: Span<UInt8>, _ value: ByteRange, _ clock: inout LocalClock, _ event: inout Event
  ) {
    var iso = ByteScanner(record, from: value.start)
    var clf = ByteScanner(record, from: value.start)
    var time = Timestamp.unknown
    var (hasFraction, hasZone) = (false, true)
    if let civil = (try? iso.isoTime()) ?? (try? clf.clfTime()) {
      time = clock.timestamp(civil)
      (hasFraction, hasZone) = (civil.hasMilliseconds, civil.offsetSeconds != nil)
    } else if value.count >= 10, value.count <= 20,
      let epoch = record.milliseconds(ofSeconds: value)
    {
      hasFraction = record.find(UInt8(ascii: "."), value.start, value.end) != nil
      // 13 digits are milliseconds already.
      time = Timestamp(milliseconds: Int64(epoch > 1 << 46 ? epoch / 1000 : epoch))
      if epoch > 1 << 46 { hasFraction = true }
    }
    let rank = (hasFraction ? 2 : 0) + (hasZone ? 1 : 0)
    guard time.isKnown, rank > timeRank else { return }
    timeRank = rank
    event.time = time
    event.hasMilliseconds = hasFraction
  }

  // MARK: Shapes of values

  /// `192.0.2.1:80, unix:/run/a.sock : group`: no blanks but around dividers, no paths.
  static func isAddressList(_ record: Span<UInt8>, _ value: ByteRange) -> Bool {
    var isPath = false
    for at in value.start..<value.end {
      switch record.byte(at) {
      case .comma:
        isPath = false
      case .space:
        let before = record.byte(at - 1)
        guard before == .comma || before == .colon || record.byte(at + 1) == .colon else {
          return false
        }
        isPath = false
      case .slash:
        guard isPath || record.has("unix:", at: at - 5) else { return false }
        isPath = true
      case .openParenthesis, UInt8(ascii: ";"), .quote: return false
      default: break
      }
    }
    return !value.isEmpty
  }

  /// Numbers, `-` and empty elements, with their dividers.
  static func isNumberList(_ record: Span<UInt8>, _ value: ByteRange) -> Bool {
    for at in value.start..<value.end {
      let byte = record.byte(at)
      guard
        byte.isDigit || byte == .dash || byte == .comma || byte == .space || byte == .colon
          || byte == UInt8(ascii: ".")
      else { return false }
    }
    return true
  }
}

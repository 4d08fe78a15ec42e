/// The members of a Traefik JSON record, access or process.
///
/// Source: Traefik source, `pkg/middlewares/accesslog/logdata.go`; version 1 had `Backend...` and
/// `FrontendName`.
struct TraefikFields {
  var exchange = TraefikExchange()
  var start = ByteRange.empty
  var time = ByteRange.empty
  var level = ByteRange.empty
  var message = ByteRange.empty
  var error = ByteRange.empty
  var target = ByteRange.empty
  var service = ByteRange.empty
  /// Whether a key was among them that only Traefik writes.
  private(set) var isTraefik = false

  private var first = ByteRange.empty
  private var last = ByteRange.empty

  /// Whether the members stand as Traefik's loggers write them: zerolog (version 3) begins with the
  /// level and ends with the message, logrus (version 2) sorts them, so that the time is near the end.
  func isWritten(in record: Span<UInt8>) -> Bool {
    record.equals(first, "level") && record.equals(last, "message")
      || record.equals(last, "time") && !record.equals(first, "message")
  }

  var isAccess: Bool { !exchange.status.isEmpty && isTraefik }

  /// Whether the object is whole.
  mutating func take(_ record: Span<UInt8>) -> Bool {
    guard var members = JSONMembers(record, record.whole) else { return false }
    do throws(RecordFault) {
      while let member = try members.next() {
        if first.isEmpty { first = member.key }
        last = member.key
        switch record.byte(member.key.start) {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): takeAccess(record, member)
        default: takeProcess(record, member)
        }
      }
    } catch {
      return false
    }
    return true
  }

  private mutating func takeAccess(_ record: Span<UInt8>, _ member: JSONMembers.Member) {
    let (key, value) = (member.key, member.value)
    func isKey(_ name: String) -> Bool { record.equals(key, name) }
    if isKey("DownstreamStatus") {
      exchange.status = value
      isTraefik = true
    } else if isKey("StartUTC") {
      start = value
    } else if isKey("StartLocal") {
      if start.isEmpty { start = value }
    } else if isKey("Duration") {
      if let duration = record.integer(value) { exchange.milliseconds = duration / 1_000_000 }
    } else if isKey("RouterName") || isKey("FrontendName") {
      exchange.router = value
    } else if isKey("ServiceName") || isKey("BackendName") {
      exchange.service = value
    } else if isKey("ServiceAddr") || isKey("BackendAddr") {
      exchange.server = value
    } else if isKey("ServiceURL") || isKey("BackendURL") {
      takeURL(record, member)
    } else if isKey("ClientHost") {
      exchange.client = value
    } else if isKey("ClientAddr") {
      if exchange.client.isEmpty { exchange.client = value }
    } else if isKey("RequestPath") {
      exchange.uri = value
    } else if isKey("OriginStatus") {
      if exchange.status.isEmpty { exchange.status = value }
      exchange.hasOrigin = record.integer(value) ?? 0 > 0
      isTraefik = true
    } else if isKey("OriginContentSize") {
      exchange.size = value
    } else if isKey("DownstreamContentSize") {
      if exchange.size.isEmpty { exchange.size = value }
    }
  }

  private mutating func takeURL(_ record: Span<UInt8>, _ member: JSONMembers.Member) {
    guard exchange.server.isEmpty else { return }
    if member.kind == .string { exchange.server = member.value }
    guard member.kind == .object, var members = JSONMembers(record, member.value) else { return }
    while let part = (try? members.next()) ?? nil {
      if record.equals(part.key, "Host") { exchange.server = part.value }
    }
  }

  private mutating func takeProcess(_ record: Span<UInt8>, _ member: JSONMembers.Member) {
    let (key, value) = (member.key, member.value)
    guard member.kind == .string else { return }
    func isKey(_ name: String) -> Bool { record.equals(key, name) }
    if isKey("time") || isKey("@timestamp") {
      time = value
    } else if isKey("level") {
      level = value
    } else if isKey("message") || isKey("msg") {
      message = value
    } else if isKey("error") {
      error = value
    } else if isKey("targetURL") {
      target = value
      isTraefik = true
    } else if isKey("serviceName") {
      service = value
      isTraefik = true
    } else if record.equalsIgnoringCase(key, "request_X-Request-Id") {
      exchange.id = value
    } else if isKey("entryPointName") || isKey("routerName") || isKey("providerName")
      || isKey("middlewareName") || isKey("middlewareType")
    {
      isTraefik = true
    }
  }
}

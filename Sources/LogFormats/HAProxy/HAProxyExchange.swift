import LogEvents

/// The parts of one exchange, whatever the shape of the record that named them.
struct HAProxyExchange {
  /// Names that most records share with the one before.
  struct LastNames {
    var frontend = NameID.none
    var state = NameID.none
  }

  var frontend = ByteRange.empty
  var pool = ByteRange.empty
  var server = ByteRange.empty
  var state = ByteRange.empty
  var status = ByteRange.empty
  /// The status as a number, where it was read already.
  var statusCode: UInt16?
  /// Why the connection to the server failed, if the format says so.
  var error = ByteRange.empty
  /// Whether the proxy is in http mode: in tcp mode an end within the data is a reset.
  var isHTTP = true

  /// Fills names, status, code and outcome.
  ///
  /// A format without the state tells by the status alone.
  func judge(
    _ record: Span<UInt8>, _ event: inout Event, _ last: inout LastNames,
    _ batch: inout EventBatch
  ) {
    event.journal = .access
    event.status = statusCode ?? UInt16(clamping: max(0, record.integer(status) ?? 0))
    event.code = batch.names.id(record, state.start, state.end, last: &last.state)
    let service = Self.withoutTLSMark(record, record.unquoted(frontend))
    event.service = batch.names.id(record, service.start, service.end, last: &last.frontend)
    let pool = record.unquoted(self.pool)
    let server = record.unquoted(self.server)
    let hasServer = Self.isServer(record, server)
    if hasServer { event.backend = batch.names.id(record, server) }
    let (who, phase): (UInt8, UInt8) =
      state.isEmpty ? (.dash, .dash) : (record.byte(state.start), record.byte(state.start + 1))
    // Where no backend was chosen, HAProxy repeats the frontend's name.
    if hasServer || HAProxyTermination.isOfBackend(who, phase) || !record.equals(pool, service),
      !record.equals(pool, "-")
    {
      event.pool = batch.names.id(record, pool)
    }
    event.outcome = HAProxyTermination.outcome(
      who, phase, status: event.status, isHTTP: isHTTP, hasServer: hasServer)
    switch event.outcome {
    case .ok, .info: return
    case .connectRefused, .connectTimeout:
      if let told = HAProxyConnectError.outcome(record, error) { event.outcome = told }
    default: break
    }
    event.message = batch.keep(record, ByteRange(0, min(record.count, 512)))
  }

  /// Whether a server was chosen: `<NOSRV>`, `<STATS>` and `-` are none.
  static func isServer(_ record: Span<UInt8>, _ server: ByteRange) -> Bool {
    !server.isEmpty && record.byte(server.start) != UInt8(ascii: "<")
      && !record.equals(server, "-")
  }

  /// The `~` behind a frontend's name means TLS there.
  static func withoutTLSMark(_ record: Span<UInt8>, _ name: ByteRange) -> ByteRange {
    guard record.byte(name.end - 1) == UInt8(ascii: "~") else { return name }
    return ByteRange(name.start, name.end - 1)
  }

  /// The address of `203.0.113.7:57315`; nothing for unix sockets and anonymised addresses.
  static func client(
    _ record: Span<UInt8>, _ address: ByteRange, _ colon: Int, _ batch: inout EventBatch
  ) -> TextRange {
    let ip = record.unquoted(ByteRange(address.start, colon))
    if record.equals(ip, "unix") || record.equals(ip, "-") { return .empty }
    return batch.keep(record, ip)
  }

  /// The target of `GET /x HTTP/1.1`; nothing for `<BADREQ>`.
  static func target(_ record: Span<UInt8>, _ request: ByteRange) -> ByteRange {
    guard let space = record.find(.space, request.start, request.end) else { return .empty }
    return ByteRange(space + 1, record.find(.space, space + 1, request.end) ?? request.end)
  }
}

/// The traffic line read last, so that one that two log targets carry is told once.
///
/// `log global` beside an own `log` line writes each record twice, one right after the other, perhaps
/// with two headers; behind the header they are the same. A line that returns later is another one:
/// tests and joined files repeat lines.
struct HAProxyTwin {
  private var text: [UInt8] = []
  private var time = Int64.min
  private var line: UInt32 = 0

  /// Whether the line before was the same; a third one is not.
  ///
  /// Client port and accept time do not name an exchange: a kept-alive connection carries several within
  /// a millisecond. Keeping the text costs less than hashing it.
  mutating func repeats(_ record: Span<UInt8>, _ address: ByteRange, _ event: Event) -> Bool {
    if mayRepeat(event.time.milliseconds, event.line), isText(of: record, from: address.start) {
      time = .min
      return true
    }
    note(
      record, ByteRange(address.start, record.count), event.time.milliseconds,
      event.line)
    return false
  }

  /// Whether a line of this time and number may be the one before again.
  func mayRepeat(_ time: Int64, _ line: UInt32) -> Bool {
    time == self.time && line == self.line &+ 1
  }

  /// Remembers a line that is no twin.
  mutating func note(_ block: Span<UInt8>, _ range: ByteRange, _ time: Int64, _ line: UInt32) {
    self.time = time
    self.line = line
    text.removeAll(keepingCapacity: true)
    text.append(block, range.start, range.end)
  }

  private func isText(of record: Span<UInt8>, from start: Int) -> Bool {
    guard record.count - start == text.count else { return false }
    for at in text.indices where text[at] != record[start + at] { return false }
    return true
  }
}

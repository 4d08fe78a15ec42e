import LogEvents

/// Squid's native access log: what the cache did, what the client got, and which peer was asked.
///
///     1795219071.236     12 203.0.113.7 TCP_MISS/200 983 GET http://www.example.com/a - FIRSTUP_PARENT/192.0.2.31 text/html
///     time, duration, client, result/status, bytes, method, URL, user, hierarchy/peer, type
///
/// The time is that of the end. As a reverse proxy Squid has its backends as parents (`cache_peer`); a
/// port is not told. Fields that were put behind the type are passed over, `%err_code/%err_detail`
/// apart, which tells the cause.
///
/// Source: wiki.squid-cache.org, "Squid Log Files" (SquidFaq/SquidLogs), access.log native format,
/// result codes, hierarchy codes; Squid 6 documentation, `logformat squid`.
struct SquidAccess: LogFormat {
  static let card = FormatCard(
    name: "squid", product: "squid", title: "Squid native access log (access.log)",
    vantage: .proxy,
    sample:
      "1795219071.236     12 203.0.113.7 TCP_MISS/200 983 GET http://www.example.com/a - "
      + "FIRSTUP_PARENT/192.0.2.31 text/html")

  init(_ settings: FormatSettings) {}

  /// Nothing is left for later records.
  func tellOpen(to state: inout OpenState) -> Bool { true }

  /// The parts of one record.
  private struct Entry {
    var result = ByteRange.empty
    var status = ByteRange.empty
    var hierarchy = ByteRange.empty
    var peer = ByteRange.empty
    var error = ByteRange.empty
  }

  func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    var scan = ByteScanner(record)
    guard let time = Self.time(&scan), let duration = try? scan.word(),
      let milliseconds = record.integer(duration), let client = try? scan.word(),
      let result = try? scan.word(), Self.isResult(record, result)
    else { throw .notThisDialect }
    var entry = Entry()
    (entry.result, entry.status) = Self.halves(record, result)
    let size = try scan.word()
    _ = try scan.word()
    let url = try Self.url(&scan)
    guard record.integer(size) != nil, let peer = try? scan.word() else { throw .badShape }
    (entry.hierarchy, entry.peer) = Self.halves(record, peer)
    while let word = try? scan.word() {
      if record.has("ERR_", at: word.start) { entry.error = word }
    }
    guard let outcome = Self.outcome(record, entry) else {
      batch.witness(time)
      return
    }
    var event = Event(time: time, line: context.line, outcome: outcome)
    event.hasMilliseconds = true
    event.journal = .access
    event.severity = context.severity
    event.gateway = context.host
    event.durationMilliseconds = Int32(clamping: milliseconds)
    event.status = UInt16(clamping: record.integer(entry.status) ?? 0)
    event.code = batch.names.id(record, entry.result)
    event.client = batch.keep(record, client)
    event.uri = batch.keep(record, url)
    event.service = batch.member(record, record.authority(ofURL: url))
    if !record.isAbsent(entry.peer) { event.backend = batch.names.id(record, entry.peer) }
    if outcome != .ok { event.message = batch.keepEvidence(record) }
    batch.append(event)
  }

  // MARK: Shapes

  /// `1795219071.236`.
  private static func time(_ scan: inout ByteScanner) -> Timestamp? {
    guard let word = try? scan.word(), word.count == 14,
      scan.bytes.byte(word.start + 10) == UInt8(ascii: "."),
      let milliseconds = scan.bytes.milliseconds(ofSeconds: word)
    else { return nil }
    return Timestamp(milliseconds: Int64(milliseconds))
  }

  /// `TCP_MISS/200`: words in capitals, then three digits or a lone 0.
  private static func isResult(_ record: Span<UInt8>, _ field: ByteRange) -> Bool {
    let (code, status) = halves(record, field)
    let isStatus = status.count == 3 || record.equals(status, "0")
    return isStatus && record.integer(status) != nil
      && ["TCP_", "UDP_", "NONE", "ERR_"].contains { record.has($0, at: code.start) }
  }

  /// What stands before and behind the first slash.
  private static func halves(
    _ record: Span<UInt8>, _ field: ByteRange
  ) -> (ByteRange, ByteRange) {
    let slash = record.find(.slash, field.start, field.end) ?? field.end
    return (ByteRange(field.start, slash), ByteRange(min(slash + 1, field.end), field.end))
  }

  /// The URL and the user, up to the hierarchy code: a URL may hold blanks (`uri_whitespace allow`).
  private static func url(_ scan: inout ByteScanner) throws(RecordFault) -> ByteRange {
    let record = scan.bytes
    var url = try scan.word()
    var user = try scan.word()
    while !scan.isAtEnd, !isHierarchy(record, scan.at) {
      url.end = user.end
      user = try scan.word()
    }
    return url
  }

  private static func isHierarchy(_ record: Span<UInt8>, _ start: Int) -> Bool {
    var at = start
    while record.byte(at) &- 65 < 26 || record.byte(at) == UInt8(ascii: "_") { at += 1 }
    return at - start >= 4 && record.byte(at) == .slash
  }

  // MARK: Meaning

  /// `nil` for what tells nothing of a backend.
  private static func outcome(_ record: Span<UInt8>, _ entry: Entry) -> Outcome? {
    func isResult(_ text: String) -> Bool { record.find(text, in: entry.result) != nil }
    let status = record.integer(entry.status) ?? 0
    // Questions of other caches (ICP), and what the access rules refused.
    if isResult("UDP_") || isResult("DENIED") || isResult("REDIRECT") { return nil }
    if let told = error(record, entry.error) { return told == .info ? nil : told }
    if isResult("_ABORTED") || status == 0 { return .clientAbort }
    if isResult("_TIMEOUT") { return .responseTimeout }
    // The backend failed, and the client was given what was in store.
    if status < 500 { return isResult("REFRESH_FAIL") ? .other : made(record, entry, status) }
    let isAsked = !record.isAbsent(entry.peer)
    if record.find("NO_DIRECT_FAIL", in: entry.hierarchy) != nil { return .poolExhausted }
    switch status {
    case 502: return .badGatewayResponse
    // A connect that fails is a 503, as a backend's own may be.
    case 503: return isAsked ? .http5xx : .poolExhausted
    // Without a peer it was asked for what is in store only.
    case 504: return isAsked ? .responseTimeout : .other
    case 600, 601: return .badGatewayResponse
    default: return .http5xx
    }
  }

  /// An answer below 500, which is Squid's own where no request came through.
  private static func made(_ record: Span<UInt8>, _ entry: Entry, _ status: Int) -> Outcome? {
    guard record.has("NONE", at: entry.result.start), status >= 400 else { return .ok }
    return status == 408 ? .clientAbort : nil
  }

  /// `ERR_CONNECT_FAIL/SYSERR=111`.
  private static func error(_ record: Span<UInt8>, _ field: ByteRange) -> Outcome? {
    let (name, detail) = halves(record, field)
    guard let known = errors.first(where: { record.equals(name, $0.code) }) else { return nil }
    guard known.outcome == .connectRefused,
      let equals = record.find(UInt8(ascii: "="), detail.start, detail.end),
      let number = record.integer(ByteRange(equals + 1, detail.end))
    else { return known.outcome }
    switch number {
    case 110: return .connectTimeout
    case 101, 113: return .connectUnreachable
    case 24, 99: return .overload
    default: return known.outcome
    }
  }

  /// Source: Squid 6, `src/error/forward.h`, `err_type`; the pages in `errors/templates`.
  private static let errors: [(code: String, says: String, outcome: Outcome)] = [
    ("ERR_CONNECT_FAIL", "the connect failed; the number behind it tells how", .connectRefused),
    ("ERR_SECURE_CONNECT_FAIL", "no TLS with the server", .tlsFailure),
    ("ERR_READ_TIMEOUT", "the server sent nothing for read_timeout", .responseTimeout),
    ("ERR_LIFETIME_EXP", "the connection was older than client_lifetime", .responseTimeout),
    ("ERR_READ_ERROR", "reading from the server failed", .connectionReset),
    ("ERR_WRITE_ERROR", "writing to the server failed", .connectionReset),
    ("ERR_ZERO_SIZE_OBJECT", "the server closed without an answer", .prematureClose),
    ("ERR_INVALID_RESP", "the answer is no HTTP", .badGatewayResponse),
    ("ERR_DNS_FAIL", "the server's name was not resolved", .dnsFailure),
    ("ERR_CANNOT_FORWARD", "no peer that may be asked is up", .poolExhausted),
    ("ERR_SOCKET_FAILURE", "no socket: ports or descriptors are used up", .overload),
    ("ERR_CLIENT_GONE", "the client was gone", .clientAbort),
    ("ERR_TOO_BIG", "the request or the answer is larger than allowed", .info),
    ("ERR_ACCESS_DENIED", "refused by the access rules", .info),
    ("ERR_INVALID_REQ", "the client's request is no HTTP", .info),
    ("ERR_INVALID_URL", "the client's URL is none", .info),
    ("ERR_UNSUP_REQ", "a method that is not supported", .info),
  ]

  static var codes: [CodeTable] {
    [
      CodeTable(
        product: "Squid", source: "wiki.squid-cache.org, SquidFaq/SquidLogs; Squid 6 source",
        entries: errors.map {
          .init($0.code, $0.says, $0.outcome, caveat: "Told only where %err_code is logged.")
        } + [
          .init(
            "TCP_MISS", "not in store: the peer was asked", .ok, .http5xx, .badGatewayResponse,
            caveat: "The status tells; 503 is a failed connect or the peer's own."),
          .init("TCP_REFRESH_FAIL_OLD", "the backend failed, the old object was sent", .other),
          .init("TCP_REFRESH_FAIL_ERR", "the backend failed, its error was sent", .http5xx),
          .init("TCP_MISS_ABORTED", "the client left before the end", .clientAbort),
          .init("TCP_MISS_TIMEOUT", "the answer did not come to its end in time", .responseTimeout),
          .init("TCP_DENIED", "refused by the access rules", .info),
          .init("NO_DIRECT_FAIL", "no peer is up, and going direct is not allowed", .poolExhausted),
          .init("FIRSTUP_PARENT", "the first parent in the list that is up", .ok),
          .init("TIMEOUT_FIRSTUP_PARENT", "as FIRSTUP_PARENT, without all ICP replies", .ok),
        ])
    ]
  }
}

import LogEvents

/// What the text of an nginx error record means: a call or a sentence, an error number, an action.
///
///     recv() failed (104: Connection reset by peer) while reading response header from upstream
///     text           number                          action
///
/// Numbers count, not their texts: those are the system's, in its language.
/// Source: nginx src/http/ngx_http_upstream.c, src/stream/ngx_stream_proxy_module.c,
/// src/core/ngx_connection.c, src/core/ngx_resolver.c, src/event/ngx_event_openssl.c.
struct NginxMessage {
  /// `nil` for notices, and for what says nothing of an exchange.
  private(set) var outcome: Outcome?
  /// The error number, OpenSSL's in hexadecimal, or the resolver's.
  private(set) var code = ByteRange.empty

  private let action: ByteRange
  private var errno = 0

  init(_ record: Span<UInt8>, _ text: ByteRange, _ severity: Severity) {
    action = Self.action(record, text)
    // What an application printed has numbers of its own.
    if !record.has("FastCGI sent in stderr", at: text.start) { readCode(record, text) }
    outcome = ofSentence(record, text)
    if outcome == nil { outcome = ofCall(record, text, severity) }
    if outcome == nil { outcome = ofLevel(record, text, severity) }
  }

  /// What stands behind the last ` while `.
  private static func action(_ record: Span<UInt8>, _ text: ByteRange) -> ByteRange {
    var action = ByteRange(text.end, text.end)
    var at = text.start
    while let hit = record.find(" while ", at, text.end) {
      at = hit + " while ".utf8.count
      action.start = at
    }
    return action
  }

  /// `(111: Connection refused)`, `(SSL: error:0A00010B:SSL routines::...)`.
  private mutating func readCode(_ record: Span<UInt8>, _ text: ByteRange) {
    var at = text.start
    while let open = record.find(.openParenthesis, at, text.end) {
      var end = open + 1
      while record.byte(end).isDigit { end += 1 }
      if end > open + 1, record.has(": ", at: end) {
        code = ByteRange(open + 1, end)
        errno = record.integer(code) ?? 0
        break
      }
      // A number of OpenSSL's verification is no error number of a call.
      let mark: StaticString = "upstream SSL certificate verify error: "
      if end > open + 1, record.byte(end) == .colon,
        record.has(mark, at: open - mark.utf8CodeUnitCount)
      {
        code = ByteRange(open + 1, end)
        break
      }
      at = open + 1
    }
    if let hit = record.find("error:", in: text),
      let stop = record.find(.colon, hit + 6, min(text.end, hit + 16)),
      hexadecimal(record, hit + 6, stop) != nil
    {
      code = ByteRange(hit + 6, stop)
    }
  }

  // MARK: Sentences

  /// Sentences that decide alone, at the place where nginx writes them.
  static let beginnings: [(text: String, outcome: Outcome)] = [
    ("FastCGI sent in stderr", .other),
    ("upstream server temporarily disabled", .serverDown),
    ("no live upstreams", .poolExhausted),
    ("client prematurely closed", .clientAbort),
    ("client timed out", .clientAbort),
    ("client closed connection", .clientAbort),
    ("client intended to send too large", .requestBodyFailed),
    ("client SSL certificate verify error", .tlsFailure),
    ("client sent plain HTTP request", .tlsFailure),
    ("client sent no required SSL certificate", .tlsFailure),
    ("upstream SSL certificate", .tlsFailure),
    ("upstream prematurely closed", .prematureClose),
    ("upstream sent ", .badGatewayResponse),
    ("auth request unexpected status", .other),
    ("directory index of", .other),
    ("open() ", .other),
    ("rewrite or internal redirection cycle", .configError),
    ("invalid URL prefix", .configError),
    ("no host in upstream", .configError),
    ("invalid port in upstream", .configError),
    ("broken header", .configError),
    ("no \"ssl_certificate\"", .configError),
    ("no resolver defined", .dnsFailure),
    ("host not found in upstream", .dnsFailure),
  ]

  private func ofSentence(_ record: Span<UInt8>, _ text: ByteRange) -> Outcome? {
    // A file that cannot be opened for lack of descriptors is the gateway's want.
    if let entry = Self.beginnings.first(where: { record.has($0.text, at: text.start) }),
      entry.text != "open() " || Kind(errno) != .resources
    {
      return entry.outcome
    }
    // `epoll_wait() reported that client prematurely closed connection, ...`
    if record.find("reported that client prematurely closed", in: text) != nil {
      return .clientAbort
    }
    if record.has("limiting ", at: text.start) || record.has("delaying request", at: text.start) {
      return record.find(" dry run", in: text) == nil ? .overload : nil
    }
    if record.find("worker_connections are not enough", in: text) != nil { return .overload }
    if record.find(" could not be resolved", in: text) != nil { return .dnsFailure }
    return nil
  }

  // MARK: Calls

  /// Error numbers of Linux, the BSDs and macOS, Solaris, Windows: one kind.
  private enum Kind {
    case refused, timedOut, unreachable, reset, forbidden, missing, resources

    init?(_ number: Int) {
      switch number {
      case 111, 61, 146, 10061: self = .refused
      case 110, 60, 145, 10060: self = .timedOut
      case 113, 101, 112, 65, 51, 64, 148, 128, 10065, 10051: self = .unreachable
      case 104, 32, 103, 107, 54, 53, 57, 131, 10054, 10053: self = .reset
      case 1, 13, 10013: self = .forbidden
      case 2: self = .missing
      case 11, 12, 23, 24, 99, 105, 49, 55, 125, 10024, 10048, 10049, 10055: self = .resources
      default: return nil
      }
    }
  }

  private func ofCall(
    _ record: Span<UInt8>, _ text: ByteRange, _ severity: Severity
  ) -> Outcome? {
    func acts(_ words: String) -> Bool { record.find(words, in: action) != nil }
    if acts("SSL handshaking") { return .tlsFailure }
    if record.has("SSL_", at: text.start) { return .tlsFailure }
    if record.has("peer closed connection in SSL handshake", at: text.start) { return .tlsFailure }
    // The exchange that waits for the name has a record of its own.
    if acts("resolving") { return nil }
    if record.has("upstream timed out", at: text.start) {
      // In a stream only the connect is timed so, whatever action stands there; sessions that stall
      // are `connection timed out`.
      return acts("connecting to upstream") || acts("proxying connection")
        ? .connectTimeout : .responseTimeout
    }
    if record.has("connection timed out", at: text.start), acts("proxying") {
      return .responseTimeout
    }
    guard let kind = Kind(errno), record.find("()", in: text) != nil else { return nil }
    if kind == .resources { return .overload }
    if record.find("connect() ", in: text) != nil {
      switch kind {
      case .refused, .missing: return .connectRefused
      case .timedOut: return .connectTimeout
      case .unreachable: return .connectUnreachable
      case .reset: return .connectionReset
      case .forbidden: return .configError
      case .resources: return .overload
      }
    }
    // Between client and upstream only the level tells who it was: clients are at info.
    let isProxying = acts("proxying") && !acts("client")
    let isUpstream = acts("upstream") || isProxying && severity < .notice
    switch kind {
    case .reset: return isUpstream ? .connectionReset : .clientAbort
    case .timedOut: return isUpstream ? .responseTimeout : .clientAbort
    case .refused: return isUpstream ? .connectRefused : nil
    case .unreachable: return isUpstream ? .connectUnreachable : .clientAbort
    default: return nil
    }
  }

  /// What nginx could not start with, and crashes.
  private func ofLevel(
    _ record: Span<UInt8>, _ text: ByteRange, _ severity: Severity
  ) -> Outcome? {
    switch severity {
    case .emergency: .configError
    case .alert, .critical: .other
    default: nil
    }
  }
}

extension Severity {
  fileprivate static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }
}

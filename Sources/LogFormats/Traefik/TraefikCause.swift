import LogEvents

/// What the texts of Traefik's process log mean: its own messages and the errors of Go's network code.
///
/// Source: Traefik source, `pkg/proxy/httputil/proxy.go`, `pkg/healthcheck/healthcheck.go`,
/// `pkg/tcp/proxy.go`; Go source, packages `net`, `net/http`, `crypto/tls`.
enum TraefikCause {
  struct Verdict {
    var outcome: Outcome
    var status = ByteRange.empty
    var isState = false
  }

  /// Parts of Go's error texts; the first that matches decides.
  static let errors: [(text: String, outcome: Outcome)] = [
    ("no such host", .dnsFailure), ("server misbehaving", .dnsFailure),
    ("TLS handshake timeout", .tlsFailure), ("tls: ", .tlsFailure), ("x509: ", .tlsFailure),
    ("connection refused", .connectRefused), ("no route to host", .connectUnreachable),
    ("network is unreachable", .connectUnreachable),
    ("host is unreachable", .connectUnreachable),
    ("cannot assign requested address", .overload), ("too many open files", .overload),
    ("timeout awaiting response headers", .responseTimeout),
    ("connection reset by peer", .connectionReset), ("broken pipe", .connectionReset),
    ("malformed HTTP", .badGatewayResponse), ("server closed idle connection", .prematureClose),
    ("context canceled", .clientAbort), ("received error status code", .http5xx),
    ("Client.Timeout exceeded", .responseTimeout),
    ("context deadline exceeded", .responseTimeout), ("EOF", .prematureClose),
  ]

  /// Answers that Traefik makes itself, with what they mean without an error.
  static let answers: [(text: String, outcome: Outcome)] = [
    ("502 Bad Gateway", .badGatewayResponse), ("504 Gateway Timeout", .responseTimeout),
    ("499 Client Closed Request", .clientAbort), ("500 Internal Server Error", .other),
    ("503 Service Unavailable", .other),
  ]

  /// Texts of the checks and of the proxy for TCP and UDP.
  static let others: [(text: String, outcome: Outcome, isState: Bool)] = [
    ("Health check failed", .serverDown, true), ("Health check still failing", .serverDown, true),
    ("Health check up", .serverUp, true), ("Error while dialing backend", .other, false),
    ("Error while handling TCP connection", .other, false),
    ("Error during connection", .other, false),
    ("Error while handling UDP stream", .other, false),
  ]

  /// `nil` for a record that tells nothing of a backend.
  static func verdict(
    _ record: Span<UInt8>, _ message: ByteRange, _ error: ByteRange
  ) -> Verdict? {
    // Version 2 puts the answer in quotes and the error behind it.
    let start = message.start + (record.byte(message.start) == UInt8(ascii: "'") ? 1 : 0)
    if let answer = answers.first(where: { record.has($0.text, at: start) }) {
      return Verdict(
        outcome: outcome(record, error.isEmpty ? message : error) ?? answer.outcome,
        status: ByteRange(start, start + 3))
    }
    if let other = others.first(where: { record.has($0.text, at: start) }) {
      guard other.outcome != .serverUp else { return Verdict(outcome: .serverUp, isState: true) }
      let told = outcome(record, error.isEmpty ? message : error)
      return Verdict(outcome: told ?? other.outcome, isState: other.isState)
    }
    return nil
  }

  private static func outcome(_ record: Span<UInt8>, _ error: ByteRange) -> Outcome? {
    // A timeout of a dial is one of the connect.
    if record.find("i/o timeout", in: error) != nil {
      if record.find("lookup ", in: error) != nil { return .dnsFailure }
      return record.find("dial ", in: error) != nil ? .connectTimeout : .responseTimeout
    }
    return errors.first { record.find($0.text, in: error) != nil }?.outcome
  }

  /// The member in `dial tcp a:1: ...`, `read tcp a:1->b:2: ...`, `Get "http://b:2/path"`.
  static func member(_ record: Span<UInt8>, _ error: ByteRange) -> ByteRange {
    if let mark = record.find("->", in: error) { return address(record, mark + 2, error.end) }
    if let mark = record.find("dial tcp ", in: error) {
      return address(record, mark + 9, error.end)
    }
    if let mark = record.find("://", in: error) {
      var stop = mark + 3
      while stop < error.end, !isEndOfAuthority(record.byte(stop)) { stop += 1 }
      return ByteRange(mark + 3, stop)
    }
    return .empty
  }

  /// The address up to the `: ` behind it; none where a name is looked up.
  private static func address(_ record: Span<UInt8>, _ start: Int, _ end: Int) -> ByteRange {
    guard let stop = record.find(": ", start, end), record.find(.space, start, stop) == nil,
      record.find(.colon, start, stop) != nil
    else { return .empty }
    return ByteRange(start, stop)
  }

  private static func isEndOfAuthority(_ byte: UInt8) -> Bool {
    byte == .slash || byte == .quote || byte == UInt8(ascii: "\\") || byte == .space
  }
}

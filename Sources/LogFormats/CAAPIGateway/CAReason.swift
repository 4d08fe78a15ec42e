import LogEvents

/// Which class the texts of Java's network stack and of drivers stand for.
///
/// Source: formats/ca-api-gateway.md §2; wording of the JDK, Apache HttpClient, JNDI, JDBC drivers,
/// IBM MQ.
enum CAReason {
  /// The class of a message with its trace; `nil` when nothing in it tells.
  static func outcome(_ record: Span<UInt8>, _ text: ByteRange) -> Outcome? {
    if record.find("ClientAbortException", in: text) != nil { return .clientAbort }
    if let vendor = vendorCode(record, text)?.outcome { return vendor }
    if let handshake = first(of: handshakes, record, text) { return handshake }
    // The innermost cause that has a class.
    var end = text.end
    while end > text.start {
      let start = lastCause(record, ByteRange(text.start, end)) ?? text.start
      let cause = ByteRange(start, end)
      if let outcome = first(of: reasons, record, cause) ?? localized(record, cause)
        ?? first(of: exceptions, record, cause)
      {
        return outcome
      }
      if start == text.start { break }
      end = start
    }
    return nil
  }

  private static func lastCause(_ record: Span<UInt8>, _ text: ByteRange) -> Int? {
    var found: Int?
    var at = text.start + 1
    while let hit = record.find("Caused by: ", at, text.end) {
      // What a handler suppressed is no cause.
      found = hit
      at = hit + 1
    }
    return found
  }

  private static func first(
    of table: [(text: String, outcome: Outcome)], _ record: Span<UInt8>, _ text: ByteRange
  ) -> Outcome? {
    table.first { record.find($0.text, in: text) != nil }?.outcome
  }

  /// These decide whatever lies beneath.
  static let handshakes: [(text: String, outcome: Outcome)] = [
    ("SSLException: Connection reset", .connectionReset),
    ("Certificate not verified", .tlsFailure), ("Fatal Alert received", .tlsFailure),
    ("Received fatal alert", .tlsFailure), ("Server cert", .tlsFailure),
    ("PKIX path", .tlsFailure), ("during handshake", .tlsFailure),
    ("terminated the handshake", .tlsFailure), ("SSL peer shut down incorrectly", .tlsFailure),
    ("peer not authenticated", .tlsFailure), ("Unsupported or unrecognized SSL", .tlsFailure),
    ("SSLHandshakeException", .tlsFailure), ("SSLPeerUnverifiedException", .tlsFailure),
    ("CertificateException", .tlsFailure), ("No name matching", .tlsFailure),
    ("No subject alternative", .tlsFailure), ("hostname in certificate", .tlsFailure),
    ("doesn't match any of the subject", .tlsFailure), ("Certificate for <", .tlsFailure),
    ("does not match the certificate", .tlsFailure),
  ]

  static let reasons: [(text: String, outcome: Outcome)] = [
    ("Timeout waiting for connection", .poolExhausted),
    ("Cannot retrieve a C3P0 DataSource", .poolExhausted),
    ("checkout a Connection has timed out", .poolExhausted),
    ("onnection refused", .connectRefused), ("refused", .connectRefused),
    ("No route to host", .connectUnreachable),
    ("Host unreachable", .connectUnreachable), ("Host is unreachable", .connectUnreachable),
    ("Network is unreachable", .connectUnreachable),
    ("Read timed out", .responseTimeout), ("read timed out", .responseTimeout),
    ("onnect timed out", .connectTimeout), ("ConnectTimeoutException", .connectTimeout),
    ("Name or service not known", .dnsFailure),
    ("Temporary failure in name resolution", .dnsFailure), ("nodename nor servname", .dnsFailure),
    ("onnection reset", .connectionReset), ("Software caused connection abort", .connectionReset),
    ("failed to respond with a valid", .badGatewayResponse),
    ("failed to respond", .prematureClose), ("NoHttpResponseException", .prematureClose),
    ("Premature end of", .prematureClose), ("CRLF expected at end of chunk", .prematureClose),
    ("Unexpected end of", .prematureClose), ("ConnectionClosedException", .prematureClose),
    ("EOFException", .prematureClose), ("Broken pipe", .requestBodyFailed),
    ("Connection pool shut down", .other), ("nvalid status line", .badGatewayResponse),
    ("nvalid header", .badGatewayResponse), ("ProtocolException", .badGatewayResponse),
    ("MalformedURLException", .configError), ("Illegal character", .configError),
    ("unknown protocol", .configError), ("URISyntaxException", .configError),
    ("simple bind failed", .tlsFailure),
    // The queue manager's host refuses for a reason that other messages tell.
    ("AMQ9204", .other),
  ]

  /// What the exception's class tells where its text does not.
  private static let exceptions: [(text: String, outcome: Outcome)] = [
    ("SocketTimeoutException", .responseTimeout), ("NoRouteToHostException", .connectUnreachable),
    ("UnknownHostException", .dnsFailure), ("ConnectException", .connectRefused),
    ("Communications link failure", .connectionReset),
  ]

  /// JVMs print the C library's text in the system's language.
  private static func localized(_ record: Span<UInt8>, _ text: ByteRange) -> Outcome? {
    // English is told by the table, timeouts by what stands around them.
    if record.find(" timed out", in: text) != nil { return nil }
    switch SystemErrorText(record, text) {
    case .refused: return .connectRefused
    case .unreachable: return .connectUnreachable
    case .reset: return .connectionReset
    case .brokenPipe: return .requestBodyFailed
    case .unknownHost: return .dnsFailure
    case .timedOut:
      let isConnect =
        record.find("ConnectException", in: text) != nil
        || record.find("Connect to ", in: text) != nil
      return isConnect ? .connectTimeout : .responseTimeout
    case nil: return nil
    }
  }

  /// `Connection timed out` is a connect that nobody answered, or a read on an open socket.
  static func timedOut(_ record: Span<UInt8>, _ text: ByteRange) -> Outcome? {
    let isTimedOut =
      record.find("onnection timed out", in: text) != nil
      || record.find(" timed out", in: text) != nil
    guard isTimedOut else { return nil }
    if record.find("Connect to ", in: text) != nil
      || record.find("ConnectException", in: text) != nil
      || record.find("Connection timed out (Connection timed out)", in: text) != nil
    {
      return .connectTimeout
    }
    return .responseTimeout
  }

  // MARK: Vendor codes

  /// `ORA-12541`, MQ reason `2059`.
  static func vendorCode(
    _ record: Span<UInt8>, _ text: ByteRange
  ) -> (range: ByteRange, outcome: Outcome?)? {
    if let hit = record.find("ORA-", in: text) {
      var end = hit + 4
      while record.byte(end).isDigit, end < hit + 9 { end += 1 }
      let number = record.integer(ByteRange(hit + 4, end)) ?? 0
      return (ByteRange(hit, end), oracle.first { $0.numbers.contains(number) }?.outcome)
    }
    for mark in ["Reason '", "reason '"] {
      guard let hit = record.find(mark, in: text) else { continue }
      let start = hit + mark.utf8.count
      var end = start
      while record.byte(end).isDigit, end < start + 5 { end += 1 }
      guard end > start, let number = record.integer(ByteRange(start, end)) else { continue }
      return (ByteRange(start, end), mq.first { $0.numbers.contains(number) }?.outcome)
    }
    return nil
  }

  /// Source: Oracle Database Error Messages.
  static let oracle: [(numbers: [Int], outcome: Outcome)] = [
    ([12541], .connectRefused), ([12170, 12535], .connectTimeout),
    ([12514, 12505, 1017], .configError), ([12516, 12519, 12520, 18, 20], .overload),
    ([3113, 3114, 3135, 12537, 12547], .connectionReset), ([1033, 1034, 1089], .serverDown),
    ([1013], .responseTimeout),
  ]

  /// Source: IBM MQ, "API completion and reason codes".
  static let mq: [(numbers: [Int], outcome: Outcome)] = [
    ([2009], .connectionReset), ([2059, 2538], .connectRefused),
    ([2161, 2162, 2202, 2203, 2283], .serverDown),
    ([2053, 2056, 2192, 2537, 2025, 2102], .overload), ([2393, 2397, 2381], .tlsFailure),
    ([2035, 2085, 2058, 2540, 2087], .configError), ([2033], .responseTimeout),
  ]
}

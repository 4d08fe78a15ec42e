import LogEvents

/// Lines about connections that failed before a request: `client [accept] fe/bind: text`.
///
///     203.0.113.118:33947 [20/Nov/2026:23:58:16.811] fe_web/1: SSL handshake failure
///
/// They speak of the client's side; no backend was chosen.
enum HAProxyFrontendError {
  static func read(
    _ record: Span<UInt8>, _ bind: ByteRange, _ text: ByteRange, _ address: ByteRange,
    _ event: inout Event, into batch: inout EventBatch
  ) throws(RecordFault) {
    guard let slash = record.findLast(.slash, in: bind),
      let colon = record.findLast(.colon, in: address)
    else { throw .notThisDialect }
    event.service = batch.names.id(record, bind.start, slash)
    event.client = HAProxyExchange.client(record, address, colon, &batch)
    event.journal = .error
    event.outcome = outcome(record, text)
    if event.outcome != .info {
      event.message = batch.keep(record, ByteRange(text.start, min(text.end, text.start + 512)))
    }
    batch.append(event)
  }

  /// What the texts begin with; first match wins.
  ///
  /// Source: HAProxy src/connection.c `conn_err_code_str`, src/session.c.
  static let beginnings: [(text: String, outcome: Outcome)] = [
    ("Success", .info),
    ("Received something which does not look like a PROXY", .configError),
    ("Received an invalid", .configError),
    ("Received an unhandled PROXY", .configError),
    ("Truncated PROXY protocol header", .configError),
    ("Too many", .overload),
    ("Out of memory", .overload),
    ("Reached configured maxconn", .overload),
    ("Out of local source ports", .overload),
  ]

  static func outcome(_ record: Span<UInt8>, _ text: ByteRange) -> Outcome {
    for entry in beginnings where record.has(entry.text, at: text.start) { return entry.outcome }
    // What OpenSSL adds in parentheses is not HAProxy's wording.
    let own = ByteRange(text.start, record.find("(error:", in: text) ?? text.end)
    if record.find("PROXY protocol", in: own) != nil
      || record.find("NetScaler Client IP", in: own) != nil
    {
      return .clientAbort
    }
    if record.find("SSL", in: own) != nil { return .tlsFailure }
    return .other
  }
}

import LogEvents

/// What one record of the gateway says of a backend; `nil` when it says nothing.
struct CAVerdict {
  enum Kind {
    /// A try of the HTTP client, which may be cured or become a failure.
    case attempt
    /// A detail of a request: the footer of its thread closes it.
    case detail
    /// A record of its own.
    case alone
  }

  var kind: Kind
  var outcome: Outcome
  var backend = NameID.none
  var code = NameID.none
  var status: UInt16 = 0

  init?(_ record: Span<UInt8>, _ parsed: CARecord, _ batch: inout EventBatch) {
    let text = parsed.text
    func says(_ words: String) -> Bool { record.find(words, in: text) != nil }

    if says("Downstream service returned status (") {
      guard let open = record.find("status (", in: text),
        let close = record.find(.closeParenthesis, open, text.end),
        let status = record.integer(ByteRange(open + 8, close)), status >= 500
      else { return nil }
      kind = .detail
      outcome = .http5xx
      self.status = UInt16(clamping: status)
      return
    }
    backend = batch.names.id(CABackend.find(record, text).span)
    if let vendor = CAReason.vendorCode(record, text) {
      code = batch.names.id(record, vendor.range)
    }

    if says("Remote network connection timed out") {
      kind = .alone
      outcome = .responseTimeout
    } else if says("Problem routing to ") {
      kind = .detail
      outcome = Self.routing(record, text)
    } else if says("Unable to obtain HTTP response from ") {
      kind = .alone
      outcome = Self.routing(record, text)
    } else if says("I/O exception (") {
      guard !backend.isNone else { return nil }
      kind = .attempt
      outcome = CAReason.outcome(record, text) ?? CAReason.timedOut(record, text) ?? .other
    } else if says("Blacklisting url") {
      kind = .alone
      outcome = .serverDown
    } else if says("Replication recovered for host/database") {
      kind = .alone
      outcome = .serverUp
    } else if says("Error accessing host/database") || says("Replication failing for host/database")
      || says("Connections could not be acquired from the underlying database")
    {
      kind = .alone
      outcome = .serverDown
    } else if parsed.code == 6950 || says("Rate limit exceeded") {
      kind = .alone
      outcome = .overload
    } else if says("OutOfMemoryError") || says("unable to create new native thread")
      || says("Too many open files")
    {
      kind = .alone
      outcome = .other
    } else if Self.isTransport(record, parsed) {
      guard let told = CAReason.outcome(record, text) ?? CAReason.timedOut(record, text) else {
        return nil
      }
      kind = .alone
      outcome = told
    } else {
      return nil
    }
  }

  /// The reason behind the last URL of a routing failure.
  private static func routing(_ record: Span<UInt8>, _ text: ByteRange) -> Outcome {
    var reason = text
    let mark = "Unable to obtain HTTP response from "
    if let hit = record.find(mark, in: text) {
      let start = hit + mark.utf8.count
      reason.start = record.find(": ", start, text.end) ?? start
    }
    let head = ByteRange(
      reason.start, record.find(.newline, reason.start, reason.end) ?? reason.end)
    // A timed-out connect is told by what stands around it, so it is asked before the table.
    let isPool = record.find("Timeout waiting", in: head) != nil
    if !isPool, record.find("Read timed out", in: head) == nil,
      record.find("onnect timed out", in: head) == nil,
      let late = CAReason.timedOut(record, head)
    {
      return late
    }
    if let outcome = CAReason.outcome(record, reason) { return outcome }
    return isBareHost(record, record.trimmed(ByteRange(head.start + 2, head.end)))
      ? .dnsFailure : .other
  }

  /// UnknownHostException says only the host.
  private static func isBareHost(_ record: Span<UInt8>, _ range: ByteRange) -> Bool {
    guard range.count > 2, record.find(UInt8(ascii: "."), range.start, range.end) != nil else {
      return false
    }
    for at in range.start..<range.end {
      let byte = record.byte(at)
      guard
        lowercased(byte) &- 97 < 26 || byte.isDigit || byte == .dash || byte == UInt8(ascii: ".")
      else { return false }
    }
    return true
  }

  /// Directory, database, queue and mail: by the texts of their drivers.
  private static func isTransport(_ record: Span<UInt8>, _ parsed: CARecord) -> Bool {
    let isBad = parsed.severity.rawValue <= Severity.warning.rawValue
    guard isBad else { return false }
    let marks = [
      "LDAP URL", "CommunicationException", "simple bind failed", "ServiceUnavailableException",
      "C3P0", "checkout a Connection", "Query failed on connection", "jdbc:", "ORA-", "JMSWMQ",
      "JMSCMQ", "MQJE001", "MQRC_", "AMQ9", "SMTP host", "ClientAbortException",
      "Communications link failure", "LDAP response read timed out",
    ]
    return marks.contains { record.find($0, in: parsed.text) != nil }
  }
}

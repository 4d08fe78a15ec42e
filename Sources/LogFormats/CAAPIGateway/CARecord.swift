import LogEvents

/// The parts of one record of the CA API Gateway (ssg), whatever its shape.
struct CARecord {
  var time: CivilTime?
  /// Where that stands, for a stamp that may come again.
  var stamp = ByteRange.empty
  /// The time of a stamp that came again.
  var moment: LocalClock.Moment?
  var severity = Severity.none
  /// Node and thread, or the request id, as one hash; 0 where the shape has neither.
  var thread: UInt64 = 0
  var logger = ByteRange.empty
  /// The logger is that of each request's header and footer.
  var isOfRequests = false
  /// The audit detail's number; `nil` without one, negative for text of policy authors.
  var code: Int?
  var codeText = ByteRange.empty
  /// Message and trace.
  var text = ByteRange.empty
  var service = ByteRange.empty
  var client = ByteRange.empty
  var transaction = ByteRange.empty

  /// Levels of java.util.logging; CONFIG counts as info (samples' README).
  static func severity(_ record: Span<UInt8>, _ word: ByteRange) -> Severity? {
    if record.equals(word, "INFO") || record.equals(word, "CONFIG") { return .info }
    if record.equals(word, "WARNING") { return .warning }
    if record.equals(word, "SEVERE") { return .error }
    let isDebug =
      record.equals(word, "FINE") || record.equals(word, "FINER") || record.equals(word, "FINEST")
    return isDebug ? .debug : nil
  }

  /// Who speaks in a record.
  enum Voice {
    case gateway
    /// The host's process controller.
    case host
    /// Policies: what they say is not the gateway's word.
    case policy
    case traffic
  }

  func voice(_ record: Span<UInt8>) -> Voice {
    let isOfAuthors = (code ?? 0) < 0
    if isOfRequests, !isOfAuthors { return .gateway }
    if record.find(".processcontroller.", in: logger) != nil { return .host }
    if isOfAuthors || record.find("com.l7tech.log.custom.", in: logger) != nil
      || record.find("ServerAuditDetailAssertion", in: logger) != nil
    {
      return .policy
    }
    return record.find("com.l7tech.traffic", in: logger) != nil ? .traffic : .gateway
  }

  /// `2024-03-05T14:02:11.342-0500 WARNING 412 com.l7tech.server.x.Y: 4042: text`, or behind syslog
  /// `WARNING com.l7tech.server.x.Y: text`, `[sink] WARNING logger method: text`, or the text alone.
  static func text(
    _ record: Span<UInt8>, _ context: RecordContext, tagIsGateway: Bool,
    _ clock: inout StampClock
  ) throws(RecordFault) -> CARecord {
    var parsed = CARecord()
    var scan = ByteScanner(record)
    if let known = clock.again(record, at: 0) {
      parsed.moment = known.moment
      if let start = parsed.messageStart(record, known.end) {
        parsed.readCode(record, start)
        return parsed
      }
      scan.move(to: known.end)
      scan.skipSpaces()
    } else if scan.next.isDigit, record.byte(4) == .dash {
      do throws(RecordFault) { parsed.time = try scan.isoTime() } catch { throw .notThisDialect }
      parsed.stamp = ByteRange(0, scan.at)
      scan.skipSpaces()
    } else if scan.next == .openBracket, let close = record.find(.closeBracket, 0, 80) {
      scan.move(to: close + 1)
      scan.skipSpaces()
    }
    let mark = scan.at
    let word = try? scan.word()
    if let word, let level = severity(record, word) {
      parsed.severity = level
      try parsed.readLogger(&scan)
    } else {
      // RAW: only the tag says whose it is.
      guard tagIsGateway, parsed.time == nil, parsed.moment == nil else { throw .notThisDialect }
      scan = ByteScanner(record, from: mark)
      parsed.severity = context.severity
    }
    parsed.readCode(record, scan.at)
    return parsed
  }

  /// Reads ` INFO    412 com.l7tech.server.message: `, as it stands before the header and the footer of
  /// each request; `nil` for others.
  private mutating func messageStart(_ record: Span<UInt8>, _ start: Int) -> Int? {
    guard record.has(" INFO    ", at: start) else { return nil }
    let from = start + 9
    var end = from
    while record.byte(end).isDigit { end += 1 }
    let mark: StaticString = " com.l7tech.server.message: "
    let text = end + mark.utf8CodeUnitCount
    guard end > from, end - from <= 18, record.has(mark, at: end), record.byte(text) > .space
    else { return nil }
    severity = .info
    thread = textHash(record, from, end)
    isOfRequests = true
    logger = ByteRange(end + 1, text - 2)
    return text
  }

  private mutating func readLogger(_ scan: inout ByteScanner) throws(RecordFault) {
    let record = scan.bytes
    var word: ByteRange
    do throws(RecordFault) { word = try scan.word() } catch { throw .notThisDialect }
    if record.integer(word) != nil {
      thread = textHash(record, word.start, word.end)
      do throws(RecordFault) { word = try scan.word() } catch { throw .notThisDialect }
    }
    guard record.find(UInt8(ascii: "."), word.start, word.end) != nil else { throw .notThisDialect }
    if record.byte(word.end - 1) != .colon {
      // VERBOSE: the method stands behind the logger.
      guard let method = try? scan.word(), record.byte(method.end - 1) == .colon else {
        throw .notThisDialect
      }
      logger = word
      return
    }
    logger = ByteRange(word.start, word.end - 1)
  }

  /// `4042: text`, `-4: text`.
  private mutating func readCode(_ record: Span<UInt8>, _ start: Int) {
    text = ByteRange(start, record.count)
    var end = start
    if record.byte(end) == .dash { end += 1 }
    while record.byte(end).isDigit, end - start < 8 { end += 1 }
    guard end > start, record.has(": ", at: end), let number = record.integer(ByteRange(start, end))
    else { return }
    code = number
    codeText = ByteRange(start, end)
    text.start = end + 2
  }

  /// One JSON object of a container's console.
  static func object(_ record: Span<UInt8>) throws(RecordFault) -> CARecord {
    guard record.byte(0) == UInt8(ascii: "{") else { throw .notThisDialect }
    var parsed = CARecord()
    var hasLog = false
    guard var members = JSONMembers(record, record.whole) else { throw .notThisDialect }
    while let member = try next(&members) {
      if record.equals(member.key, "package") {
        parsed.logger = member.value
      } else if record.equals(member.key, "level") {
        parsed.severity = severity(record, member.value) ?? .none
      } else if record.equals(member.key, "time") {
        var scan = ByteScanner(record, from: member.value.start)
        parsed.time = try? scan.isoTime()
      } else if record.equals(member.key, "log"), member.kind == .object {
        hasLog = true
        try parsed.readDetails(record, member.value)
      }
    }
    guard hasLog, parsed.severity != .none, parsed.time != nil else { throw .notThisDialect }
    return parsed
  }

  private mutating func readDetails(
    _ record: Span<UInt8>, _ range: ByteRange
  ) throws(RecordFault) {
    guard var members = JSONMembers(record, range) else { throw .notThisDialect }
    while let member = try Self.next(&members) {
      let value = member.value
      if record.equals(member.key, "message") {
        text = ByteRange(value.start, max(text.end, value.end))
      } else if record.equals(member.key, "detail-id") {
        // A number with a fraction: `4042.0`.
        let point = record.find(UInt8(ascii: "."), value.start, value.end) ?? value.end
        codeText = ByteRange(value.start, point)
        code = record.integer(codeText)
      } else if record.equals(member.key, "service") {
        service = value
      } else if record.equals(member.key, "client-ip") {
        client = value
      } else if record.equals(member.key, "request-id") {
        transaction = value
        thread = textHash(record, value.start, value.end)
      } else if member.kind == .string, record.find("Exception", in: value) != nil {
        // A trace, under whatever name.
        text =
          text.isEmpty ? value : ByteRange(min(text.start, value.start), max(text.end, value.end))
      }
    }
  }

  private static func next(
    _ members: inout JSONMembers
  ) throws(RecordFault) -> JSONMembers.Member? {
    do throws(RecordFault) { return try members.next() } catch { throw .notThisDialect }
  }
}

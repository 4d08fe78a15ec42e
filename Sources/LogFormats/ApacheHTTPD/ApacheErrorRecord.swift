import LogEvents

/// The parts of one error-log record of httpd, whatever its `ErrorLogFormat`.
///
///     [Sat Nov 21 00:10:34.419647 2026] [proxy:error] [pid 21385:tid 21423] (111)Connection refused: AH00957: ...
///     [Fri Nov 20 19:07:14 2026] [error] [client 198.51.100.23] (104)Connection reset by peer: proxy: ...
///     ts=2026-11-21 00:04:29.869014 lvl=error pid=10767 tid=10841 client=198.51.100.101:44047 err="(EAI 2)..." msg="AH00898: ..."
///
/// Source: httpd server/log.c `do_errorlog_default`, `do_errorlog_format`; manual, ErrorLogFormat.
struct ApacheErrorRecord {
  /// `nil` where the record has no stamp of its own.
  var time: CivilTime?
  /// Where that stands, for a stamp that may come again.
  var stamp = ByteRange.empty
  /// The time of a stamp that came again.
  var moment: LocalClock.Moment?
  var severity = Severity.none
  var isTrace = false
  /// Process and thread, as one hash; `nil` where the format has neither.
  var thread: UInt64?
  var status = ByteRange.empty
  var client = ByteRange.empty
  /// The address is that of a connection which httpd opened.
  var isRemote = false
  var transaction = ByteRange.empty
  var connection = ByteRange.empty
  var service = ByteRange.empty
  /// `AH00957`, or empty.
  var code = ByteRange.empty
  /// The number of the code; 0 without one.
  var codeNumber = 0
  /// Without referer.
  var message = ByteRange.empty
  /// Clients stand with their port.
  var hasPorts = false

  /// The level that a word names, `trace1` to `trace8` among them.
  static func severity(_ record: Span<UInt8>, _ word: ByteRange) -> Severity? {
    switch word.count {
    case 4:
      if record.has("warn", at: word.start) { return .warning }
      if record.has("info", at: word.start) { return .info }
      if record.has("crit", at: word.start) { return .critical }
    case 5:
      if record.has("error", at: word.start) { return .error }
      if record.has("debug", at: word.start) { return .debug }
      if record.has("alert", at: word.start) { return .alert }
      if record.has("emerg", at: word.start) { return .emergency }
    case 6:
      if record.has("trace", at: word.start) { return .debug }
      if record.has("notice", at: word.start) { return .notice }
    default: break
    }
    return nil
  }

  private var hasLevel: Bool { if case .none = severity { false } else { true } }

  // MARK: Brackets

  /// Reads the built-in formats and what imitates them; `known` is a stamp in brackets at the start.
  static func bracketed(
    _ record: Span<UInt8>, _ known: StampClock.Known?
  ) throws(RecordFault) -> ApacheErrorRecord {
    guard record.byte(0) == .openBracket else { throw .notThisDialect }
    var parsed = ApacheErrorRecord()
    var at = 0
    if let known {
      parsed.moment = known.moment
      at = known.end + 1
    }
    fields: while at < record.count {
      switch record.byte(at) {
      case .space: at += 1
      case .openBracket:
        guard let close = record.find(.closeBracket, at, min(record.count, at + 120)),
          parsed.take(field: ByteRange(at + 1, close), of: record)
        else { break fields }
        at = close + 1
      case .openParenthesis:
        guard parsed.status.isEmpty, let end = statusEnd(record, at) else { break fields }
        parsed.status = ByteRange(at, end)
        at = end + 1
      default:
        guard parsed.hasLevel, let end = sourceFileEnd(record, at) else { break fields }
        at = end
      }
    }
    guard parsed.hasLevel || !parsed.transaction.isEmpty || !parsed.connection.isEmpty
    else { throw .notThisDialect }
    if let code = ApacheAnchors.code(record, at, at + 200) {
      parsed.take(fieldsOf: ByteRange(at, code), of: record)
      at = code
    }
    parsed.take(message: ByteRange(at, record.count), of: record)
    return parsed
  }

  /// Whether a record whose stamp ends at `start` is of a debug level, as `[module:debug]` behind it says.
  ///
  /// For records that tell nothing but their time: most of those of a server that is being watched.
  static func isDebug(_ record: Span<UInt8>, from start: Int) -> Bool {
    var at = start
    while record.byte(at) == .space { at += 1 }
    guard record.byte(at) == .openBracket,
      let colon = record.find(.colon, at, min(record.count, at + 100)),
      record.find(.closeBracket, at, colon) == nil
    else { return false }
    let level = colon + 1
    return record.has("debug]", at: level)
      || record.has("trace", at: level) && record.byte(level + 5).isDigit
        && record.byte(level + 6) == .closeBracket
  }

  /// Whether the bracket's content is one of the fields.
  private mutating func take(field: ByteRange, of record: Span<UInt8>) -> Bool {
    if time == nil, moment == nil, !hasLevel {
      var scan = ByteScanner(record, from: field.start)
      let civil =
        scan.next.isDigit
        ? try? scan.isoTime() : scan.weekdayStandsHere ? try? scan.ctimeTime() : nil
      if let civil, civil.isValid {
        time = civil
        stamp = ByteRange(field.start, scan.at)
        return true
      }
    }
    if !hasLevel {
      let start = record.find(.colon, field.start, field.end).map { $0 + 1 } ?? field.start
      if let level = Self.severity(record, ByteRange(start, field.end)) {
        severity = level
        hasPorts = start > field.start
        return true
      }
    }
    if record.has("pid ", at: field.start) || record.has("tid ", at: field.start) {
      thread = (thread ?? 0) &* 31 &+ textHash(record, field.start, field.end)
      return true
    }
    if record.has("client ", at: field.start), client.isEmpty {
      client = ByteRange(field.start + 7, field.end)
      return true
    }
    if record.has("remote ", at: field.start), client.isEmpty {
      client = ByteRange(field.start + 7, field.end)
      isRemote = true
      return true
    }
    if record.has("R:", at: field.start) {
      transaction = ByteRange(field.start + 2, field.end)
      return true
    }
    if record.has("C:", at: field.start) {
      connection = ByteRange(field.start + 2, field.end)
      return true
    }
    return false
  }

  /// Where `(111)Connection refused` ends: at the colon before the message.
  static func statusEnd(_ record: Span<UInt8>, _ start: Int) -> Int? {
    guard let close = record.find(.closeParenthesis, start, min(record.count, start + 24)) else {
      return nil
    }
    let first = record.byte(start + 1)
    guard
      first.isDigit || record.has("OS ", at: start + 1) || record.has("EAI ", at: start + 1)
        || record.has("os ", at: start + 1)
    else { return nil }
    let colon = record.find(": ", close, min(record.count, close + 300))
    // `%E` of a custom format has no colon of its own.
    let limit = colon ?? close + 300
    if let code = ApacheAnchors.code(record, close, limit) { return code - 1 }
    if let bracket = record.find(" [client ", close, limit) { return bracket }
    return colon
  }

  /// Behind `mod_proxy.c(470): `, which stands at debug levels.
  private static func sourceFileEnd(_ record: Span<UInt8>, _ start: Int) -> Int? {
    guard let end = record.find("): ", start, min(record.count, start + 60)),
      let dot = record.find(".c(", start, end), dot > start,
      record.find(.space, start, end) == nil
    else { return nil }
    return end + 3
  }

  // MARK: Names and values

  /// Reads `key=value` formats; values in quotes may hold quotes, so the message goes to the end.
  static func named(_ record: Span<UInt8>) throws(RecordFault) -> ApacheErrorRecord {
    let limit = min(record.count, 400)
    guard let level = value(record, ["lvl=", "level=", "loglevel=", "severity="], 0, limit),
      let severity = severity(record, level),
      let text = value(record, ["msg=", "message="], level.end, record.count)
    else { throw .notThisDialect }
    var parsed = ApacheErrorRecord()
    parsed.severity = severity
    parsed.hasPorts = true
    if let stamp = value(record, ["ts=", "time=", "t="], 0, limit) {
      var scan = ByteScanner(record, from: stamp.start)
      parsed.time = scan.next.isDigit ? try? scan.isoTime() : try? scan.ctimeTime()
    }
    let pid = value(record, ["pid="], 0, text.start)
    let tid = value(record, ["tid="], 0, text.start)
    parsed.thread = thread(record, pid, tid)
    parsed.client = value(record, ["client="], 0, text.start) ?? .empty
    parsed.service = value(record, ["vhost=", "server="], 0, text.start) ?? .empty
    parsed.transaction =
      value(record, ["uid=", "rid=", "id=", "log_id=", "unique_id="], 0, text.start) ?? .empty
    parsed.status = value(record, ["err=", "status=", "errno="], 0, text.start) ?? .empty
    var message = ByteRange(text.start, record.count)
    if record.byte(message.end - 1) == .quote { message.end -= 1 }
    for key in ["\" referer=", "\" ua=", "\" uid=", "\" client=", "\" id=", "\" agent="] {
      if let next = record.find(key, in: message) { message.end = next }
    }
    parsed.take(message: message, of: record)
    return parsed
  }

  /// The value behind the first of the keys that stands at a field's start; without quotes.
  private static func value(
    _ record: Span<UInt8>, _ keys: [String], _ start: Int, _ end: Int
  ) -> ByteRange? {
    for key in keys {
      var at = start
      while let hit = record.find(key, at, end) {
        at = hit + 1
        guard hit == 0 || record.byte(hit - 1) == .space else { continue }
        let from = hit + key.utf8.count
        if record.byte(from) == .quote {
          let stop = record.find("\" ", from + 1, record.count) ?? record.count - 1
          return ByteRange(from + 1, max(from + 1, stop))
        }
        let stop = record.find(.space, from, record.count) ?? record.count
        let isMissing = stop == from || record.byte(from) == .dash && stop == from + 1
        return isMissing ? nil : ByteRange(from, stop)
      }
    }
    return nil
  }

  // MARK: Shaped like JSON

  /// Reads formats shaped like JSON, which are not always valid: quotes in values are not escaped.
  static func object(_ record: Span<UInt8>) throws(RecordFault) -> ApacheErrorRecord {
    guard record.byte(0) == UInt8(ascii: "{"),
      let level = member(record, ["\"level\"", "\"lvl\"", "\"severity\"", "\"loglevel\""]),
      let severity = severity(record, level),
      let text = member(record, ["\"message\"", "\"msg\""])
    else { throw .notThisDialect }
    var parsed = ApacheErrorRecord()
    parsed.severity = severity
    parsed.hasPorts = true
    if let stamp = member(record, ["\"time\"", "\"ts\"", "\"timestamp\""]) {
      var scan = ByteScanner(record, from: stamp.start)
      parsed.time = scan.next.isDigit ? try? scan.isoTime() : try? scan.ctimeTime()
    }
    parsed.thread = thread(
      record, member(record, ["\"pid\""]), member(record, ["\"tid\""]))
    parsed.client = member(record, ["\"client\"", "\"remote\""]) ?? .empty
    parsed.service = member(record, ["\"vhost\"", "\"server\""]) ?? .empty
    parsed.transaction =
      member(record, ["\"log_id\"", "\"request_id\"", "\"unique_id\"", "\"id\""])
      ?? .empty
    parsed.status = member(record, ["\"status\"", "\"error\"", "\"err\""]) ?? .empty
    var message = ByteRange(text.start, record.count)
    if let end = record.findLast(.quote, in: message), end > message.start { message.end = end }
    // Members behind the message.
    for mark in ["\", \"", "\",\""] {
      if let next = record.find(mark, in: message) { message.end = next }
    }
    parsed.take(message: message, of: record)
    // Levels and messages are in everybody's objects.
    guard parsed.thread != nil || parsed.codeNumber > 0 || member(record, ["\"module\""]) != nil
    else { throw .notThisDialect }
    return parsed
  }

  private static func member(_ record: Span<UInt8>, _ keys: [String]) -> ByteRange? {
    for key in keys {
      guard let hit = record.find(key, 0, record.count) else { continue }
      var start = hit + key.utf8.count
      while record.byte(start) == .space { start += 1 }
      guard record.byte(start) == .colon else { continue }
      start += 1
      while record.byte(start) == .space { start += 1 }
      let isQuoted = record.byte(start) == .quote
      if isQuoted { start += 1 }
      var end = start
      while end < record.count {
        let byte = record.byte(end)
        if isQuoted ? byte == .quote : byte == .comma || byte == UInt8(ascii: "}") { break }
        end += 1
      }
      return record.equals(ByteRange(start, end), "-") ? nil : ByteRange(start, end)
    }
    return nil
  }

  /// One number for a process and its thread.
  static func thread(
    _ record: Span<UInt8>, _ pid: ByteRange?, _ tid: ByteRange?
  ) -> UInt64? {
    guard let pid else { return nil }
    let process = textHash(record, pid.start, pid.end)
    guard let tid else { return process }
    return process &* 31 &+ textHash(record, tid.start, tid.end)
  }

  // MARK: Message

  /// Takes off the code and the referer.
  mutating func take(message range: ByteRange, of record: Span<UInt8>) {
    var range = range
    if record.has("AH", at: range.start) {
      var end = range.start + 2
      while record.byte(end).isDigit, end - range.start < 9 { end += 1 }
      if end - range.start >= 6, record.has(": ", at: end) {
        code = ByteRange(range.start, end)
        codeNumber = record.integer(ByteRange(range.start + 2, end)) ?? 0
        range.start = end + 2
        hasPorts = true
      }
    }
    if let referer = record.find(", referer", in: range),
      record.byte(referer + 9) == .colon || record.byte(referer + 9) == .space
    {
      range.end = referer
    }
    message = record.trimmed(range)
  }
}

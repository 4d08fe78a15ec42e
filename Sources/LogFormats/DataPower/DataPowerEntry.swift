import LogEvents

/// The parts of one DataPower log entry, whatever its shape.
struct DataPowerEntry {
  var time: CivilTime?
  /// Where that stands, for a stamp that may come again.
  var stamp = ByteRange.empty
  /// The time of a stamp that came again.
  var moment: LocalClock.Moment?
  /// UTC, where the shape has epoch milliseconds.
  var epochMilliseconds: Int?
  /// All between the stamp and the transaction, where that ends with an object.
  var head = ByteRange.empty
  /// Where what follows the head begins.
  var body = 0
  var domain = ByteRange.empty
  var code = ByteRange.empty
  var category = ByteRange.empty
  var severity = Severity.none
  var objectType = ByteRange.empty
  var object = ByteRange.empty
  /// 0 is none.
  var transaction = 0
  /// As it stands there.
  var transactionDigits = ByteRange.empty
  var direction = ByteRange.empty
  var client = ByteRange.empty
  var globalTransaction = ByteRange.empty
  var message = ByteRange.empty

  /// `0x80e00126` as a number; 0 without one.
  var codeNumber: UInt32 = 0

  mutating func setCode(_ record: Span<UInt8>, _ range: ByteRange) {
    guard record.has("0x", at: range.start), range.count == 10,
      let number = hexadecimal(record, range.start + 2, range.end)
    else { return }
    code = range
    codeNumber = number
  }

  /// The product's level words, and their numbers in the same order.
  static let levels: [(name: String, severity: Severity)] = [
    ("error", .error), ("info", .info), ("notice", .notice), ("warn", .warning),
    ("debug", .debug), ("critic", .critical), ("alert", .alert), ("emerg", .emergency),
  ]

  static func severity(_ record: Span<UInt8>, _ word: ByteRange) -> Severity? {
    if record.equals(word, "info") { return .info }
    if record.equals(word, "error") { return .error }
    if record.equals(word, "notice") { return .notice }
    return levels.first { record.equalsIgnoringCase(word, $0.name) }?.severity
      ?? (record.equalsIgnoringCase(word, "warning")
        ? .warning : record.equalsIgnoringCase(word, "critical") ? .critical : nil)
  }

  /// `3` is error.
  static func severity(_ record: Span<UInt8>, number: ByteRange) -> Severity? {
    let order: [Severity] = [
      .emergency, .alert, .critical, .error, .warning, .notice, .info, .debug,
    ]
    guard number.count == 1, let level = record.integer(number), order.indices.contains(level)
    else { return nil }
    return order[level]
  }

  private static func isDirection(_ record: Span<UInt8>, _ field: ByteRange) -> Bool {
    record.equals(field, "request") || record.equals(field, "response")
      || record.equals(field, "error") || record.equals(field, "scheduled")
  }

  // MARK: Text

  /// Reads the text shape up to the transaction; stamp, domain, code, object may each be missing.
  ///
  /// `known` is the stamp where it was told again.
  /// `20231114T081500.200Z [domain][0x80e00126][mpgw][error] mpgw(Orders): tid(7)[192.0.2.1] gtid(7): text`
  static func text(
    _ record: Span<UInt8>, _ known: StampClock.Known?
  ) throws(RecordFault) -> DataPowerEntry {
    var entry = DataPowerEntry()
    var scan = ByteScanner(record)
    if let known {
      entry.moment = known.moment
      scan.move(to: known.end)
    } else if scan.next != .openBracket {
      do throws(RecordFault) {
        if let digits = numericStamp(record) {
          entry.readNumericTime(&scan, digits)
        } else {
          entry.time = scan.next.isDigit ? try scan.basicTime() : try yearFirstTime(&scan)
          entry.stamp = ByteRange(0, scan.at)
        }
      } catch {
        throw .notThisDialect
      }
    }
    let start = scan.at
    if start > 0 { scan.skipSpaces() }
    try entry.readHeader(&scan)
    scan.skipSpaces()
    entry.body = scan.at
    if record.has(": ", at: scan.at) {
      entry.body += 2
    } else if let end = entry.objectEnd(record, scan.at) {
      entry.head = ByteRange(start, end)
      entry.body = end
    }
    return entry
  }

  /// How many digits the "numeric" time stamp setting wrote; `nil` if another stamp stands here.
  static func numericStamp(_ record: Span<UInt8>) -> Int? {
    var count = 0
    while count < 15, record.byte(count).isDigit { count += 1 }
    guard count == 10 || count == 13 || count == 14, record.byte(count) == .space,
      record.byte(count + 1) == .openBracket
    else { return nil }
    return count
  }

  /// `20170322223149`, or seconds or milliseconds since 1970.
  private mutating func readNumericTime(
    _ scan: inout ByteScanner, _ digits: Int
  ) {
    if digits == 14 {
      var civil = CivilTime()
      let record = scan.bytes
      func number(_ start: Int, _ end: Int) -> Int {
        record.integer(ByteRange(start, end)) ?? 0
      }
      civil.year = number(0, 4)
      civil.month = number(4, 6)
      civil.day = number(6, 8)
      civil.hour = number(8, 10)
      civil.minute = number(10, 12)
      civil.second = number(12, 14)
      scan.move(to: digits)
      time = civil
    } else if let number = scan.bytes.integer(ByteRange(0, digits)) {
      epochMilliseconds = digits == 10 ? number &* 1000 : number
      scan.move(to: digits)
    }
  }

  /// `Wed Mar 22 2017 22:31:49`, the "syslog" time stamp setting.
  private static func yearFirstTime(_ scan: inout ByteScanner) throws(RecordFault) -> CivilTime {
    guard scan.weekdayStandsHere else { throw .badTime }
    scan.move(to: scan.at + 4)
    return try scan.syslogTime()
  }

  /// The brackets: the last is the level, the one with a number is the code.
  private mutating func readHeader(_ scan: inout ByteScanner) throws(RecordFault) {
    let record = scan.bytes
    var groups = InlineArray<4, ByteRange>(repeating: .empty)
    var count = 0
    while scan.next == .openBracket, count < 4 {
      guard let close = record.find(.closeBracket, scan.at, min(scan.end, scan.at + 130)) else {
        throw .notThisDialect
      }
      groups[count] = ByteRange(scan.at + 1, close)
      count += 1
      scan.move(to: close + 1)
    }
    guard count >= 2, let level = Self.severity(record, groups[count - 1]) else {
      guard count == 3 else { throw .notThisDialect }
      try readAudit(&scan, groups)
      return
    }
    severity = level
    var codeAt = 0
    while codeAt < count, groups[codeAt].count != 10 || !record.has("0x", at: groups[codeAt].start)
    {
      codeAt += 1
    }
    if codeAt < count {
      setCode(record, groups[codeAt])
      guard codeNumber != 0, codeAt <= 1, count >= codeAt + 3 else { throw .notThisDialect }
      if codeAt == 1 { domain = groups[0] }
      category = groups[codeAt + 1]
    } else {
      guard count <= 3 else { throw .notThisDialect }
      if count == 3 { domain = groups[0] }
      category = groups[count - 2]
    }
  }

  /// Reads an audit entry: `[category][success|failure][code] (user:domain:session:client): text`.
  private mutating func readAudit(
    _ scan: inout ByteScanner, _ groups: InlineArray<4, ByteRange>
  ) throws(RecordFault) {
    let record = scan.bytes
    if record.equals(groups[1], "failure") {
      severity = .error
    } else if record.equals(groups[1], "success") {
      severity = .info
    } else {
      throw .notThisDialect
    }
    setCode(record, groups[2])
    guard codeNumber != 0 else { throw .notThisDialect }
    category = groups[0]
    scan.skipSpaces()
    guard scan.next == .openParenthesis,
      let close = record.find("): ", scan.at, scan.end)
    else { return }
    var at = close
    while at > scan.at, record.byte(at - 1) != .colon { at -= 1 }
    if record.byte(at).isDigit { client = ByteRange(at, close) }
    scan.move(to: close + 3)
  }

  /// `tid(7)[dir][client] gtid(id): message`, each part but the message optional.
  mutating func readBody(_ record: Span<UInt8>) {
    var at = body
    let word = record.has("tid(", at: at) ? 4 : record.has("trans(", at: at) ? 6 : 0
    if word > 0,
      let close = record.find(.closeParenthesis, at + word, min(record.count, at + word + 24))
    {
      transactionDigits = ByteRange(at + word, close)
      transaction = record.integer(transactionDigits) ?? 0
      at = close + 1
    }
    while record.byte(at) == .openBracket,
      let close = record.find(.closeBracket, at, min(record.count, at + 60))
    {
      let field = ByteRange(at + 1, close)
      if Self.isDirection(record, field) {
        direction = field
      } else if isAddress(record, field) {
        client = field
      } else {
        break
      }
      at = close + 1
    }
    if record.has(" gtid(", at: at) || record.has("gtid(", at: at),
      let open = record.find(.openParenthesis, at, record.count),
      let close = record.find(.closeParenthesis, open, min(record.count, open + 64))
    {
      globalTransaction = ByteRange(open + 1, close)
      at = close + 1
    }
    if record.byte(at) == .colon { at += 1 }
    message = record.trimmed(ByteRange(at, record.count))
  }

  /// Behind `type(name): `, `type (name): ` or `type: `; `nil` when no object stands here.
  private mutating func objectEnd(_ record: Span<UInt8>, _ start: Int) -> Int? {
    var at = start
    while at < min(record.count, start + 60) {
      let byte = record.byte(at)
      if byte == .openParenthesis {
        guard at > start, let close = record.find("):", at, record.count) else { return nil }
        objectType = record.trimmed(ByteRange(start, at))
        if record.equals(objectType, "tid") || record.equals(objectType, "trans") {
          objectType = .empty
          return nil
        }
        object = ByteRange(at + 1, close)
        at = close + 2
        return record.byte(at) == .space ? at + 1 : at
      }
      if byte == .colon {
        guard at > start, record.byte(at + 1) == .space else { return nil }
        objectType = ByteRange(start, at)
        return at + 2
      }
      guard
        lowercased(byte) &- 97 < 26 || byte.isDigit || byte == .dash || byte == .space
          || byte == UInt8(ascii: "_")
      else { return nil }
      at += 1
    }
    return nil
  }

  /// Whether nothing but digits and two dots or more stand there, as in nearly all addresses.
  private func isDotted(_ record: Span<UInt8>, _ field: ByteRange) -> Bool {
    guard let chunk = Chunk(record, from: field.start) else { return false }
    let field = UInt64.ones(below: field.count)
    let dots = chunk.places(of: UInt8(ascii: ".")) & field
    return (dots | chunk.placesOfDigits) & field == field && dots & (dots &- 1) != 0
  }

  private func isAddress(_ record: Span<UInt8>, _ field: ByteRange) -> Bool {
    guard field.count >= 2 else { return false }
    if isDotted(record, field) { return true }
    var marks = 0
    for at in field.start..<field.end {
      let byte = record[at]
      if byte.isDigit { continue }
      if byte == UInt8(ascii: ".") || byte == .colon {
        marks += 1
      } else if byte == UInt8(ascii: "%"), marks >= 2 {
        // The zone of a link-local address may have any name.
        return true
      } else if lowercased(byte) &- 97 >= 6 {
        return false
      }
    }
    return marks >= 2
  }
}

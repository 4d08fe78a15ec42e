import LogEvents

/// What every `ErrorLogFormat` keeps, for those whose fields have neither brackets nor names.
///
///     2026-11-21 00:06:21.247558 +0000|error|proxy|77|1000|-|(111)Connection refused|AH00957: ...
///
/// Source: formats/apache-mod-proxy.md §2.3.
enum ApacheAnchors {
  /// Where `AHnnnnn: ` begins a message: behind fields, not in a path.
  static func code(_ record: Span<UInt8>, _ start: Int, _ limit: Int) -> Int? {
    let stop = min(limit, record.count)
    var at = start
    while let hit = record.find("AH", at, stop) {
      at = hit + 2
      // A path before it belongs to a client.
      if record.find(.slash, start, hit) != nil { return nil }
      let before = record.byte(hit - 1)
      guard hit == start || isBorder(before) else { continue }
      var end = hit + 2
      while record.byte(end).isDigit, end - hit < 9 { end += 1 }
      if end - hit >= 6, record.has(": ", at: end) { return hit }
    }
    return nil
  }

  /// What stands between the fields of a format.
  static func isBorder(_ byte: UInt8) -> Bool {
    switch byte {
    case .space, .tab, .openBracket, .closeBracket, .quote, .comma, UInt8(ascii: "|"),
      UInt8(ascii: ";"):
      true
    default: false
    }
  }
}

extension ApacheErrorRecord {
  /// Reads a record by stamp, level word and code.
  static func anchored(_ record: Span<UInt8>) throws(RecordFault) -> ApacheErrorRecord {
    var parsed = ApacheErrorRecord()
    var scan = ByteScanner(record)
    if scan.next.isDigit {
      parsed.time = try? scan.isoTime()
    } else if scan.weekdayStandsHere {
      parsed.time = try? scan.ctimeTime()
    }
    guard let time = parsed.time, time.isValid,
      let code = ApacheAnchors.code(record, scan.at, scan.at + 400)
    else { throw .notThisDialect }
    parsed.take(fieldsOf: ByteRange(scan.at, code), of: record)
    guard parsed.severity != .none else { throw .notThisDialect }
    parsed.take(message: ByteRange(code, record.count), of: record)
    return parsed
  }

  /// Takes what the words of a part without names can be: level, status, address, thread.
  mutating func take(fieldsOf range: ByteRange, of record: Span<UInt8>) {
    var at = range.start
    while at < range.end {
      if record.byte(at) == .openParenthesis, status.isEmpty,
        let end = Self.statusEnd(record, at)
      {
        let bar = record.find(UInt8(ascii: "|"), at, range.end)
        status = ByteRange(at, min(end, bar ?? end, range.end))
        at = max(at + 1, status.end)
        continue
      }
      var end = at
      while end < range.end, !ApacheAnchors.isBorder(record.byte(end)) { end += 1 }
      take(word: ByteRange(at, end), of: record)
      at = end + 1
    }
  }

  private mutating func take(word: ByteRange, of record: Span<UInt8>) {
    guard !word.isEmpty else { return }
    if severity == .none {
      let start = record.find(.colon, word.start, word.end).map { $0 + 1 } ?? word.start
      if let level = Self.severity(record, ByteRange(start, word.end)) {
        severity = level
        return
      }
    }
    var digits = 0
    var colons = 0
    var points = 0
    var others = 0
    for at in word.start..<word.end {
      switch record.byte(at) {
      case .colon: colons += 1
      case UInt8(ascii: "."): points += 1
      case let byte where byte.isDigit: digits += 1
      case let byte where lowercased(byte) &- 97 < 6: others += 1
      default: return
      }
    }
    if others == 0, points == 0, digits > 0 {
      thread = (thread ?? 0) &* 31 &+ textHash(record, word.start, word.end)
    } else if client.isEmpty, points == 3 && others == 0 && colons <= 1 || colons >= 3 {
      client = word
      hasPorts = colons > 0
      isRemote = record.has("remote ", at: word.start - 7)
    }
  }
}

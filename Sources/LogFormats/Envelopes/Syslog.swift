import LogEvents

/// The header that syslog puts before a record, peeled off.
///
///     <134>Nov 20 23:57:51 lb1.example.com haproxy[30495]: ...         RFC 3164, PRI optional
///     <134>1 2026-11-20T23:57:51.236Z lb1 haproxy 30495 - - ...        RFC 5424
///     2026-11-20T23:57:51.236+01:00 lb1 haproxy[30495]: ...            rsyslog file, ISO stamp
///     Nov 20 23:57:51 lb1 notice tmm[1234]: ...                        BIG-IP /var/log/ltm
enum SyslogEnvelope {
  /// Whether a header may begin at `start`, by its first bytes; most records begin otherwise.
  static func mayBegin(_ bytes: Span<UInt8>, at start: Int) -> Bool {
    let first = bytes.byte(start)
    switch first {
    case UInt8(ascii: "<"), .space: return true
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      if bytes.byte(start + 10) == UInt8(ascii: "T") { return !isLevelNext(bytes, start) }
      // The length of the message (RFC 6587 §3.4.1).
      var at = start
      while at - start < 6, bytes.byte(at).isDigit { at += 1 }
      return bytes.byte(at) == .space
    default: return bytes.byte(start + 3) == .space
    }
  }

  /// Whether a level of Java stands behind `2026-11-20T23:57:51.236+0000`, where a header has a host.
  static func isLevelNext(_ bytes: Span<UInt8>, _ start: Int) -> Bool {
    // With a zone and a year, so that no clock learns from it.
    guard bytes.byte(start + 28) == .space, bytes.byte(start + 19) == UInt8(ascii: "."),
      bytes.byte(start) != UInt8(ascii: "0"),
      bytes.byte(start + 23) == UInt8(ascii: "+") || bytes.byte(start + 23) == .dash
    else { return false }
    // `236+0000` in one word, the sign aside.
    let digits = (bytes.word(at: start + 20) ^ 0x3030_3030_0030_3030) & 0xffff_ffff_00ff_ffff
    let hours = (digits >> 32 & 0xff) &* 10 &+ (digits >> 40 & 0xff)
    guard (digits | (digits &+ 0x0606_0606_0006_0606)) & 0xf0f0_f0f0_00f0_f0f0 == 0, hours < 24
    else { return false }
    let at = start + 29
    switch bytes.byte(at) {
    case UInt8(ascii: "I"): return bytes.has("INFO ", at: at)
    case UInt8(ascii: "W"): return bytes.has("WARNING ", at: at) || bytes.has("WARN ", at: at)
    case UInt8(ascii: "S"): return bytes.has("SEVERE ", at: at)
    case UInt8(ascii: "F"):
      return bytes.has("FINE ", at: at) || bytes.has("FINER ", at: at)
        || bytes.has("FINEST ", at: at)
    default: return false
    }
  }

  /// Where the record begins; `nil` when there is no syslog header.
  static func peel(
    _ bytes: Span<UInt8>, from start: Int, clock: inout LocalClock, names: inout NameTable,
    context: inout RecordContext
  ) -> Int? {
    var scan = ByteScanner(bytes, from: start)
    // NetScaler may write a blank before the priority.
    if scan.next == .space, bytes.byte(start + 1) == UInt8(ascii: "<") { scan.move(to: start + 1) }
    skipOctetCount(&scan)
    let hasPriority = priority(&scan, &context)
    if hasPriority, scan.skipIf("1 ") {
      return version1(&scan, clock: &clock, names: &names, context: &context)
    }
    let isISO = scan.next.isDigit
    let before = context
    let isStamped = stamp(&scan, clock: &clock, context: &context)
    guard isStamped else { return hasPriority ? tag(&scan, &names, &context) ?? scan.at : nil }
    guard scan.next == .space else { return nil }
    scan.skipSpaces()
    let body = scan.at
    let stamped = context
    context.tag = .none
    guard let start = hostAndTag(&scan, names: &names, context: &context) else {
      guard isISO else { return nil }
      // A record that begins with its own stamp, as `key=value` ones do.
      context = before
      return nil
    }
    let hasTag = !context.tag.isNone
    // Without a tag there is no telling a host from the record's first word.
    // DataPower writes its brackets right behind the host.
    if context.tag.isNone { context.tag = stamped.tag }
    if isISO, !hasTag, context.severity == stamped.severity {
      let isBracket = scan.bytes.byte(start) == .openBracket && scan.bytes.byte(start + 3) != .slash
      if !isBracket {
        context = stamped
        return body
      }
    }
    return start
  }

  /// RFC 6587 §3.4.1: the length of the message and a space before it.
  private static func skipOctetCount(_ scan: inout ByteScanner) {
    var at = scan.at
    while at - scan.at < 6, scan.bytes.byte(at).isDigit { at += 1 }
    guard at > scan.at, scan.bytes.has(" <", at: at) else { return }
    scan.move(to: at + 1)
  }

  private static func priority(_ scan: inout ByteScanner, _ context: inout RecordContext) -> Bool {
    guard scan.next == UInt8(ascii: "<"),
      let close = scan.bytes.find(UInt8(ascii: ">"), scan.at, scan.at + 5),
      let value = scan.bytes.integer(ByteRange(scan.at + 1, close)), (0...191).contains(value)
    else { return false }
    context.severity = Severity(rawValue: UInt8(value & 7)) ?? .none
    scan.move(to: close + 1)
    return true
  }

  private static func stamp(
    _ scan: inout ByteScanner, clock: inout LocalClock, context: inout RecordContext
  ) -> Bool {
    let civil: CivilTime
    do throws(RecordFault) {
      if scan.next.isDigit {
        guard scan.bytes.byte(scan.at + 10) == UInt8(ascii: "T") else { return false }
        civil = try scan.isoTime()
      } else {
        civil = try scan.syslogTime()
      }
    } catch {
      return false
    }
    context.time = clock.timestamp(civil)
    context.hasMilliseconds = civil.hasMilliseconds
    return context.time.isKnown
  }

  private static func hostAndTag(
    _ scan: inout ByteScanner, names: inout NameTable, context: inout RecordContext
  ) -> Int? {
    if let start = tag(&scan, &names, &context) { return start }
    guard let word = try? scan.word(),
      scan.bytes.find(UInt8(ascii: "="), word.start, word.end) == nil,
      !isLevel(scan.bytes, word)
    else { return nil }
    context.host = names.id(scan.bytes, word)
    let mark = scan.at
    if let level = try? scan.word(), let severity = severity(scan.bytes, level) {
      context.severity = severity
      return tag(&scan, &names, &context) ?? scan.at
    }
    scan = ByteScanner(scan.bytes, from: mark)
    return tag(&scan, &names, &context) ?? scan.at
  }

  /// `haproxy[30495]: `, `haproxy: ` or `(squid-1): `; passes it and returns where the record begins.
  private static func tag(
    _ scan: inout ByteScanner, _ names: inout NameTable, _ context: inout RecordContext
  ) -> Int? {
    let bytes = scan.bytes
    var at = scan.at
    while at < scan.end, at - scan.at <= 64 {
      let byte = bytes[at]
      if byte == .colon || byte == .openBracket { break }
      guard byte > .space, byte < 127, byte != .quote, byte != .openParenthesis || at == scan.at
      else { return nil }
      at += 1
    }
    guard at > scan.at, at < scan.end else { return nil }
    var after = at
    if bytes[at] == .openBracket {
      guard let close = bytes.find(.closeBracket, at, min(at + 24, scan.end)) else { return nil }
      after = close + 1
    }
    guard bytes.byte(after) == .colon else { return nil }
    guard after + 1 == scan.end || bytes.byte(after + 1) == .space else { return nil }
    context.tag = names.id(bytes, scan.at, at)
    scan.move(to: after + 1)
    if scan.next == .space { scan.move(to: scan.at + 1) }
    return scan.at
  }

  private static func version1(
    _ scan: inout ByteScanner, clock: inout LocalClock, names: inout NameTable,
    context: inout RecordContext
  ) -> Int? {
    do throws(RecordFault) {
      if scan.next == .dash {
        try scan.skip("- ")
      } else {
        let civil = try scan.isoTime()
        context.time = clock.timestamp(civil)
        context.hasMilliseconds = civil.hasMilliseconds
        try scan.skip(.space)
      }
      let host = try scan.word()
      if !scan.bytes.equals(host, "-") { context.host = names.id(scan.bytes, host) }
      let app = try scan.word()
      if !scan.bytes.equals(app, "-") { context.tag = names.id(scan.bytes, app) }
      _ = try scan.word()
      _ = try scan.word()
    } catch {
      return nil
    }
    skipStructuredData(&scan)
    if scan.bytes.has("\u{feff}", at: scan.at) { scan.move(to: scan.at + 3) }
    return scan.at
  }

  private static func skipStructuredData(_ scan: inout ByteScanner) {
    if scan.next == .dash {
      scan.move(to: scan.at + 1)
    } else {
      while scan.next == .openBracket {
        var at = scan.at + 1
        var isQuoted = false
        while at < scan.end {
          let byte = scan.bytes[at]
          if byte == UInt8(ascii: "\\") {
            at += 1
          } else if byte == .quote {
            isQuoted.toggle()
          } else if byte == .closeBracket, !isQuoted {
            break
          }
          at += 1
        }
        scan.move(to: at + 1)
      }
    }
    if scan.next == .space { scan.move(to: scan.at + 1) }
  }

  /// Java's level names: no host is called so.
  private static func isLevel(_ bytes: Span<UInt8>, _ word: ByteRange) -> Bool {
    guard word.count >= 4, word.count <= 7 else { return false }
    return bytes.equals(word, "INFO") || bytes.equals(word, "WARNING")
      || bytes.equals(word, "SEVERE") || bytes.equals(word, "CONFIG") || bytes.equals(word, "FINE")
      || bytes.equals(word, "FINER") || bytes.equals(word, "FINEST") || bytes.equals(word, "WARN")
      || bytes.equals(word, "ERROR") || bytes.equals(word, "DEBUG")
  }

  private static func severity(_ bytes: Span<UInt8>, _ word: ByteRange) -> Severity? {
    guard word.count >= 3, word.count <= 9 else { return nil }
    switch bytes.byte(word.start) {
    case UInt8(ascii: "e"):
      if bytes.equals(word, "err") || bytes.equals(word, "error") { return .error }
      return bytes.equals(word, "emerg") ? .emergency : nil
    case UInt8(ascii: "w"):
      return bytes.equals(word, "warning") || bytes.equals(word, "warn") ? .warning : nil
    case UInt8(ascii: "n"): return bytes.equals(word, "notice") ? .notice : nil
    case UInt8(ascii: "i"): return bytes.equals(word, "info") ? .info : nil
    case UInt8(ascii: "c"): return bytes.equals(word, "crit") ? .critical : nil
    case UInt8(ascii: "a"): return bytes.equals(word, "alert") ? .alert : nil
    case UInt8(ascii: "d"): return bytes.equals(word, "debug") ? .debug : nil
    default: return nil
    }
  }
}

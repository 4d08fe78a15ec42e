import LogEvents

/// The result of a health check, as state lines spell it.
///
///     reason: Layer7 wrong status, code: 503, info: "Service Unavailable", check duration: 2ms
enum HAProxyCheck {
  /// Reason texts, their codes, and what a failed check of that kind means.
  ///
  /// Source: HAProxy src/check.c `check_statuses`.
  static let reasons: [(text: String, code: String, outcome: Outcome)] = [
    ("Layer4 connection problem", "L4CON", .connectRefused),
    ("Layer4 timeout", "L4TOUT", .connectTimeout),
    ("Layer4 check passed", "L4OK", .info),
    ("Layer6 invalid response", "L6RSP", .tlsFailure),
    ("Layer6 timeout", "L6TOUT", .tlsFailure),
    ("Layer6 check passed", "L6OK", .info),
    ("Layer7 timeout", "L7TOUT", .responseTimeout),
    ("Layer7 invalid response", "L7RSP", .badGatewayResponse),
    ("Layer7 wrong status", "L7STS", .badGatewayResponse),
    ("Layer7 check passed", "L7OK", .info),
    ("Layer7 check conditionally passed", "L7OKC", .info),
    ("Socket error", "SOCKERR", .other),
    ("Health analyze", "HANA", .other),
    ("External check error", "PROCERR", .other),
    ("External check timeout", "PROCTOUT", .other),
    ("External check passed", "PROCOK", .info),
  ]

  static func read(
    _ bytes: Span<UInt8>, _ text: ByteRange, _ batch: inout EventBatch
  ) -> (code: NameID, outcome: Outcome)? {
    guard let hit = bytes.find("reason: ", in: text) else { return nil }
    let start = hit + "reason: ".utf8.count
    guard let reason = reasons.first(where: { bytes.has($0.text, at: start) }) else { return nil }
    let rest = ByteRange(start + reason.text.utf8.count, text.end)
    var outcome = reason.outcome
    switch reason.code {
    case "L4CON":
      if bytes.find("No route to host", in: rest) != nil
        || bytes.find("unreachable", in: rest) != nil
      {
        outcome = .connectUnreachable
      }
    case "SOCKERR":
      if bytes.find("Connection reset by peer", in: rest) != nil { outcome = .connectionReset }
    case "L7STS":
      if bytes.has(", code: 5", at: rest.start) { outcome = .http5xx }
    default: break
    }
    return (batch.names.id(reason.code), outcome)
  }
}

/// What stands before a line that HAProxy prints on standard error.
///
///     [WARNING]  (30495) : text
///     [WARNING] 323/235749 (30495) : text         until 2.5: day of the year and time, local
enum HAProxyConsole {
  private static let levels: [(name: String, severity: Severity)] = [
    ("[WARNING]", .warning), ("[ALERT]", .alert), ("[NOTICE]", .notice), ("[DIAG]", .debug),
    ("[INFO]", .info),
  ]

  /// Passes the prefix and takes its level and time; `false` when there is none.
  static func skip(
    _ scan: inout ByteScanner, _ clock: inout LocalClock, year: Int?, _ event: inout Event
  ) -> Bool {
    guard scan.next == .openBracket,
      let level = levels.first(where: { scan.bytes.has($0.name, at: scan.at) }),
      let colon = scan.bytes.find(") : ", 0, min(scan.end, 64))
    else { return false }
    event.severity = level.severity
    scan.move(to: scan.at + level.name.utf8.count)
    scan.skipSpaces()
    if let slash = scan.bytes.find(.slash, scan.at, colon),
      let day = scan.bytes.integer(ByteRange(scan.at, slash)), (0...366).contains(day),
      let time = scan.bytes.integer(ByteRange(slash + 1, slash + 7)), time >= 0
    {
      var civil = date(ofDay: day, year: year)
      civil.hour = time / 10_000
      civil.minute = time / 100 % 100
      civil.second = time % 100
      let stamp = clock.timestamp(civil)
      if stamp.isKnown {
        event.time = stamp
        event.hasMilliseconds = false
      }
    }
    scan.move(to: colon + 4)
    return true
  }

  /// The day of a year, counted from 0 as `tm_yday` is.
  private static func date(ofDay day: Int, year: Int?) -> CivilTime {
    var civil = CivilTime()
    let base = year ?? 2025
    let first = daysFromCivil(base, 1, 1)
    civil.month = 12
    while civil.month > 1, daysFromCivil(base, civil.month, 1) - first > day { civil.month -= 1 }
    civil.day = day - (daysFromCivil(base, civil.month, 1) - first) + 1
    return civil
  }
}

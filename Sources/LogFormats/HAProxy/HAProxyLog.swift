import LogEvents

/// HAProxy's log lines: traffic, state changes, errors and JSON formats, mixed in one file as they
/// come.
///
///     203.0.113.7:57315 [20/Nov/2026:23:57:51.236] fe_shop be_orders/ord1 0/0/0/3/3 200 87 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1"
///     Server be_orders/ord1 is DOWN, reason: Layer4 connection problem, info: "Connection refused", ...
///
/// Source: HAProxy configuration manual, chapter 8 "Logging".
struct HAProxyLog: LogFormat {
  static let card = FormatCard(
    name: "haproxy", product: "haproxy",
    title: "HAProxy http, https, tcp, clf, JSON, state and error lines", vantage: .loadBalancer,
    sample:
      "203.0.113.7:57315 [20/Nov/2026:23:57:51.236] fe_shop be_orders/ord1 0/0/0/3/3 200 87 - - "
      + "---- 1/1/0/0/0 0/0 \"GET /orders HTTP/1.1\"")

  private var clock: LocalClock
  private var lastNames = HAProxyTraffic.LastNames()

  init(_ settings: FormatSettings) { clock = LocalClock(settings) }

  mutating func read(
    _ record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    if record.byte(0) == UInt8(ascii: "{") {
      try HAProxyJSON.read(record, context, &clock, into: &batch)
      return
    }
    if let bracket = record.find(" [", 0, min(record.count, 80)), record.byte(bracket + 4) == .slash
    {
      try HAProxyTraffic.read(
        record, client: ByteRange(0, bracket), from: bracket + 2, context, &clock, &lastNames,
        into: &batch)
      return
    }
    try HAProxyState.read(record, context, into: &batch)
  }
}

/// What a termination state says (manual §8.5 "Session state at disconnection").
enum HAProxyTermination {
  /// The class by who ended the session and in which phase; status is 0 in tcp mode.
  static func outcome(
    _ who: UInt8, _ phase: UInt8, status: UInt16, isHTTP: Bool, hasServer: Bool
  ) -> Outcome {
    switch who {
    case UInt8(ascii: "-"): return status >= 500 ? .http5xx : .ok
    case UInt8(ascii: "L"): return status >= 500 ? .other : .ok
    case UInt8(ascii: "C"), UInt8(ascii: "c"):
      return who == UInt8(ascii: "c") && phase == UInt8(ascii: "H")
        ? .requestBodyFailed : .clientAbort
    case UInt8(ascii: "S"):
      switch phase {
      case UInt8(ascii: "C"): return hasServer ? .connectRefused : .poolExhausted
      case UInt8(ascii: "Q"): return .overload
      case UInt8(ascii: "D"): return isHTTP ? .prematureClose : .connectionReset
      default: return .prematureClose
      }
    case UInt8(ascii: "s"):
      switch phase {
      case UInt8(ascii: "C"): return .connectTimeout
      case UInt8(ascii: "Q"): return .overload
      default: return .responseTimeout
      }
    case UInt8(ascii: "P"): return proxy(phase, status: status)
    case UInt8(ascii: "R"): return .overload
    case UInt8(ascii: "D"): return .serverDown
    default: return .other
    }
  }

  /// Ended by HAProxy itself.
  private static func proxy(_ phase: UInt8, status: UInt16) -> Outcome {
    switch phase {
    case UInt8(ascii: "C"), UInt8(ascii: "Q"): return .overload
    case UInt8(ascii: "T"): return .other
    case UInt8(ascii: "R"):
      if status == 429 || status == 503 { return .overload }
      return status >= 500 ? .configError : .info
    case UInt8(ascii: "D"): return .badGatewayResponse
    default:
      if status == 400 { return .info }
      return status == 500 ? .configError : .badGatewayResponse
    }
  }

  /// First letters, for `explain`.
  static let enders: [(letter: UInt8, words: String)] = [
    (UInt8(ascii: "C"), "the client closed"), (UInt8(ascii: "c"), "the client's time-out ended it"),
    (UInt8(ascii: "S"), "the server closed or refused"),
    (UInt8(ascii: "s"), "the server's time-out ended it"),
    (UInt8(ascii: "P"), "HAProxy itself ended it"),
    (UInt8(ascii: "R"), "a resource of HAProxy was exhausted"),
    (UInt8(ascii: "L"), "HAProxy answered by itself"),
    (UInt8(ascii: "D"), "the server was taken down meanwhile"),
    (UInt8(ascii: "U"), "a primary server came back"), (UInt8(ascii: "K"), "an operator killed it"),
    (UInt8(ascii: "I"), "an internal error of HAProxy"), (.dash, "it ended normally"),
  ]

  /// Second letters.
  static let phases: [(letter: UInt8, words: String)] = [
    (UInt8(ascii: "R"), "while the request was awaited"),
    (UInt8(ascii: "Q"), "while it waited in the queue"),
    (UInt8(ascii: "C"), "while connecting to the server"),
    (UInt8(ascii: "H"), "while the response headers were awaited"),
    (UInt8(ascii: "D"), "during the data phase"),
    (UInt8(ascii: "L"), "while the last data went to the client"),
    (UInt8(ascii: "T"), "in the tarpit"), (.dash, "after the end of the data"),
  ]

  static func isState(_ bytes: Span<UInt8>, _ word: ByteRange) -> Bool {
    guard word.count == 4 || word.count == 2 else { return false }
    return isLetter(bytes.byte(word.start)) && isLetter(bytes.byte(word.start + 1))
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    byte == .dash || lowercased(byte) &- 97 < 26
  }
}

import LogEvents

/// What a termination state says: who ended the session, and in which phase.
///
/// Capitals are closed connections and errors, small letters are timeouts.
/// Source: HAProxy configuration manual, "Session state at disconnection".
enum HAProxyTermination {
  /// The outcome of a session that `who` ended in `phase`; `status` is 0 in tcp mode.
  static func outcome(
    _ who: UInt8, _ phase: UInt8, status: UInt16, isHTTP: Bool, hasServer: Bool
  ) -> Outcome {
    switch who {
    case UInt8(ascii: "-"): status >= 500 ? .http5xx : .ok
    case UInt8(ascii: "L"): status >= 500 ? .other : .ok
    case UInt8(ascii: "C"): .clientAbort
    case UInt8(ascii: "c"): phase == UInt8(ascii: "H") ? .requestBodyFailed : .clientAbort
    case UInt8(ascii: "S"):
      switch phase {
      case UInt8(ascii: "C"): hasServer ? .connectRefused : .poolExhausted
      case UInt8(ascii: "Q"): .overload
      case UInt8(ascii: "D"): isHTTP ? .prematureClose : .connectionReset
      default: .prematureClose
      }
    case UInt8(ascii: "s"):
      switch phase {
      case UInt8(ascii: "C"): .connectTimeout
      case UInt8(ascii: "Q"): .overload
      default: .responseTimeout
      }
    case UInt8(ascii: "P"): proxy(phase, status: status)
    case UInt8(ascii: "R"): .overload
    case UInt8(ascii: "D"): .serverDown
    default: .other
    }
  }

  /// Ended by HAProxy itself.
  private static func proxy(_ phase: UInt8, status: UInt16) -> Outcome {
    switch phase {
    case UInt8(ascii: "C"), UInt8(ascii: "Q"): .overload
    case UInt8(ascii: "T"): .other
    case UInt8(ascii: "R"):
      switch status {
      case 429, 503: .overload
      case 500...: .configError
      default: .info
      }
    case UInt8(ascii: "D"): .badGatewayResponse
    default:
      switch status {
      case 400: .info
      case 500: .configError
      default: .badGatewayResponse
      }
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

  /// Whether the state names a backend that had been chosen, even without a server.
  static func isOfBackend(_ who: UInt8, _ phase: UInt8) -> Bool {
    who == UInt8(ascii: "S") || who == UInt8(ascii: "s") || phase == UInt8(ascii: "Q")
  }

  /// `SC`, `sH--`, `----`, `CDNN`: two letters, or four with those of the persistence cookie.
  static func isState(_ bytes: Span<UInt8>, _ word: ByteRange) -> Bool {
    guard word.count == 4 || word.count == 2 else { return false }
    switch bytes.byte(word.start + 1) {
    case .dash, UInt8(ascii: "R"), UInt8(ascii: "Q"), UInt8(ascii: "C"), UInt8(ascii: "H"),
      UInt8(ascii: "D"), UInt8(ascii: "L"), UInt8(ascii: "T"):
      break
    default: return false
    }
    for at in (word.start + 2)..<max(word.end, word.start + 2) {
      let cookie = bytes.byte(at)
      guard cookie == .dash || cookie &- 65 < 26 else { return false }
    }
    switch bytes.byte(word.start) {
    case .dash, UInt8(ascii: "C"), UInt8(ascii: "c"), UInt8(ascii: "S"), UInt8(ascii: "s"),
      UInt8(ascii: "P"), UInt8(ascii: "L"), UInt8(ascii: "R"), UInt8(ascii: "D"),
      UInt8(ascii: "U"), UInt8(ascii: "K"), UInt8(ascii: "I"):
      return true
    default: return false
    }
  }
}

/// Why a connection to a server failed, where a format logs `bc_err_str` or `bc_err_name`.
///
/// A TLS failure, a missing route and a missing source port are `SC` like a refusal.
/// Source: HAProxy src/connection.c, `conn_err_code_str`, `conn_err_code_name`.
enum HAProxyConnectError {
  static let texts: [(text: String, outcome: Outcome)] = [
    ("SSL handshake", .tlsFailure), ("SSL_HANDSHAKE", .tlsFailure), ("SSL_", .tlsFailure),
    ("SSL certificate", .tlsFailure), ("during SSL", .tlsFailure), ("SSL client", .tlsFailure),
    ("General socket error", .connectUnreachable), ("UNREACH", .connectUnreachable),
    ("ECONNREFUSED", .connectRefused), ("REFUSED", .connectRefused),
    ("ECONNRESET", .connectionReset), ("ERESET", .connectionReset),
    ("source port", .overload), ("FREE_PORTS", .overload),
    ("Too many", .overload), ("Out of memory", .overload),
    ("TIMEDOUT", .connectTimeout), ("TIMEOUT", .connectTimeout),
  ]

  static func outcome(_ record: Span<UInt8>, _ text: ByteRange) -> Outcome? {
    guard text.count > 3 else { return nil }
    return texts.first { record.find($0.text, in: text) != nil }?.outcome
  }
}

/// A record's own level, in the words and order of syslog (RFC 5424 §6.2.1).
public enum Severity: UInt8, BitwiseCopyable, Hashable, Sendable, CaseIterable {
  case emergency, alert, critical, error, warning, notice, info, debug
  /// The shape of the record has no level.
  case none

  public var name: String? {
    switch self {
    case .emergency: "emergency"
    case .alert: "alert"
    case .critical: "critical"
    case .error: "error"
    case .warning: "warning"
    case .notice: "notice"
    case .info: "info"
    case .debug: "debug"
    case .none: nil
    }
  }

  public init?(name: some StringProtocol) {
    guard let match = Severity.allCases.first(where: { $0.name == String(name) }) else {
      return nil
    }
    self = match
  }
}

/// Which kind of log a record stands in: an access log is the denominator of its error log.
public enum Journal: UInt8, BitwiseCopyable, Hashable, Sendable, CaseIterable {
  case access, error, state

  public var name: String {
    switch self {
    case .access: "access"
    case .error: "error"
    case .state: "state"
    }
  }
}

/// Which layer wrote a record.
public enum Vantage: UInt8, BitwiseCopyable, Hashable, Sendable, CaseIterable {
  case loadBalancer, proxy, gateway
}

/// What a record says beside its outcome, where that changes how it is counted.
public enum Note: UInt8, BitwiseCopyable, Hashable, Sendable, CaseIterable {
  case none
  /// The logger dropped `count` entries within the span.
  case suppressed
  /// A new version or a new configuration went live.
  case deploy
  /// The gateway itself started anew.
  case restart

  public var name: String? {
    switch self {
    case .none: nil
    case .suppressed: "suppressed"
    case .deploy: "deploy"
    case .restart: "restart"
    }
  }
}

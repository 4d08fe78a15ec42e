/// How an exchange ended, or what a record says of a member: a failure class, `ok` or `info`.
///
/// The raw value is the name that `events` prints and `report` shows. Order is part of the digest's
/// file form: new classes go to the end.
public enum Outcome: UInt8, BitwiseCopyable, CaseIterable, Hashable, Sendable {
  case ok, info
  case connectRefused, connectTimeout, connectUnreachable, dnsFailure, tlsFailure
  case connectionReset, prematureClose, responseTimeout, requestBodyFailed
  case poolExhausted, overload, serverDown, serverUp
  case badGatewayResponse, clientAbort, http5xx, configError, other
}

extension Outcome: Codable {
  public init(from decoder: any Decoder) throws {
    let name = try decoder.singleValueContainer().decode(String.self)
    guard let outcome = Outcome(name: name) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "no such class: \(name)"))
    }
    self = outcome
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}

extension Outcome {
  /// The class as the reports, the sample files and `--class` spell it.
  public var name: String {
    switch self {
    case .ok: "ok"
    case .info: "info"
    case .connectRefused: "connect-refused"
    case .connectTimeout: "connect-timeout"
    case .connectUnreachable: "connect-unreachable"
    case .dnsFailure: "dns-failure"
    case .tlsFailure: "tls-failure"
    case .connectionReset: "connection-reset"
    case .prematureClose: "premature-close"
    case .responseTimeout: "response-timeout"
    case .requestBodyFailed: "request-body-failed"
    case .poolExhausted: "pool-exhausted"
    case .overload: "overload"
    case .serverDown: "server-down"
    case .serverUp: "server-up"
    case .badGatewayResponse: "bad-gateway-response"
    case .clientAbort: "client-abort"
    case .http5xx: "http-5xx"
    case .configError: "config-error"
    case .other: "other"
    }
  }

  public init?(name: some StringProtocol) {
    guard let match = Outcome.allCases.first(where: { $0.name == name }) else { return nil }
    self = match
  }

  /// Who a failure of this class speaks against.
  public enum Side: UInt8, BitwiseCopyable, Sendable {
    case none, backend, client, gateway, state
  }

  public var side: Side {
    switch self {
    case .ok, .info: .none
    case .connectRefused, .connectTimeout, .connectUnreachable, .dnsFailure, .tlsFailure,
      .connectionReset, .prematureClose, .responseTimeout, .requestBodyFailed, .overload,
      .badGatewayResponse, .http5xx, .other, .poolExhausted:
      .backend
    case .clientAbort: .client
    case .configError: .gateway
    case .serverDown, .serverUp: .state
    }
  }

  /// Whether an event of this class is a failed exchange that counts against its backend.
  public var countsAgainstBackend: Bool { side == .backend }

  /// The step of an exchange that a failure of this class ends.
  public enum Phase: UInt8, BitwiseCopyable, Sendable {
    case none, nameLookup, connect, tls, request, response
  }

  public var phase: Phase {
    switch self {
    case .dnsFailure: .nameLookup
    case .connectRefused, .connectTimeout, .connectUnreachable: .connect
    case .tlsFailure: .tls
    case .requestBodyFailed: .request
    case .connectionReset, .prematureClose, .responseTimeout, .badGatewayResponse, .http5xx:
      .response
    case .ok, .info, .poolExhausted, .overload, .serverDown, .serverUp, .clientAbort,
      .configError, .other:
      .none
    }
  }
}

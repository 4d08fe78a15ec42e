import LogEvents

/// What the two status codes of an AWS balancer mean together.
///
/// A number in the target's place is the target's own; a dash there means that the balancer made the
/// answer. Source: Elastic Load Balancing User Guide, "Troubleshoot your Application Load
/// Balancers", "HTTP error codes"; "Error reason codes" for Lambda targets.
struct AWSVerdict {
  var status = ByteRange.empty
  var targetStatus = ByteRange.empty
  var hasTarget = false
  var reason = ByteRange.empty
  var actions = ByteRange.empty
  var durationMilliseconds = -1

  static let lambdaReasons: [(name: String, outcome: Outcome)] = [
    ("LambdaThrottling", .overload), ("LambdaConnectionTimeout", .connectTimeout),
    ("LambdaConnectionError", .connectRefused), ("LambdaAccessDenied", .configError),
    ("LambdaInvalidFunction", .configError), ("LambdaEC2AccessDeniedException", .configError),
    ("LambdaEC2ThrottledException", .overload), ("LambdaENILimitReachedException", .overload),
    ("LambdaSubnetIPAddressLimitReachedException", .overload),
    ("LambdaENIWaitTimeOut", .connectTimeout), ("LambdaInvalidSecurityGroup", .configError),
    ("LambdaInvalidSubnetID", .configError), ("LambdaInvalidRuntime", .configError),
    ("LambdaInvalidZipFile", .configError), ("LambdaKMSAccessDeniedException", .configError),
    ("LambdaKMSDisabledException", .configError), ("LambdaKMSInvalidStateException", .configError),
    ("LambdaKMSNotFoundException", .configError), ("LambdaResourceNotFound", .configError),
    ("LambdaInvalidResponse", .badGatewayResponse),
    ("LambdaResponseTooLarge", .badGatewayResponse), ("LambdaBadRequest", .badGatewayResponse),
    ("LambdaUnhandled", .http5xx),
  ]

  func outcome(_ record: Span<UInt8>) -> Outcome {
    let value = record.integer(status) ?? 0
    let own = record.integer(targetStatus) ?? 0
    if !record.isAbsent(reason), record.has("Lambda", at: reason.start) {
      return Self.lambdaReasons.first { record.equals(reason, $0.name) }?.outcome ?? .other
    }
    guard own == 0 else {
      guard value >= 500 else { return .ok }
      guard own < 500 else { return .http5xx }
      return value == 504 ? .responseTimeout : .badGatewayResponse
    }
    if record.equals(actions, "fixed-response"), value >= 400 { return .info }
    return made(value)
  }

  /// The balancer's own answer.
  private func made(_ value: Int) -> Outcome {
    switch value {
    case ..<100: return .other
    case 460, 408: return .clientAbort
    case 464: return .configError
    case 400, 401, 403, 405, 411, 413, 414, 431, 463: return .info
    case ..<500: return .ok
    case 501, 505: return .info
    case 502: return .badGatewayResponse
    case 503: return hasTarget ? .overload : .poolExhausted
    // The connect limit is fixed at ten seconds.
    case 504:
      return (9_900...10_300).contains(durationMilliseconds)
        ? .connectTimeout : .responseTimeout
    default: return .other
    }
  }
}

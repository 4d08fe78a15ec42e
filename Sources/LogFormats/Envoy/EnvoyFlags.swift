import LogEvents

/// Envoy's response flags, and the details that say more of a failed connection.
///
/// Source: Envoy documentation, "Access logging", `%RESPONSE_FLAGS%` and `%RESPONSE_FLAGS_LONG%`;
/// "Response code details".
enum EnvoyFlags {
  struct Flag {
    var short: String
    var long: String
    var outcome: Outcome
    /// Of several flags the one of the highest rank tells most.
    var rank = 2
  }

  static let table: [Flag] = [
    Flag(short: "UF", long: "UpstreamConnectionFailure", outcome: .connectRefused, rank: 3),
    Flag(short: "UH", long: "NoHealthyUpstream", outcome: .poolExhausted, rank: 3),
    Flag(short: "UO", long: "UpstreamOverflow", outcome: .overload, rank: 3),
    Flag(short: "UT", long: "UpstreamRequestTimeout", outcome: .responseTimeout, rank: 3),
    Flag(short: "UC", long: "UpstreamConnectionTermination", outcome: .prematureClose, rank: 3),
    Flag(short: "UR", long: "UpstreamRemoteReset", outcome: .connectionReset, rank: 3),
    Flag(short: "UPE", long: "UpstreamProtocolError", outcome: .badGatewayResponse, rank: 3),
    Flag(short: "DF", long: "DnsResolutionFailed", outcome: .dnsFailure, rank: 3),
    Flag(short: "LR", long: "LocalReset", outcome: .connectionReset),
    Flag(
      short: "UMSDR", long: "UpstreamMaxStreamDurationReached", outcome: .responseTimeout),
    Flag(short: "DT", long: "DurationTimeout", outcome: .responseTimeout),
    Flag(short: "SI", long: "StreamIdleTimeout", outcome: .responseTimeout),
    Flag(short: "DC", long: "DownstreamConnectionTermination", outcome: .clientAbort),
    Flag(short: "DR", long: "DownstreamRemoteReset", outcome: .clientAbort),
    Flag(short: "DPE", long: "DownstreamProtocolError", outcome: .info),
    Flag(short: "NR", long: "NoRouteFound", outcome: .configError),
    Flag(short: "NC", long: "NoClusterFound", outcome: .configError),
    Flag(short: "RL", long: "RateLimited", outcome: .overload),
    Flag(short: "RLSE", long: "RateLimitServiceError", outcome: .other),
    Flag(short: "UAEX", long: "UnauthorizedExternalService", outcome: .info),
    Flag(short: "FI", long: "FaultInjected", outcome: .info),
    Flag(short: "DI", long: "DelayInjected", outcome: .info, rank: 0),
    Flag(short: "LH", long: "FailedLocalHealthCheck", outcome: .serverDown),
    Flag(short: "OM", long: "OverloadManagerTerminated", outcome: .overload),
    Flag(short: "DO", long: "DropOverload", outcome: .overload),
    Flag(short: "IH", long: "InvalidEnvoyRequestHeaders", outcome: .info),
    Flag(short: "NFCF", long: "NoFilterConfigFound", outcome: .configError),
    Flag(short: "RFCF", long: "ResponseFromCacheFilter", outcome: .ok, rank: 0),
    Flag(short: "URX", long: "UpstreamRetryLimitExceeded", outcome: .other, rank: 1),
  ]

  /// Whether the range is spelled like flags: a dash, or names divided by commas.
  static func isFlags(_ record: Span<UInt8>, _ range: ByteRange) -> Bool {
    if record.equals(range, "-") { return true }
    guard !range.isEmpty, range.count <= 160, !record.byte(range.start).isDigit else {
      return false
    }
    for at in range.start..<range.end {
      let byte = record.byte(at)
      guard lowercased(byte) &- 97 < 26 || byte.isDigit || byte == .comma else { return false }
    }
    return true
  }

  /// The flag that tells most, `nil` for none at all; unknown ones count as `other`.
  static func outcome(_ record: Span<UInt8>, _ list: ByteRange) -> Outcome? {
    guard !record.isAbsent(list) else { return nil }
    var best: (outcome: Outcome, rank: Int)?
    var at = list.start
    while at < list.end {
      let stop = record.find(.comma, at, list.end) ?? list.end
      let name = record.trimmed(ByteRange(at, stop))
      let flag = table.first { record.equals(name, $0.short) || record.equals(name, $0.long) }
      let (outcome, rank) = (flag?.outcome ?? .other, flag?.rank ?? 1)
      if rank > best?.rank ?? -1 { best = (outcome, rank) }
      at = stop + 1
    }
    return best?.outcome
  }

  /// Whether the list names the flag.
  static func has(_ record: Span<UInt8>, _ list: ByteRange, _ short: String) -> Bool {
    guard let flag = table.first(where: { $0.short == short }) else { return false }
    var at = list.start
    while at < list.end {
      let stop = record.find(.comma, at, list.end) ?? list.end
      let name = record.trimmed(ByteRange(at, stop))
      if record.equals(name, flag.short) || record.equals(name, flag.long) { return true }
      at = stop + 1
    }
    return false
  }

  /// Phrases in the details and the transport failure reason; blanks are underscores in text logs.
  ///
  /// Numbers are Linux errno values. Source: Envoy source, `StreamInfo::ResponseCodeDetails`.
  static let phrases: [(phrase: String, outcome: Outcome)] = [
    ("TLS_error", .tlsFailure), ("CERTIFICATE_VERIFY_FAILED", .tlsFailure),
    ("SSL_error", .tlsFailure), ("connect_error:_111", .connectRefused),
    ("connect_error:_110", .connectTimeout), ("connect_error:_113", .connectUnreachable),
    ("connect_error:_101", .connectUnreachable), ("connect_error:_104", .connectionReset),
    ("Connection_refused", .connectRefused), ("No_route_to_host", .connectUnreachable),
    ("Network_is_unreachable", .connectUnreachable), ("connection_timeout", .connectTimeout),
    ("connection_timed_out", .connectTimeout), ("overflow", .overload),
  ]

  /// What the details make of a failed connection; `nil` where they say no more.
  static func refined(_ record: Span<UInt8>, _ details: ByteRange) -> Outcome? {
    guard !record.isAbsent(details) else { return nil }
    return phrases.first { contains(record, details, $0.phrase) }?.outcome
  }

  private static func contains(
    _ record: Span<UInt8>, _ range: ByteRange, _ phrase: String
  ) -> Bool {
    let wanted = phrase.utf8.span
    guard range.start >= 0, range.end <= record.count, range.count >= wanted.count else {
      return false
    }
    for start in range.start...(range.end - wanted.count) {
      var offset = 0
      while offset < wanted.count {
        let byte = record.byte(start + offset)
        let same = byte == .space ? UInt8(ascii: "_") : lowercased(byte)
        guard same == lowercased(wanted[offset]) else { break }
        offset += 1
      }
      if offset == wanted.count { return true }
    }
    return false
  }
}

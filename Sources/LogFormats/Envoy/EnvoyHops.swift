import LogEvents

/// The two records of one request through a mesh: the caller's proxy logs it as `outbound`, the
/// callee's as `inbound`, with the same request id, authority and path.
///
/// The later one repeats the earlier, unless the earlier was fine and it failed. An id alone does not
/// do: services pass it on to those that they call.
/// Source: Istio documentation, "Envoy Access Logs".
struct EnvoyHops {
  private var inbound = RecentHashes()
  private var outbound = RecentHashes()

  func tellOpen(to state: inout OpenState) {
    state.add(inbound.inOrder)
    state.add(outbound.inOrder)
  }

  /// Whether the record repeats one of the other side.
  mutating func isRepeat(
    _ record: Span<UInt8>, _ exchange: EnvoyExchange, path: ByteRange, isFailure: Bool
  ) -> Bool {
    guard !record.isAbsent(exchange.requestID), !record.isAbsent(exchange.cluster) else {
      return false
    }
    let isInbound = record.has("inbound|", at: exchange.cluster.start)
    guard isInbound || record.has("outbound|", at: exchange.cluster.start) else { return false }
    var key = textHash(record, exchange.requestID.start, exchange.requestID.end)
    key = key &* 31 ^ textHash(record, exchange.authority.start, exchange.authority.end)
    key = key &* 31 ^ textHash(record, path.start, path.end)
    // Failures and successes are two keys, so that a failure behind a success counts.
    let failed = key ^ 0x5851_f42d_4c95_7f2d
    let other = isInbound ? outbound : inbound
    if other.contains(failed) || (!isFailure && other.contains(key)) { return true }
    if isInbound {
      _ = inbound.insert(isFailure ? failed : key)
    } else {
      _ = outbound.insert(isFailure ? failed : key)
    }
    return false
  }
}

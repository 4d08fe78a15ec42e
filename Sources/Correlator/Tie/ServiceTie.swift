import LogEvents

/// Which backend a service of a gateway calls, where successes name the service alone.
///
/// CA API Gateway audits a successful request with its service; only failures name the routing's
/// target (formats/ca-api-gateway.md). A service all of whose failures on one gateway are of one
/// backend gives that backend its successes.
enum ServiceTie {
  private static let prefix = "service "
  /// Failures that must name the backend.
  private static let leastFailures = 3

  static func tied(_ parts: [BackendKey: BackendDigest]) -> [BackendKey: BackendDigest] {
    let services = parts.keys.filter { $0.backend.hasPrefix(prefix) && $0.journal == .access }
    var tied = parts
    for key in services.sorted() {
      guard let told = parts[key], !told.successes.isEmpty,
        let backend = backend(of: String(key.backend.dropFirst(prefix.count)), key.gateway, parts),
        let known = parts[backend], known.failures.total >= told.failures.total
      else { continue }
      tied[key] = nil
      let target = BackendKey(backend: backend.backend, gateway: key.gateway, journal: .access)
      tied[target, default: BackendDigest()].merge(told)
    }
    return tied
  }

  /// The only backend of which a gateway says that the service calls it.
  private static func backend(
    of service: String, _ gateway: String, _ parts: [BackendKey: BackendDigest]
  ) -> BackendKey? {
    let callers = parts.filter { key, data in
      key.gateway == gateway && !key.backend.hasPrefix(prefix)
        && data.services.names.contains(service)
    }
    guard Set(callers.keys.map(\.backend)).count == 1,
      let error = callers.first(where: { $0.key.journal == .error }),
      error.value.services.names == [service], error.value.failures.total >= leastFailures
    else { return nil }
    return error.key
  }
}

import LogEvents

/// One name for each backend, where logs call it by several.
///
/// Names are one by the operator's word, or by exact evidence: a log that gives a member's own name
/// together with its only address.
struct BackendNames {
  private var canonical: [String: String] = [:]

  init(_ parts: [BackendKey: BackendDigest], aliases: BackendAliases) {
    let names = Set(parts.keys.map(\.backend))
    var addresses: [String: BoundedSet] = [:]
    for (key, part) in parts { addresses[key.backend, default: BoundedSet()].merge(part.addresses) }
    for name in names {
      if let given = aliases.canonical[name] {
        canonical[name] = given
      } else if let told = addresses[name]?.names, told.count == 1, told[0] != name {
        if let given = aliases.canonical[told[0]] {
          canonical[name] = given
        } else if names.contains(told[0]) {
          canonical[name] = told[0]
        }
      }
    }
  }

  func name(of backend: String) -> String { canonical[backend] ?? backend }

  func renamed(_ parts: [BackendKey: BackendDigest]) -> [BackendKey: BackendDigest] {
    guard !canonical.isEmpty else { return parts }
    var renamed: [BackendKey: BackendDigest] = [:]
    for (key, part) in parts {
      var key = key
      key.backend = name(of: key.backend)
      renamed[key, default: BackendDigest()].merge(part)
    }
    return renamed
  }
}

import LogEvents

/// Which backend serves which path, where only the error log names backends and only the access log
/// tells successes.
///
/// A failure that both logs tell has one client and one time: where such pairs of a path point to one
/// backend, the path's access records become that backend's.
struct PathTie {
  /// The parts of the digest, paths that were recognized under their backend's name.
  private(set) var parts: [BackendKey: BackendDigest]

  /// Pairs that must agree before a path is given to a backend, and their least share.
  private static let leastVotes = 3
  private static let leastShare = 0.8
  /// An access log stamps the start, the error log the failure; milliseconds.
  private static let reach: Int64 = 130_000

  init(_ digest: Digest) {
    parts = digest.backends
    let paths = parts.keys.filter { $0.journal == .access && $0.backend.hasPrefix("path ") }
    guard !paths.isEmpty else { return }
    for (gateway, keys) in Dictionary(grouping: paths, by: \.gateway).sorted(by: { $0.key < $1.key }) {
      let errors = failures(of: gateway)
      guard !errors.isEmpty else { continue }
      for key in keys.sorted() {
        guard let path = parts[key], !path.failures.isEmpty,
          let backend = backend(of: path, errors)
        else { continue }
        let target = BackendKey(backend: backend, gateway: gateway, journal: .access)
        parts[key] = nil
        parts[target, default: BackendDigest()].merge(path)
      }
    }
  }

  private struct Failure {
    var time: Int64
    var backend: String
  }

  /// What the error log of a gateway says, by client, in order of time.
  private func failures(of gateway: String) -> [String: [Failure]] {
    var byClient: [String: [Failure]] = [:]
    for (key, data) in parts where key.gateway == gateway && key.journal == .error {
      for cell in data.failures.cells {
        guard let kept = cell.exemplar, let client = kept.client else { continue }
        byClient[client, default: []].append(Failure(time: kept.time, backend: key.backend))
      }
    }
    return byClient.mapValues { $0.sorted { ($0.time, $0.backend) < ($1.time, $1.backend) } }
  }

  private func backend(of path: BackendDigest, _ errors: [String: [Failure]]) -> String? {
    var votes: [String: Int] = [:]
    for cell in path.failures.cells {
      guard let kept = cell.exemplar, let client = kept.client, let candidates = errors[client] else {
        continue
      }
      // The first failure of this client since the request began.
      if let near = candidates.first(where: {
        $0.time >= kept.time - 1000 && $0.time <= kept.time + Self.reach
      }) {
        votes[near.backend, default: 0] += 1
      }
    }
    let all = votes.values.reduce(0, +)
    guard let most = votes.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }),
      most.value >= Self.leastVotes, Double(most.value) >= Self.leastShare * Double(all)
    else { return nil }
    return most.key
  }
}

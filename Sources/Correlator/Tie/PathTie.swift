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
    for (gateway, keys) in Dictionary(grouping: paths, by: \.gateway).sorted(by: { $0.key < $1.key }
    ) {
      let errors = failures(of: gateway)
      guard !errors.isEmpty else { continue }
      var totals: [String: Int] = [:]
      for (key, data) in parts where key.gateway == gateway && key.journal == .error {
        totals[key.backend, default: 0] += data.failures.total
      }
      for key in keys.sorted() {
        guard let path = parts[key], !path.failures.isEmpty,
          let backend = backend(of: path, errors, totals) ?? twin(of: path, gateway)
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

  /// The one backend that fails as often as the path and at the same times.
  private func twin(of path: BackendDigest, _ gateway: String) -> String? {
    let total = path.failures.total
    guard total >= 20 else { return nil }
    let twins = parts.keys.sorted().filter { key in
      guard key.gateway == gateway, key.journal == .error, let error = parts[key] else {
        return false
      }
      let ratio = Double(error.failures.total) / Double(total)
      return ratio > 0.9 && ratio < 1.1
        && Self.covered(path.failures, by: error.failures) > 0.9
        && Self.covered(error.failures, by: path.failures) > 0.9
    }
    return twins.count == 1 ? twins[0].backend : nil
  }

  /// Share of the failures of one series that have failures of the other within a few seconds.
  private static func covered(_ series: CellSeries, by other: CellSeries) -> Double {
    let reach: Int64 = 8000
    var near = 0
    var from = 0
    for cell in series.cells {
      while from < other.cells.count, other.cells[from].last < cell.first - reach { from += 1 }
      if from < other.cells.count, other.cells[from].first <= cell.last + reach {
        near += cell.count
      }
    }
    return Double(near) / Double(max(1, series.total))
  }

  /// The client's failure nearest to the end of the request, or the first since it began where the
  /// access log has no duration.
  private static func nearest(_ request: StoredEvent, _ candidates: [Failure]) -> Failure? {
    guard request.duration >= 0 else {
      return candidates.first { $0.time >= request.time - 1000 && $0.time <= request.time + reach }
    }
    let end = request.time + Int64(request.duration)
    let near = candidates.min { abs($0.time - end) < abs($1.time - end) }
    // The stamp of the start may be cut to whole seconds.
    return near.flatMap { abs($0.time - end) <= 1500 ? $0 : nil }
  }

  private func backend(
    of path: BackendDigest, _ errors: [String: [Failure]], _ totals: [String: Int]
  ) -> String? {
    var votes: [String: Int] = [:]
    for cell in path.failures.cells {
      guard let kept = cell.exemplar, let client = kept.client, let candidates = errors[client]
      else {
        continue
      }
      guard let near = Self.nearest(kept, candidates) else { continue }
      votes[near.backend, default: 0] += 1
    }
    let all = votes.values.reduce(0, +)
    guard let most = votes.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }),
      most.value >= Self.leastVotes
    else { return nil }
    let share = Double(most.value) / Double(all)
    if share >= Self.leastShare { return most.key }
    // Few pairs are kept of failures that come in bursts: then as many failures must be there.
    let told = totals[most.key] ?? 0
    let ratio = Double(told) / Double(max(1, path.failures.total))
    return share >= 0.6 && ratio > 0.8 && ratio < 1.25 ? most.key : nil
  }
}

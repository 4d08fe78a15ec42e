import LogEvents

/// What one gateway tells of a backend, error log and access log together.
struct GatewayShare: Sendable {
  /// Empty where unknown.
  var gateway: String
  var data: BackendDigest
}

/// One backend as all gateways and logs together tell of it, each failed exchange once.
struct Subject: Sendable {
  var backend: String
  var gateways: [String]
  var data: BackendDigest
  /// The same by gateway.
  var shares: [GatewayShare] = []
  /// Logs in which this backend's failures stand.
  var knowsSuccesses: Bool { !data.successes.isEmpty }

  /// The backends of a digest's parts, in the order of their names.
  static func all(of parts: [BackendKey: BackendDigest]) -> [Subject] {
    var subjects: [Subject] = []
    let keys = parts.keys.sorted()
    var at = 0
    while at < keys.count {
      let name = keys[at].backend
      var subject = Subject(backend: name, gateways: [], data: BackendDigest())
      while at < keys.count, keys[at].backend == name {
        let gateway = keys[at].gateway
        var journals: [Journal: BackendDigest] = [:]
        while at < keys.count, keys[at].backend == name, keys[at].gateway == gateway {
          journals[keys[at].journal] = parts[keys[at]]
          at += 1
        }
        if !gateway.isEmpty { subject.gateways.append(gateway) }
        let told = tied(journals[.error], journals[.access])
        subject.shares.append(GatewayShare(gateway: gateway, data: told))
        subject.data.merge(told)
      }
      subjects.append(subject)
    }
    return subjects
  }

  /// One gateway's error log and access log, in which the same failed exchange may stand twice: what
  /// the error log tells counts, and of the access log what has no partner there.
  private static func tied(_ error: BackendDigest?, _ access: BackendDigest?) -> BackendDigest {
    guard var error else { return access ?? BackendDigest() }
    guard var access else { return error }
    if !error.failures.isEmpty, !access.failures.isEmpty {
      let before = access.failures.total
      access.failures = unpaired(access.failures, with: error.failures)
      let left = access.failures.total
      access.entries = left
      access.entriesWithTransaction = 0
      access.attempts = 0
      access.classes = reduced(access.classes, from: before, to: left)
      access.classSeries = access.classSeries.reduced(
        to: access.failures, classes: access.classes)
      // Like is compared with like: the log that tells successes tells of these failures too.
      error.failedSample = ExchangeSample(limit: error.failedSample.limit)
    }
    error.merge(access)
    return error
  }

  /// An access log may stamp an exchange at its start, the error log does when it fails: the longest
  /// time-out in use lies between them, in milliseconds.
  private static let reach: Int64 = 130_000

  private static func unpaired(_ access: CellSeries, with errors: CellSeries) -> CellSeries {
    var open = errors.cells.map(\.count)
    var left: [CellSeries.Cell] = []
    var from = 0
    let reach = reach + access.widthMilliseconds + errors.widthMilliseconds
    for var cell in access.cells {
      while from < open.count, open[from] == 0 || errors.cells[from].last < cell.first - reach {
        from += 1
      }
      // Nearest in time first.
      var candidates: [Int] = []
      var at = from
      while at < open.count, errors.cells[at].first <= cell.last + reach {
        if open[at] > 0 { candidates.append(at) }
        at += 1
        if candidates.count >= 512 { break }
      }
      candidates.sort {
        (abs(errors.cells[$0].first - cell.first), $0) < (
          abs(errors.cells[$1].first - cell.first), $1
        )
      }
      for candidate in candidates where cell.count > 0 {
        let paired = min(cell.count, open[candidate])
        open[candidate] -= paired
        cell.count -= paired
      }
      if cell.count > 0 { left.append(cell) }
    }
    return CellSeries(limit: access.limit, level: access.level, cells: left)
  }

  /// The classes of what is left, the unspecific ones given up first.
  private static func reduced(_ classes: [Outcome: Int], from: Int, to: Int) -> [Outcome: Int] {
    var excess = from - to
    var kept = classes
    for (outcome, count) in classes.sorted(by: { $0.key.rawValue > $1.key.rawValue }) {
      let taken = min(excess, count)
      kept[outcome] = count == taken ? nil : count - taken
      excess -= taken
    }
    return kept
  }
}

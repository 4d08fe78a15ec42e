import LogEvents

/// Fills in what surrounds each case, when all cases of all backends are known.
struct Comparisons {
  let subjects: [Subject]
  let changes: [Change]
  let aborts: [String: ExchangeTime]
  let window: Interval

  private let byName: [String: Subject]
  /// Places among the subjects, in the order of their names.
  private let byHost: [String: [Int]]
  private let byPool: [String: [Int]]
  /// Gateways of which an error log was read.
  private let errorLogs: Set<String>

  init(_ subjects: [Subject], _ tied: TiedParts, _ window: Interval) {
    self.subjects = subjects
    changes = tied.changes
    aborts = tied.aborts
    self.window = window
    byName = Dictionary(subjects.map { ($0.backend, $0) }, uniquingKeysWith: { first, _ in first })
    let single = subjects.indices.filter { !BackendKey.stands(forMany: subjects[$0].backend) }
    let places = single.sorted { subjects[$0].backend < subjects[$1].backend }
    byHost = Dictionary(grouping: places) { Self.host(subjects[$0].backend) ?? "" }
    var pools: [String: [Int]] = [:]
    for place in places {
      for pool in subjects[place].data.pools.names { pools[pool, default: []].append(place) }
    }
    byPool = pools
    errorLogs = Set(tied.parts.keys.filter { $0.journal == .error }.map(\.gateway))
  }

  /// Siblings that are told of; more say no more.
  private static let limit = 16

  func fill(_ found: inout Case) {
    guard found.pattern != .follows else { return }
    if !found.backends.isEmpty {
      let members = found.backends.compactMap { byName[$0] }
      found.surroundings.products = Set(members.flatMap(\.data.products.names)).sorted()
      found.surroundings.change = change(before: found)
      return
    }
    guard let subject = byName[found.backend] else { return }
    var around = Surroundings()
    let range = found.interval.start.milliseconds...found.interval.end.milliseconds
    around.products = subject.data.products.names
    around.hasErrorLog = errorLogs.contains {
      subject.gateways.isEmpty || subject.gateways.contains($0)
    }
    if subject.shares.count > 1 {
      around.gateways = subject.shares.prefix(Self.limit).map {
        Self.tally(
          $0.gateway.isEmpty ? "(gateway not named)" : $0.gateway, $0.data.failures,
          $0.data.successes, range)
      }
    }
    around.members = siblings(
      of: subject, range, in: subject.data.pools.names.compactMap { byPool[$0] })
    around.ports = siblings(
      of: subject, range, in: [Self.host(subject.backend).flatMap { byHost[$0] } ?? []])
    around.onset = onset(subject, found)
    around.change = change(before: found)
    around.pile = pile(subject, found)
    around.concurrency = concurrency(subject, found)
    around.secondsInside = Double(range.upperBound - range.lowerBound) / 1000
    let whole = Double(window.end.milliseconds - window.start.milliseconds) / 1000
    around.secondsOutside = max(0, whole - around.secondsInside)
    if let aborts = aborts[found.backend] {
      around.abortsInside = aborts.sums(from: range.lowerBound, to: range.upperBound).count
      around.abortsOutside = aborts.count - around.abortsInside
    }
    if (found.classes[.dnsFailure] ?? 0) > 0 {
      around.unresolved = subjects.filter {
        $0.backend != found.backend
          && ($0.data.classes[.dnsFailure] ?? 0) * 2 > $0.data.failures.total
          && !Set($0.gateways).isDisjoint(with: subject.gateways)
      }.prefix(Self.limit).map {
        Self.tally($0.backend, $0.data.failures, $0.data.successes, range)
      }.filter { $0.failures > 0 }
    }
    found.surroundings = around
  }

  // MARK: Siblings

  /// The first ones by name that are in one of the groups.
  private func siblings(
    of subject: Subject, _ range: ClosedRange<Int64>, in groups: [[Int]]
  ) -> [Surroundings.Tally] {
    guard !BackendKey.stands(forMany: subject.backend) else { return [] }
    // One more of each group, because the subject is one of them.
    let places = Set(groups.flatMap { $0.prefix(Self.limit + 1) })
    let named = places.map { (place: $0, name: subjects[$0].backend) }
    return named.filter { $0.name != subject.backend }.sorted { $0.name < $1.name }
      .prefix(Self.limit)
      .map {
        let data = subjects[$0.place].data
        return Self.tally($0.name, data.failures, data.successes, range)
      }
      .filter { $0.failures + $0.successes > 0 }
  }

  /// `nil` where the name is no `host:port`.
  private static func host(_ backend: String) -> String? {
    guard let colon = backend.lastIndex(of: ":"), colon > backend.startIndex,
      Int(backend[backend.index(after: colon)...]) != nil
    else { return nil }
    return String(backend[..<colon])
  }

  private static func tally(
    _ name: String, _ failures: CellSeries, _ successes: CountSeries, _ range: ClosedRange<Int64>
  ) -> Surroundings.Tally {
    // By place: a copy of a cell would own its exemplar's texts anew.
    let cells = failures.cells
    let places = cells.indices.lazy.filter {
      cells[$0].last >= range.lowerBound && cells[$0].first <= range.upperBound
    }
    return Surroundings.Tally(
      name, failures: places.reduce(0) { $0 + cells[$1].count },
      successes: successes.cells.reduce(0) {
        $0 + ($1.first >= range.lowerBound && $1.last <= range.upperBound ? $1.count : 0)
      })
  }

  // MARK: What came before

  /// For exchanges that found no member: the first failure of a member, of another kind.
  private func onset(_ subject: Subject, _ found: Case) -> Surroundings.Onset? {
    guard (found.classes[.poolExhausted] ?? 0) * 2 > found.failures else { return nil }
    let pools = Set(subject.data.pools.names + [Self.pool(of: found.backend)])
    let family = subjects.filter {
      $0.backend == subject.backend || !pools.isDisjoint(with: $0.data.pools.names)
    }
    // Five minutes: longer than the checks and ejections that take members out.
    let earliest = found.interval.start.milliseconds - 300_000
    var first: (event: StoredEvent, backend: String)?
    for member in family {
      for cell in member.data.failures.cells {
        guard let kept = cell.exemplar, kept.outcome != .poolExhausted, kept.time >= earliest,
          kept.time <= found.interval.start.milliseconds
        else { continue }
        if let first, !kept.isEarlier(than: first.event) { continue }
        first = (kept, member.backend)
      }
    }
    return first.map { Surroundings.Onset(backend: $0.backend, exemplar: $0.event.exemplar) }
  }

  private static func pool(of backend: String) -> String {
    backend.hasPrefix("pool ") ? String(backend.dropFirst(5)) : backend
  }

  private func change(before found: Case) -> Change? {
    let start = found.interval.start.milliseconds
    return changes.last { change in
      guard change.time <= start + 1000, change.time >= start - 120_000, change.kind != .serverUp
      else { return false }
      let isHere =
        change.gateway.isEmpty || found.gateways.isEmpty
        || found.gateways.contains(change.gateway)
      switch change.kind {
      case .deploy, .restart: return isHere
      case .serverDown, .serverUp:
        return change.backend == found.backend || found.backends.contains(change.backend)
      }
    }
  }

  // MARK: Durations

  private func pile(_ subject: Subject, _ found: Case) -> DurationPile? {
    let own = subject.data.durations.pile(of: Set(found.classes.keys))
    if let own, own.known * 2 >= found.failures { return own }
    // The error log names the class, the access log beside it has the durations.
    let failing = Set(Outcome.allCases.filter(\.countsAgainstBackend))
    return subject.data.durations.pile(of: failing)
  }

  /// Only where nearly all exchanges have a duration and the busy part is long against it.
  private func concurrency(_ subject: Subject, _ found: Case) -> Surroundings.Concurrency? {
    let work = subject.data.work
    let all = subject.data.failures.total + subject.data.successes.total
    guard all > 0, work.count * 10 >= all * 9 else { return nil }
    let parts = found.intervals.isEmpty ? [found.interval] : found.intervals
    var best: Surroundings.Concurrency?
    var held = (milliseconds: Int64(0), length: Int64(0))
    for part in parts {
      let sums = work.sums(from: part.start.milliseconds, to: part.end.milliseconds)
      guard sums.count > 0 else { continue }
      held.milliseconds += sums.milliseconds
      held.length += sums.length
      let mean = sums.milliseconds / Int64(sums.count)
      guard sums.length >= 3 * max(1, mean) else { continue }
      let inside = Double(sums.milliseconds) / Double(sums.length)
      if inside > best?.inside ?? 0 {
        best = Surroundings.Concurrency(
          inside: inside, outside: nil, busiest: part, meanMilliseconds: mean)
      }
    }
    let whole = work.sums(from: window.start.milliseconds, to: window.end.milliseconds)
    if whole.length > held.length, best != nil {
      best?.outside =
        Double(whole.milliseconds - held.milliseconds) / Double(whole.length - held.length)
    }
    return best
  }
}

extension StoredEvent {
  /// In order of time, then of the place where it stands.
  fileprivate func isEarlier(than other: StoredEvent) -> Bool {
    (time, file, line) < (other.time, other.file, other.line)
  }
}

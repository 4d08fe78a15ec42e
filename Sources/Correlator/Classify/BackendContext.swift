import Glibc
import LogEvents

/// One backend's classification.
struct BackendContext {
  let subject: Subject
  let digest: Digest
  let window: ClosedRange<Int64>
  /// The time in which successes would have been seen; `nil` when they never are.
  let covered: ClosedRange<Int64>?
  let resolution: Int64

  init(_ subject: Subject, digest: Digest, window: Interval) {
    self.subject = subject
    self.digest = digest
    self.window = window.start.milliseconds...window.end.milliseconds
    let isWhole = subject.data.failures.isOfWholeSeconds && subject.data.successes.isOfWholeSeconds
    resolution = isWhole ? 999 : 0
    covered = Self.covered(subject, digest)
  }

  /// From the first to the last record of the logs that tell this backend's successes.
  private static func covered(_ subject: Subject, _ digest: Digest) -> ClosedRange<Int64>? {
    let streams = subject.data.successStreams.names.compactMap { digest.streams[$0] }
    guard let first = streams.map(\.first).min(), let last = streams.map(\.last).max() else {
      return nil
    }
    return first...last
  }

  /// Seconds of the whole window.
  var length: Double { max(1, Double(window.upperBound - window.lowerBound) / 1000) }

  func classified() -> [Case] {
    let timeline = Timeline(
      failures: subject.data.failures, successes: subject.data.successes, resolution: resolution)
    guard let covered else { return withoutSuccesses(timeline) }
    let inside = timeline.restricted(to: covered)
    guard inside.failures * 2 >= timeline.failures, inside.successes > 0 else {
      return WithoutSuccesses(context: self, timeline: timeline).cases()
    }
    var cases = WithSuccesses(context: self, timeline: inside, covered: covered).cases()
    let outside = timeline.failures - inside.failures
    if outside > 0, var first = cases.first {
      first.evidence.append(Measure("failuresBeforeSuccessesAreKnown", Double(outside)))
      cases[0] = first
    }
    return cases
  }

  /// Intervals without success, as far as successes are known.
  func outages() -> [Outage] {
    guard let covered else { return [] }
    let timeline = Timeline(
      failures: subject.data.failures, successes: subject.data.successes, resolution: resolution)
    return OutageSearch(
      timeline: timeline.restricted(to: covered), covered: covered, runs: subject.data.knownRuns,
      successStreams: subject.data.successStreams.names
    ).run().accepted
  }

  /// No success of this backend: "never worked" where the same gateway tells successes of others.
  private func withoutSuccesses(_ timeline: Timeline) -> [Case] {
    let others = digest.backends.contains { key, data in
      key.backend != subject.backend && key.isMember && !data.successes.isEmpty
        && (subject.gateways.isEmpty || subject.gateways.contains(key.gateway))
    }
    guard others else { return WithoutSuccesses(context: self, timeline: timeline).cases() }
    guard timeline.failures >= 6 else { return [insufficient(timeline)] }
    var found = make(.constant, timeline, from: timeline, confidence: 0.9)
    found.requests = timeline.failures
    found.evidence.append(Measure("neverWorked", 1))
    found.confidenceReason =
      "no success of this backend, while other backends of the same gateway succeed"
    return [found]
  }

  // MARK: Intervals for groups

  /// When the case's backend was out or in trouble, one after the other.
  func badIntervals(of found: Case, place: Int) -> [BadInterval] {
    func bad(_ interval: Interval, _ failures: Int, _ lastSuccess: Timestamp? = nil) -> BadInterval
    {
      BadInterval(
        backend: subject.backend, gateways: subject.gateways,
        start: interval.start.milliseconds, end: interval.end.milliseconds,
        failures: max(1, failures), lastSuccess: lastSuccess?.milliseconds,
        isOutage: found.pattern != .clustered || !subject.knowsSuccesses, place: place)
    }
    guard subject.knowsSuccesses else {
      return unseenIntervals().map { bad($0.0, $0.1) }
    }
    switch found.pattern {
    case .constant: return [bad(found.interval, found.failures, found.lastSuccess)]
    case .flapping, .clustered:
      return found.intervals.enumerated().map { number, interval in
        let known = number < found.precedingSuccesses.count
        return bad(
          interval, found.failures / found.intervals.count,
          known ? found.precedingSuccesses[number] : nil)
      }
    default: return []
    }
  }

  /// Without successes: blocks of high rate, or their hull where little lies between them, or all
  /// that failed (correlation.md §6.1).
  private func unseenIntervals() -> [(Interval, Int)] {
    let timeline = Timeline(
      failures: subject.data.failures, successes: subject.data.successes, resolution: resolution)
    let failing = timeline.slices.filter { $0.failures > 0 }
    guard let first = failing.first, let last = failing.last, timeline.failures >= 4 else {
      return []
    }
    func interval(_ start: Int64, _ end: Int64) -> Interval {
      Interval(start: Timestamp(milliseconds: start), end: Timestamp(milliseconds: end))
    }
    let all = [(interval(first.firstFailure, last.lastFailure), timeline.failures)]
    let rates = RateBlocks(timeline, over: window)
    let least = max(4, Double(timeline.failures) / 20)
    let blocks = rates.blocks.filter { $0.failures >= least }.map { block in
      let start = rates.time(ofBin: block.bins.lowerBound)
      let end = rates.time(ofBin: block.bins.upperBound)
      let inside = failing.filter { $0.lastFailure >= start && $0.firstFailure <= end }
      return (
        interval(
          max(start, inside.first?.firstFailure ?? start),
          min(end, inside.last?.lastFailure ?? end)), Int(block.failures)
      )
    }
    guard let opening = blocks.first, let closing = blocks.last else { return all }
    let held = Double(blocks.reduce(0) { $0 + $1.1 })
    guard blocks.count > 1, held >= 0.8 * Double(timeline.failures) else { return blocks }
    let hull = Double(closing.0.end.milliseconds - opening.0.start.milliseconds)
    let breaks = zip(blocks, blocks.dropFirst()).map {
      Double($1.0.start.milliseconds - $0.0.end.milliseconds)
    }
    guard (breaks.max() ?? 0) < max(0.35 * hull, 50_400_000 * (hull > 86_400_000 ? 1 : 0)) else {
      return blocks
    }
    return [(Interval(start: opening.0.start, end: closing.0.end), timeline.failures)]
  }

  // MARK: Making cases

  func insufficient(_ timeline: Timeline, reason: String? = nil) -> Case {
    var found = make(.insufficient, timeline, from: timeline, confidence: 0.3)
    found.confidenceReason = reason ?? "too few failures to tell a pattern"
    if !subject.knowsSuccesses {
      found.missing.append("an access log of the same gateway, to know how many requests succeeded")
    } else {
      found.missing.append("a longer stretch of the same logs")
    }
    return found
  }

  func concentrated(_ answer: Keys.Answer, _ timeline: Timeline) -> Case {
    var found = make(
      answer.pattern, timeline, from: timeline, confidence: answer.lift == nil ? 0.6 : 0.9)
    found.key = answer.keys.joined(separator: ", ")
    found.evidence = [Measure("share", answer.share)]
    if let lift = answer.lift { found.evidence.append(Measure("lift", lift)) }
    found.confidenceReason =
      answer.lift == nil
      ? "share of the failures, not lift: successes are unknown"
      : "the failures share it, the successes do not"
    return found
  }

  func recurring(_ timeline: Timeline) -> Periods.Answer? {
    // A limited log is the most periodic thing there is.
    guard digest.suppressions.count == 0,
      subject.knowsSuccesses || !RateLimit.isLimited(timeline)
    else { return nil }
    let answer =
      Periods(timeline).answer()
      ?? (subject.data.failures.level > 0 ? Periods.answer(subject.data.fine) : nil)
    guard let answer, !Periods.isTraffic(answer, timeline) else { return nil }
    // Where only the span of repeated messages is known, short periods are not.
    let isSpread = subject.data.spread * 4 >= timeline.failures
    guard !isSpread || answer.period >= 120 else { return nil }
    return answer
  }

  func periodic(_ answer: Periods.Answer, _ timeline: Timeline) -> Case {
    var found = make(
      .periodic, timeline, from: timeline,
      confidence: min(subject.knowsSuccesses ? 0.85 : 0.7, 0.5 + 0.03 * Double(answer.hits)))
    found.seconds = answer.period
    found.evidence = [
      Measure("ticksHit", Double(answer.hits)), Measure("ticks", Double(answer.ticks)),
      Measure("clockLocked", answer.isClockLocked ? 1 : 0), Measure("score", answer.score),
    ]
    found.confidenceReason = "\(answer.hits) of \(answer.ticks) ticks were hit"
    return found
  }

  /// A case over the failures of `part`.
  func make(
    _ pattern: Pattern, _ part: Timeline, from whole: Timeline, confidence: Double
  ) -> Case {
    let failing = part.slices.filter { $0.failures > 0 }
    let start = failing.map(\.firstFailure).min() ?? window.lowerBound
    let end = failing.map(\.lastFailure).max() ?? window.upperBound
    return make(
      pattern, start...end, failures: part.failures,
      requests: subject.knowsSuccesses ? part.failures + part.successes : nil,
      confidence: confidence)
  }

  func make(
    _ pattern: Pattern, _ range: ClosedRange<Int64>, failures: Int, requests: Int?,
    confidence: Double
  ) -> Case {
    var found = Case(
      pattern: pattern, backend: subject.backend,
      interval: Interval(
        start: Timestamp(milliseconds: range.lowerBound),
        end: Timestamp(milliseconds: range.upperBound)),
      failures: failures, confidence: confidence)
    found.requests = requests
    found.gateways = subject.gateways
    found.services = subject.data.services.names
    let addresses = subject.data.addresses.names
    found.address = addresses.count == 1 ? addresses[0] : nil
    found.pool = subject.data.pools.names.first
    found.classes = classes(in: range)
    found.exemplars = exemplars(in: range)
    found.shape = shape()
    return found
  }

  // By place, because a copy of a cell or of an exemplar would own its texts anew.

  /// Classes within a range, estimated from the cells' exemplars unless it holds all failures or there are
  /// finer cells.
  private func classes(in range: ClosedRange<Int64>) -> [Outcome: Int] {
    let cells = subject.data.failures.cells
    let places = cells.indices.filter {
      cells[$0].last >= range.lowerBound && cells[$0].first <= range.upperBound
    }
    guard places.count < cells.count else { return subject.data.classes }
    guard subject.data.failures.level <= subject.data.classSeries.level else {
      return subject.data.classSeries.classes(in: range)
    }
    var counts: [Outcome: Int] = [:]
    for place in places {
      guard let outcome = cells[place].exemplar?.outcome else { continue }
      counts[outcome, default: 0] += cells[place].count
    }
    return counts
  }

  /// The first, a middle and the last failure kept of a range.
  private func exemplars(in range: ClosedRange<Int64>) -> [Exemplar] {
    let cells = subject.data.failures.cells
    var kept = cells.indices.filter { place in
      guard let time = cells[place].exemplar?.time else { return false }
      return range.contains(time)
    }
    if kept.count > 3 { kept = [kept[0], kept[kept.count / 2], kept[kept.count - 1]] }
    return kept.compactMap { cells[$0].exemplar?.exemplar }
  }

  /// Failures in twelve equal slices of the window.
  private func shape() -> [Int] {
    var counts = [Int](repeating: 0, count: 12)
    let length = max(1, window.upperBound - window.lowerBound + 1)
    let cells = subject.data.failures.cells
    for place in cells.indices {
      let slice = Int((cells[place].first - window.lowerBound) * 12 / length)
      counts[min(11, max(0, slice))] += cells[place].count
    }
    return counts
  }
}

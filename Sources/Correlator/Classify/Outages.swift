import Glibc
import LogEvents

/// An interval in which nothing succeeded although successes were due.
struct Outage {
  var firstFailure: Int64
  var lastFailure: Int64
  var failures: Int
  /// Successes inside, at most a few stragglers.
  var leaked: Int
  /// Neighbouring successes; `nil` at the edge of what the logs cover.
  var lastSuccess: Int64?
  var nextSuccess: Int64?
  /// Successes that were due in the gap.
  var due = 0.0
  /// ln-evidence against a chance gap (correlation.md §5.3).
  var evidence = 0.0

  var length: Int64 { lastFailure - firstFailure }
}

/// Finds the intervals without success and weighs them (correlation.md §5.2, §5.3).
struct OutageSearch {
  let timeline: Timeline
  /// The time in which successes would have been seen.
  let covered: ClosedRange<Int64>
  let runs: [SuccessFreeRun]
  let successStreams: [String]

  struct Answer {
    var candidates: [Outage] = []
    var accepted: [Outage] = []
    /// Failures in all candidates.
    var held: Int { candidates.reduce(0) { $0 + $1.failures } }
  }

  func run() -> Answer {
    var answer = Answer()
    answer.candidates = weighed(candidates())
    let failureRuns = failureRunCount()
    let theta = 5 + log(1 + Double(max(0, failureRuns - 1)))
    let order = answer.candidates.indices.sorted {
      answer.candidates[$0].evidence > answer.candidates[$1].evidence
    }
    var accepted: [Int] = []
    for index in order {
      let outage = answer.candidates[index]
      let needed = accepted.isEmpty ? theta : max(3.5, theta - 4)
      if outage.failures >= 4, outage.evidence >= needed { accepted.append(index) }
    }
    if accepted.count < 4, answer.candidates.count >= 4 {
      // Many short phases: none is certain alone, all together are.
      let evidences = answer.candidates.map(\.evidence).sorted()
      let median = evidences[evidences.count / 2]
      let sum = evidences.reduce(0) { $0 + max(0, $1) }
      if median >= 4, sum >= 16 + theta,
        Double(answer.held) >= 0.6 * Double(timeline.failures)
      {
        accepted = answer.candidates.indices.filter { answer.candidates[$0].evidence > 0 }
      }
    }
    answer.accepted = accepted.sorted().map { answer.candidates[$0] }
    return answer
  }

  /// Failures without a success in between count as one run.
  private func failureRunCount() -> Int {
    var runs = 0
    var isFailing = false
    for slice in timeline.slices {
      if slice.failures > 0, !isFailing { runs += 1 }
      isFailing =
        slice.failures > 0 && (slice.successes == 0 || slice.lastFailure > slice.lastSuccess)
    }
    return runs
  }

  // MARK: Candidates

  /// Kleinberg's automaton with binomial outcomes: up, bad, down.
  private func candidates() -> [Outage] {
    let slices = timeline.slices
    let (f, n) = (Double(timeline.failures), Double(timeline.failures + timeline.successes))
    guard n > 0, !slices.isEmpty else { return [] }
    let ratios = [min(0.05, max(0.002, 0.2 * f / n)), 0.5, 0.985]
    let change = 3.0
    // The three states side by side.
    let failing = SIMD3(ratios.map { log($0) })
    let working = SIMD3(ratios.map { log(1 - $0) })
    var costs = SIMD3<Double>()
    var back: [(UInt8, UInt8, UInt8)] = []
    back.reserveCapacity(slices.count)
    for slice in slices {
      let best = UInt8(truncatingIfNeeded: Self.least(costs))
      let changed = costs[Int(best)] + change
      let changes = changed .< costs
      costs.replace(with: changed, where: changes)
      costs -= Double(slice.failures) * failing + Double(slice.successes) * working
      back.append((changes[0] ? best : 0, changes[1] ? best : 1, changes[2] ? best : 2))
    }
    var state = Self.least(costs)
    var states = [Int](repeating: 0, count: slices.count)
    for index in slices.indices.reversed() {
      states[index] = state
      let from = back[index]
      state = Int(state == 0 ? from.0 : state == 1 ? from.1 : from.2)
    }
    var ranges: [ClosedRange<Int>] = []
    var at = 0
    while at < slices.count {
      guard states[at] == 2 else {
        at += 1
        continue
      }
      var end = at
      while end + 1 < slices.count, states[end + 1] == 2 { end += 1 }
      var (low, high) = (at, end)
      while low <= high, slices[low].failures == 0 { low += 1 }
      while high >= low, slices[high].failures == 0 { high -= 1 }
      if low <= high { ranges.append(low...high) }
      at = end + 1
    }
    var found = merged(ranges).map(outage(over:))
    if timeline.width > 2000 { found = withRuns(found) }
    return found
  }

  private func count(_ range: ClosedRange<Int>) -> (failures: Int, successes: Int) {
    var sums = (0, 0)
    for index in range {
      sums.0 += timeline.slices[index].failures
      sums.1 += timeline.slices[index].successes
    }
    return sums
  }

  /// Neighbours with hardly a success between them are one outage.
  private func merged(_ ranges: [ClosedRange<Int>]) -> [ClosedRange<Int>] {
    var merged: [ClosedRange<Int>] = []
    for range in ranges {
      guard let last = merged.last else {
        merged.append(range)
        continue
      }
      let between =
        last.upperBound + 1 < range.lowerBound
        ? count((last.upperBound + 1)...(range.lowerBound - 1)).successes : 0
      let smaller = min(count(last).failures, count(range).failures)
      let allowed = max(0.02 * Double(smaller), smaller >= 40 ? 2 : smaller >= 20 ? 1 : 0)
      if Double(between) <= allowed {
        merged[merged.count - 1] = last.lowerBound...range.upperBound
      } else {
        merged.append(range)
      }
    }
    return merged
  }

  private func outage(over range: ClosedRange<Int>) -> Outage {
    let slices = timeline.slices
    let (failures, successes) = count(range)
    var outage = Outage(
      firstFailure: slices[range].map(\.firstFailure).min() ?? slices[range.lowerBound].start,
      lastFailure: slices[range].map(\.lastFailure).max() ?? slices[range.upperBound].end,
      failures: failures, leaked: successes)
    outage.lastSuccess = slices[..<range.lowerBound].last { $0.successes > 0 }?.lastSuccess
    outage.nextSuccess =
      slices[(range.upperBound + 1)...].first { $0.successes > 0 }?.firstSuccess
    return outage
  }

  /// Exact outages from the runs of streams, where cells are too wide to show them: groups of
  /// overlapping runs that cover every stream of the backend.
  private func withRuns(_ found: [Outage]) -> [Outage] {
    let streams = Set(successStreams)
    guard !streams.isEmpty else { return found }
    var result = found
    let byStart = runs.sorted { $0.firstFailure < $1.firstFailure }
    var at = 0
    while at < byStart.count {
      var group = [byStart[at]]
      var from = byStart[at].lastSuccess ?? covered.lowerBound
      var to = byStart[at].nextSuccess ?? covered.upperBound
      var next = at + 1
      while next < byStart.count {
        let start = max(from, byStart[next].lastSuccess ?? covered.lowerBound)
        let end = min(to, byStart[next].nextSuccess ?? covered.upperBound)
        guard start < end, byStart[next].firstFailure < to else { break }
        group.append(byStart[next])
        (from, to) = (start, end)
        next += 1
      }
      at = next
      guard Set(group.map(\.stream)).isSuperset(of: streams) else { continue }
      var outage = Outage(
        firstFailure: group.map(\.firstFailure).min() ?? from,
        lastFailure: group.map(\.lastFailure).max() ?? to,
        failures: group.reduce(0) { $0 + $1.failures }, leaked: 0)
      outage.lastSuccess = group.contains { $0.lastSuccess != nil } ? from : nil
      outage.nextSuccess = group.contains { $0.nextSuccess != nil } ? to : nil
      guard outage.failures >= 4,
        !result.contains(where: {
          $0.firstFailure <= outage.lastFailure && $0.lastFailure >= outage.firstFailure
        })
      else { continue }
      result.append(outage)
    }
    return result.sorted { $0.firstFailure < $1.firstFailure }
  }

  // MARK: Evidence

  private func weighed(_ candidates: [Outage]) -> [Outage] {
    let holes = candidates.map {
      ($0.lastSuccess ?? covered.lowerBound)...max(
        $0.lastSuccess ?? covered.lowerBound, $0.nextSuccess ?? covered.upperBound)
    }
    var exposure = Double(covered.upperBound - covered.lowerBound) / 1000
    for hole in holes { exposure -= Double(hole.upperBound - hole.lowerBound) / 1000 }
    let inside = candidates.reduce(0) { $0 + $1.leaked }
    let rate = Double(max(0, timeline.successes - inside)) / max(exposure, 1)
    guard rate > 0 else { return candidates }
    return candidates.enumerated().map { number, candidate in
      var candidate = shrunk(candidate)
      weigh(
        &candidate, rate: rate,
        others: holes.enumerated().filter { $0.offset != number }.map(\.element))
      return candidate
    }
  }

  /// A candidate with many stragglers becomes its longest success-free stretch.
  private func shrunk(_ candidate: Outage) -> Outage {
    let total = candidate.leaked + candidate.failures
    guard candidate.leaked > 0, Double(candidate.leaked) > 0.08 * Double(total) else {
      return candidate
    }
    var best: Outage?
    var current: Outage?
    var lastSuccess = candidate.lastSuccess
    for slice in timeline.slices
    where slice.end > candidate.firstFailure && slice.start <= candidate.lastFailure {
      if slice.successes > 0 {
        if var done = current {
          done.nextSuccess = slice.firstSuccess
          if done.length > best?.length ?? -1 { best = done }
          current = nil
        }
        lastSuccess = slice.lastSuccess
        continue
      }
      guard slice.failures > 0 else { continue }
      if current == nil {
        current = Outage(
          firstFailure: slice.firstFailure, lastFailure: slice.lastFailure, failures: 0,
          leaked: 0, lastSuccess: lastSuccess)
      }
      current?.failures += slice.failures
      current?.lastFailure = slice.lastFailure
    }
    if var done = current {
      done.nextSuccess = candidate.nextSuccess
      if done.length > best?.length ?? -1 { best = done }
    }
    return best ?? candidate
  }

  private func weigh(_ outage: inout Outage, rate: Double, others: [ClosedRange<Int64>]) {
    let a = outage.lastSuccess ?? covered.lowerBound
    let b = outage.nextSuccess ?? covered.upperBound
    let gap = Double(max(0, b - a - timeline.resolution)) / 1000
    let reach = Int64(max(8 * gap, 40 / rate) * 1000)
    let local = localRate(around: a, b, reach: reach, others: others)
    let lambda = min(local ?? rate, 3 * rate)
    let due = lambda * gap
    let leaked = Double(outage.leaked)
    outage.due = due
    outage.evidence = due - log(1 + due)
    if leaked > 0 { outage.evidence -= leaked * log(max(due, 1e-9) / leaked) + leaked }
    // As many successes as were due are no outage, however many requests failed.
    let requests = Double(outage.failures + outage.leaked) / 2
    let incidents = Double(
      timeline.restricted(to: outage.firstFailure...outage.lastFailure).incidents().count)
    let leastDue = max(due, incidents + leaked, requests)
    if leaked >= due || leaked > 0.08 * leastDue + 1 { outage.evidence = 0 }
    let length = Double(outage.length) / 1000
    let shortest = timeline.resolution > 0 ? 2.0 : 0.5
    if length < shortest || length < 0.3 * gap { outage.evidence = 0 }
  }

  /// The first of the least.
  private static func least(_ costs: SIMD3<Double>) -> Int {
    costs[1] < costs[0] ? (costs[2] < costs[1] ? 2 : 1) : costs[2] < costs[0] ? 2 : 0
  }

  /// Successes a second beside the gap, other candidates left out.
  private func localRate(
    around a: Int64, _ b: Int64, reach: Int64, others: [ClosedRange<Int64>]
  ) -> Double? {
    let sides = [
      max(covered.lowerBound, a - reach)...a, b...max(b, min(covered.upperBound, b + reach)),
    ]
    var exposure = 0.0
    var successes = 0.0
    for side in sides {
      var length = Double(side.upperBound - side.lowerBound)
      for other in others {
        let start = max(side.lowerBound, other.lowerBound)
        let end = min(side.upperBound, other.upperBound)
        if start < end { length -= Double(end - start) }
      }
      exposure += max(0, length) / 1000
      for slice in timeline.slices
      where slice.successes > 0 && slice.lastSuccess >= side.lowerBound
        && slice.firstSuccess <= side.upperBound
      {
        let span = Double(max(1, slice.lastSuccess - slice.firstSuccess))
        let start = max(slice.firstSuccess, side.lowerBound)
        let end = min(slice.lastSuccess, side.upperBound)
        successes += Double(slice.successes) * min(1, max(1, Double(end - start)) / span)
      }
    }
    guard exposure > 0 else { return nil }
    return successes / exposure
  }
}

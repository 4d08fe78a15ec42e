import Glibc
import LogEvents

/// Classifies a backend whose successes are known (correlation.md §5.2 to §5.8).
struct WithSuccesses {
  let context: BackendContext
  let timeline: Timeline
  let covered: ClosedRange<Int64>

  func cases() -> [Case] {
    let search = OutageSearch(
      timeline: timeline, covered: covered, runs: context.subject.data.knownRuns,
      successStreams: context.subject.data.successStreams.names)
    let answer = search.run()
    var outages = answer.accepted
    let total = Double(timeline.failures)
    if outages.count >= 4 {
      // Stalls of an overload are many candidates, of which only few stand the test.
      let held = Double(outages.reduce(0) { $0 + $1.failures })
      if Double(answer.held) >= 0.55 * total, held >= 0.65 * total {
        return flapping(answer, outages)
      }
      outages = outages.filter(isUndoubted)
    } else if Double(outages.reduce(0) { $0 + $1.failures }) < 0.04 * total {
      outages = outages.filter(isUndoubted)
    }
    let rest = remainder(without: outages)
    var cases = outages.map(constant)
    guard rest.failures >= 8 || outages.isEmpty, rest.failures > 0 else { return cases }
    var remaining = Remainder(context: context, timeline: rest, covered: covered).classified()
    if remaining.count > 1 { remaining[0] = Self.clusters(remaining[0], without: remaining[1]) }
    if !remaining.isEmpty {
      let stalls = cases.filter { isStall($0, of: remaining[0]) }
      cases.removeAll { found in stalls.contains { $0.interval == found.interval } }
      for stall in stalls { remaining[0].absorb(stall) }
    }
    return cases + remaining
  }

  private func isUndoubted(_ outage: Outage) -> Bool {
    outage.evidence >= 60 && outage.length >= 20_000
  }

  private func constant(_ outage: Outage) -> Case {
    let confidence = min(0.99, 0.8 + 0.015 * outage.evidence)
    var found = context.make(
      .constant, outage.firstFailure...lateEnd(of: outage), failures: failures(in: outage),
      requests: failures(in: outage) + outage.leaked, confidence: confidence)
    found.lastSuccess = outage.lastSuccess.map(Timestamp.init(milliseconds:))
    found.nextSuccess = outage.nextSuccess.map(Timestamp.init(milliseconds:))
    found.interval.end = Timestamp(milliseconds: outage.lastFailure)
    found.evidence = [
      Measure("successesDue", outage.due), Measure("successesSeen", Double(outage.leaked)),
      Measure("evidence", outage.evidence),
    ]
    found.confidenceReason =
      outage.leaked == 0
      ? "no success in the interval, \(Int(outage.due.rounded())) were due"
      : "\(outage.leaked) successes in the interval, \(Int(outage.due.rounded())) were due"
    return found
  }

  private func flapping(_ answer: OutageSearch.Answer, _ outages: [Outage]) -> [Case] {
    let first = outages.first?.firstFailure ?? covered.lowerBound
    let last = outages.last?.lastFailure ?? covered.upperBound
    var found = context.make(
      .flapping, first...max(first, last), failures: timeline.failures,
      requests: timeline.failures + timeline.successes, confidence: 0.9)
    found.intervals = outages.map {
      Interval(
        start: Timestamp(milliseconds: $0.firstFailure),
        end: Timestamp(milliseconds: $0.lastFailure))
    }
    found.precedingSuccesses = outages.map {
      Timestamp(milliseconds: $0.lastSuccess ?? $0.firstFailure)
    }
    let downs = outages.map { Double($0.length) / 1000 }.sorted()
    let ups = zip(outages, outages.dropFirst()).map {
      Double($1.firstFailure - $0.lastFailure) / 1000
    }.sorted()
    found.evidence = [
      Measure("phases", Double(outages.count)),
      Measure("medianDownSeconds", downs[downs.count / 2]),
      Measure("medianUpSeconds", ups.isEmpty ? 0 : ups[ups.count / 2]),
      Measure("loadInside", load(outages)),
    ]
    found.confidenceReason = "\(outages.count) intervals without a success, successes between them"
    return [found]
  }

  /// Requests a second within the outages, as a multiple of those around them.
  private func load(_ outages: [Outage]) -> Double {
    var inside = 0.0
    var time = 0.0
    for outage in outages {
      let start = outage.lastSuccess ?? outage.firstFailure
      let end = outage.nextSuccess ?? outage.lastFailure
      inside += Double(outage.failures + outage.leaked)
      time += Double(max(1, end - start)) / 1000
    }
    let requests = Double(timeline.failures + timeline.successes) - inside
    let length = Double(covered.upperBound - covered.lowerBound) / 1000 - time
    return inside / time / max(1e-9, requests / max(1, length))
  }

  /// Time-outs are logged when they expire: those that follow an outage closely belong to it.
  private func lateEnd(of outage: Outage) -> Int64 {
    let classes = context.subject.data.classes
    let timeouts = (classes[.connectTimeout] ?? 0) + (classes[.responseTimeout] ?? 0)
    guard timeouts * 2 > timeline.failures else { return outage.lastFailure }
    return outage.lastFailure + Int64(min(65, 0.02 * context.length + 2) * 1000)
  }

  private func failures(in outage: Outage) -> Int {
    let end = lateEnd(of: outage)
    guard end > outage.lastFailure else { return outage.failures }
    let late = timeline.slices.reduce(0) {
      $0 + ($1.firstFailure > outage.lastFailure && $1.firstFailure <= end ? $1.failures : 0)
    }
    return outage.failures + late
  }

  private func remainder(without outages: [Outage]) -> Timeline {
    var rest = timeline
    for outage in outages {
      let end = lateEnd(of: outage)
      for index in rest.slices.indices
      where rest.slices[index].failures > 0
        && rest.slices[index].firstFailure >= outage.firstFailure
        && rest.slices[index].firstFailure <= end
      {
        rest.slices[index].failures = 0
        rest.slices[index].firstFailure = .max
        rest.slices[index].lastFailure = .min
      }
    }
    // The outage itself is no exposure: the remainder's time runs without it.
    rest.slices.removeAll { $0.requests == 0 }
    return rest
  }

  /// Whether an outage is a stall of an overload, or a chance gap of a partial failure: it lies inside
  /// or beside what is much larger.
  private func isStall(_ outage: Case, of remaining: Case) -> Bool {
    let length = Double(outage.interval.milliseconds)
    let isSmall =
      Double(outage.failures) < 0.35 * Double(remaining.failures)
      && length < 0.15 * Double(max(1, remaining.interval.milliseconds))
    switch remaining.pattern {
    case .clustered:
      guard let first = remaining.intervals.first, let last = remaining.intervals.last else {
        return false
      }
      return isSmall && outage.interval.end.milliseconds >= first.start.milliseconds - 30_000
        && outage.interval.start.milliseconds <= last.end.milliseconds + 30_000
    case .step, .partial:
      let ratio =
        Double(remaining.failures) / Double(max(1, remaining.requests ?? remaining.failures))
      return isSmall && ratio >= 0.3 && remaining.interval.contains(outage.interval.start)
        && outage.evidence.contains { $0.name == "evidence" && $0.value < 20 }
    default: return false
    }
  }

  /// The clusters alone, where what is scattered in the quiet time beside them is told apart.
  private static func clusters(_ found: Case, without background: Case) -> Case {
    var found = found
    found.failures -= background.failures
    found.requests = found.requests.map { $0 - (background.requests ?? 0) }
    if let first = found.intervals.first, let last = found.intervals.last {
      found.interval = Interval(start: first.start, end: last.end)
    }
    return found
  }
}

extension Case {
  /// Takes in what turned out to be a part of it.
  fileprivate mutating func absorb(_ part: Case) {
    failures += part.failures
    if let more = part.requests { requests = requests.map { $0 + more } }
    interval.start = min(interval.start, part.interval.start)
    interval.end = max(interval.end, part.interval.end)
  }
}

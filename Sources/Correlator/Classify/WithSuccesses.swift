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
      if Double(answer.held) >= 0.55 * total { return flapping(answer, outages) }
      outages = outages.filter(isUndoubted)
    } else if Double(outages.reduce(0) { $0 + $1.failures }) < 0.04 * total {
      outages = outages.filter(isUndoubted)
    }
    let rest = remainder(without: outages)
    var cases = outages.map(constant)
    guard rest.failures >= 8 || outages.isEmpty, rest.failures > 0 else { return cases }
    if let remaining = Remainder(context: context, timeline: rest, covered: covered).classified() {
      cases = absorbed(cases, into: remaining)
      cases.append(remaining)
    }
    return cases
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
    ]
    found.confidenceReason = "\(outages.count) intervals without a success, successes between them"
    return [found]
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

  /// Stalls of an overload are part of it: outages inside or beside much larger clusters.
  private func absorbed(_ outages: [Case], into remaining: Case) -> [Case] {
    guard remaining.pattern == .clustered, !outages.isEmpty else { return outages }
    let size = Double(remaining.failures)
    let span = Double(
      remaining.interval.end.milliseconds - remaining.interval.start.milliseconds)
    return outages.filter { outage in
      let length = Double(
        outage.interval.end.milliseconds - outage.interval.start.milliseconds)
      let touches = remaining.intervals.contains {
        $0.start.milliseconds - 30_000 <= outage.interval.end.milliseconds
          && $0.end.milliseconds + 30_000 >= outage.interval.start.milliseconds
      }
      return !(touches && Double(outage.failures) < 0.35 * size && length < 0.15 * max(span, 1))
    }
  }
}

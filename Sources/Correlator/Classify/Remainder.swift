import Glibc
import LogEvents

/// What failures look like that are no outage (correlation.md §5.4, §5.8).
struct Remainder {
  let context: BackendContext
  let timeline: Timeline
  let covered: ClosedRange<Int64>

  func classified() -> [Case] {
    let incidents = timeline.incidents()
    let failures = timeline.failures
    if let found = keyed() ?? recurring() ?? raced() { return [found] }
    guard incidents.count >= 5 || failures >= 12 else { return [context.insufficient(timeline)] }
    guard let found = shaped(incidents) else { return [] }
    return found.pattern == .clustered ? [found] + background(beside: found) : [found]
  }

  /// Scattered failures in the quiet time beside clusters, with a cause of their own.
  private func background(beside clusters: Case) -> [Case] {
    guard let answer = BesideClusters(timeline: timeline, covered: covered).answer(),
      let first = answer.incidents.first, let last = answer.incidents.last
    else { return [] }
    var found = context.make(
      .sporadic, first.start...max(first.start, last.end), failures: answer.failures,
      requests: answer.requests, confidence: 0.6)
    found.evidence = [
      Measure("incidents", Double(answer.incidents.count)),
      Measure("failureRatio", Double(answer.failures) / Double(answer.requests)),
      Measure("deviationScore", answer.score), Measure("loadBefore", answer.load),
    ]
    found.rivals = [.keepaliveRace, .clustered]
    found.confidenceReason =
      "\(answer.incidents.count) isolated failures in the quiet time beside the bursts"
    return [found]
  }

  // MARK: Keys, idle time, period

  private func keyed() -> Case? {
    guard timeline.failures >= 8 else { return nil }
    // Both are in order of time.
    var failing = timeline.slices.filter { $0.failures > 0 }[...]
    let keys = Keys(of: context.subject.data) { first, last in
      while let slice = failing.first, slice.lastFailure < first { failing.removeFirst() }
      return failing.first.map { $0.firstFailure <= last } ?? false
    }
    guard let answer = keys.answer() else { return nil }
    return context.concentrated(answer, timeline)
  }

  private func raced() -> Case? {
    guard let race = IdleRace(context.subject.data, failures: timeline.failures) else { return nil }
    var found = whole(.keepaliveRace, 0.9)
    found.seconds = race.seconds
    found.evidence = [
      Measure("idleSeconds", race.seconds), Measure("share", race.share),
      Measure("lift", race.lift),
    ]
    found.confidenceReason =
      "the failures hit requests sent after one idle time, other requests seldom are"
    return found
  }

  private func recurring() -> Case? {
    guard let answer = context.recurring(timeline) else { return nil }
    return context.periodic(answer, timeline)
  }

  // MARK: Shapes

  /// Entries an incident where retries repeat one failure under no common id; 1 elsewhere.
  private func echo(_ incidents: [Incident]) -> Double {
    let data = context.subject.data
    guard data.entriesWithTransaction == 0, !incidents.isEmpty else { return 1 }
    let mean = Double(timeline.failures) / Double(incidents.count)
    let sizes = incidents.map(\.failures).sorted()
    let rate =
      Double(timeline.failures) / (Double(covered.upperBound - covered.lowerBound) / 1000 + 1)
    guard mean <= 4, sizes[min(sizes.count - 1, sizes.count * 95 / 100)] <= 12, 3 * rate < 0.35
    else { return 1 }
    return mean
  }

  private func shaped(_ incidents: [Incident]) -> Case? {
    let over = echo(incidents)
    let units = max(1, Int(Double(timeline.failures) / over))
    let ratio = Double(timeline.failures) / Double(timeline.failures + timeline.successes)
    let (traffic, time) = positions(incidents, asUnits: over > 1)
    let byTraffic = Evenness(positions: traffic)
    let byTime = Evenness(positions: time)

    // A handful of single failures is scatter up to a somewhat higher share.
    let areSingle = Double(timeline.failures) <= 1.2 * Double(incidents.count)
    let isRare = ratio <= 0.01 || ratio <= 0.03 && incidents.count < 30 && areSingle

    if isRare, byTime.score < 3.5,
      RateBlocks(timeline, over: covered).segments.count == 1
    {
      return sporadic(incidents, ratio, byTime)
    }
    let shapes = Shapes(timeline, units: units)
    let gain = shapes.gain / over
    let tau = 5 + 1.5 * log(Double(max(2, shapes.bins.count)))
    let isEven: Bool
    if ratio > 0.02, !isRare {
      let dense = Evenness(bins: shapes.bins, per: over)
      let isUnexplained = shapes.overTime < 0.15 && shapes.overLoad < 0.15
      isEven = dense.score < 6 || dense.excess < (isUnexplained ? 0.25 : 0.12)
    } else {
      isEven = byTraffic.score < 5 || byTraffic.excess < 0.35 || byTime.score < 4
    }
    if isEven, gain < max(tau, 0.02 * Double(timeline.failures)), !isSharp(shapes, gain, tau) {
      return isRare ? sporadic(incidents, ratio, byTraffic) : partial(shapes, ratio)
    }
    if shapes.overTime >= 0.8, shapes.overTime >= min(shapes.overLoad, 1) - 0.02 {
      return trend(shapes)
    }
    if shapes.segments <= 3, shapes.overLoad < 0.5, let block = block(shapes) { return block }
    return clustered(shapes)
  }

  /// Positions of the units in cumulative traffic and in time, 0...1.
  private func positions(
    _ incidents: [Incident], asUnits: Bool
  ) -> (traffic: [Double], time: [Double]) {
    let total = Double(timeline.failures + timeline.successes)
    let length = Double(max(1, covered.upperBound - covered.lowerBound))
    var traffic: [Double] = []
    var time: [Double] = []
    var seen = 0.0
    var nextIncident = 0
    for slice in timeline.slices {
      if asUnits {
        while nextIncident < incidents.count, slice.failures > 0,
          incidents[nextIncident].start <= slice.lastFailure
        {
          traffic.append((seen + Double(slice.requests) / 2) / total)
          time.append(Double(incidents[nextIncident].start - covered.lowerBound) / length)
          nextIncident += 1
        }
      } else if slice.failures > 0 {
        // At most 200,000 positions: beyond that every k-th failure stands for k.
        let step = max(1, timeline.failures / 200_000)
        for number in stride(from: 0, to: slice.failures, by: step) {
          let share = (Double(number) + 0.5) / Double(slice.failures)
          traffic.append((seen + Double(slice.requests) * share) / total)
          let moment =
            Double(slice.firstFailure - covered.lowerBound)
            + Double(slice.lastFailure - slice.firstFailure) * share
          time.append(moment / length)
        }
      }
      seen += Double(slice.requests)
    }
    return (traffic, time)
  }

  /// One sharp change between two long stretches.
  private func isSharp(_ shapes: Shapes, _ gain: Double, _ tau: Double) -> Bool {
    guard shapes.step >= 0.85, gain >= tau + 4, shapes.stepAt > 0 else { return false }
    let (before, after) = (shapes.bins[..<shapes.stepAt], shapes.bins[shapes.stepAt...])
    let (low, high) = (Self.ratio(before), Self.ratio(after))
    let length = Double(covered.upperBound - covered.lowerBound)
    let place = Double(shapes.bins[shapes.stepAt].start - covered.lowerBound) / max(1, length)
    return max(low, high) > 3 * min(low, high) && place >= 0.05 && place <= 0.95
  }

  private static func ratio(_ bins: ArraySlice<Bin>) -> Double {
    bins.reduce(0.0) { $0 + $1.failures } / max(1, bins.reduce(0.0) { $0 + $1.requests })
  }

  private static func load(_ bins: ArraySlice<Bin>) -> Double {
    bins.reduce(0.0) { $0 + $1.requests } / max(0.001, bins.reduce(0.0) { $0 + $1.duration })
  }

  // MARK: Cases

  private func whole(_ pattern: Pattern, _ confidence: Double) -> Case {
    context.make(pattern, timeline, from: timeline, confidence: confidence)
  }

  private func sporadic(_ incidents: [Incident], _ ratio: Double, _ even: Evenness) -> Case {
    guard incidents.count >= 6 else { return context.insufficient(timeline) }
    var found = whole(.sporadic, min(0.8, 0.55 + 0.01 * Double(incidents.count)))
    found.evidence = [
      Measure("incidents", Double(incidents.count)), Measure("failureRatio", ratio),
      Measure("deviationScore", even.score), Measure("excessVariance", even.excess),
    ]
    found.rivals = [.keepaliveRace, .partial]
    found.confidenceReason =
      "\(incidents.count) isolated failures, evenly scattered; no load, time or burst explains them"
    return found
  }

  private func partial(_ shapes: Shapes, _ ratio: Double) -> Case {
    var found = whole(.partial, 0.85)
    found.evidence = [Measure("failureRatio", ratio)]
    found.confidenceReason = "the same share of requests fails throughout, whatever time and load"
    return found
  }

  /// The ratio only ever grows: overload that sets in and stays, a step or a ramp.
  private func trend(_ shapes: Shapes) -> Case {
    let (before, after) = (shapes.bins[..<shapes.stepAt], shapes.bins[shapes.stepAt...])
    let rise = Self.load(after) / max(1e-9, Self.load(before))
    let (lead, rampStart) = shapes.stepAgainstRamp()
    let near = shapes.bins[max(0, shapes.stepAt - 3)..<min(shapes.bins.count, shapes.stepAt + 3)]
    let jump = jumpOfLoad(shapes, near)
    let followsLoad = shapes.overLoad >= max(0.6, shapes.overTime - 0.03)
    let jumpsWithLoad = jump >= 1.8 && shapes.overLoad >= 0.75 && lead > 0
    if rise >= 1.5, followsLoad || jumpsWithLoad, !isIndifferentToLoad(after) {
      return clustered(shapes)
    }
    if lead > 0 {
      let start = shapes.bins[shapes.stepAt].start
      let failing = timeline.restricted(to: start...covered.upperBound)
      var found = context.make(.step, failing, from: timeline, confidence: 0.85)
      found.failures = timeline.failures
      found.evidence = [
        Measure("ratioBefore", Self.ratio(before)), Measure("ratioAfter", Self.ratio(after)),
      ]
      found.confidenceReason = "one change of the ratio explains the failures"
      found.rivals = [.ramp]
      return found
    }
    var found = whole(.ramp, 0.85)
    if let rampStart {
      found.interval.start = max(found.interval.start, Timestamp(milliseconds: rampStart))
    }
    found.evidence = [
      Measure("ratioFirst", Self.ratio(shapes.bins[..<max(1, shapes.bins.count / 5)])),
      Measure("ratioLast", Self.ratio(shapes.bins[(shapes.bins.count * 4 / 5)...])),
    ]
    found.confidenceReason = "the ratio grows gradually to the end of the log"
    found.rivals = [.step]
    return found
  }

  private func jumpOfLoad(_ shapes: Shapes, _ near: ArraySlice<Bin>) -> Double {
    let before = near[near.startIndex..<min(near.endIndex, max(near.startIndex, shapes.stepAt))]
    let after = near[min(near.endIndex, max(near.startIndex, shapes.stepAt))...]
    guard !before.isEmpty, !after.isEmpty else { return 1 }
    return Self.load(after) / max(1e-9, Self.load(before))
  }

  /// The load after the change varies and the ratio does not follow it.
  private func isIndifferentToLoad(_ after: ArraySlice<Bin>) -> Bool {
    guard after.count >= 8 else { return false }
    let loads = after.map(\.load)
    let mean = loads.reduce(0, +) / Double(loads.count)
    let variance = loads.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(loads.count)
    guard sqrt(variance) / max(1e-9, mean) > 0.35 else { return false }
    let sorted = after.sorted { $0.load < $1.load }
    let half = sorted.count / 2
    let (low, high) = (Self.ratio(sorted[..<half]), Self.ratio(sorted[half...]))
    return high < 1.5 * low
  }

  private func block(_ shapes: Shapes) -> Case? {
    guard let block = shapes.block(), block.share >= 0.9 else { return nil }
    let inside = shapes.bins[block.bins]
    let outside =
      Array(shapes.bins[..<block.bins.lowerBound]) + shapes.bins[block.bins.upperBound...]
    guard let first = inside.first, let last = inside.last,
      Self.ratio(inside) > Self.ratio(outside[...]),
      Double(last.end - first.start) > 0.25 * Double(covered.upperBound - covered.lowerBound)
    else { return nil }
    let part = timeline.restricted(to: first.start...last.end)
    var found = context.make(.partial, part, from: timeline, confidence: 0.8)
    found.failures = timeline.failures
    found.evidence = [
      Measure("failureRatio", Self.ratio(inside)),
      Measure("ratioOutside", Self.ratio(outside[...])),
    ]
    found.confidenceReason = "one long stretch with a steady share of failures"
    return found
  }

  private func clustered(_ shapes: Shapes) -> Case {
    let clusters = Clusters(timeline, length: context.length)
    var found = whole(.clustered, shapes.overLoad >= 0.6 ? 0.9 : 0.8)
    found.intervals = clusters.groups.map {
      Interval(
        start: Timestamp(milliseconds: $0.start), end: Timestamp(milliseconds: $0.end))
    }
    found.precedingSuccesses = clusters.groups.map { group in
      let before = timeline.slices.last { $0.successes > 0 && $0.lastSuccess < group.start }
      return Timestamp(milliseconds: before?.lastSuccess ?? group.start)
    }
    let isLoadLinked = shapes.overLoad >= 0.6 && shapes.overLoad >= shapes.overTime
    let load = clusters.load(timeline, covered)
    found.evidence = [
      Measure("bursts", Double(clusters.groups.count)),
      Measure("explainedByLoad", min(1, max(0, shapes.overLoad))),
      Measure("loadLinked", isLoadLinked ? 1 : 0),
      Measure("requestsPerSecondInside", load.inside),
      Measure("requestsPerSecondOutside", load.outside),
      Measure("successesPerSecondInside", load.successesInside),
    ]
    found.confidenceReason =
      isLoadLinked
      ? "the failure ratio follows the request rate"
      : "failures come in bursts while other requests succeed"
    found.rivals = isLoadLinked ? [] : [.flapping, .partial]
    return found
  }
}

/// Groups of failures with quiet between them (correlation.md §5.8, decision 5).
struct Clusters {
  var groups: [Incident] = []

  init(_ timeline: Timeline, length: Double) {
    let failing = timeline.slices.filter { $0.failures > 0 }
    let distances = zip(failing, failing.dropFirst()).map {
      Double($1.firstFailure - $0.lastFailure) / 1000
    }.sorted()
    let median = distances.isEmpty ? 0 : distances[distances.count / 2]
    let gap = max(5, 0.003 * length, 5 * median)
    let least = max(4, timeline.failures / 50)
    groups = timeline.incidents(within: Int64(gap * 1000)).filter { $0.failures >= least }
  }

  /// Requests a second inside and outside the groups.
  func load(
    _ timeline: Timeline, _ covered: ClosedRange<Int64>
  ) -> (inside: Double, outside: Double, successesInside: Double) {
    var seconds = 0.0
    var requests = 0.0
    var successes = 0.0
    for group in groups {
      seconds += max(1, Double(group.end - group.start) / 1000)
      for slice in timeline.slices where slice.start <= group.end && slice.end > group.start {
        requests += Double(slice.requests)
        successes += Double(slice.successes)
      }
    }
    let allSeconds = max(1, Double(covered.upperBound - covered.lowerBound) / 1000)
    let all = Double(timeline.failures + timeline.successes)
    guard seconds > 0 else { return (0, all / allSeconds, 0) }
    return (
      requests / seconds, max(0, all - requests) / max(1, allSeconds - seconds),
      successes / seconds
    )
  }
}

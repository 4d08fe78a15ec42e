import Glibc
import LogEvents

/// Classifies a backend of whose successes the logs say nothing (correlation.md §5.9).
///
/// Confidence stays at 0.7 or below: a homogeneous stream of failures cannot be told apart.
struct WithoutSuccesses {
  let context: BackendContext
  let timeline: Timeline

  func cases() -> [Case] { [classified()] }

  private func classified() -> Case {
    let incidents = timeline.incidents()
    let failures = Double(timeline.failures)
    if let found = keyed() ?? recurring() { return found }
    guard incidents.count >= 5 || timeline.failures >= 12 else {
      return context.insufficient(timeline)
    }
    let blocks = RateBlocks(timeline, over: context.window)
    let high = blocks.blocks
    if let found = ramp(blocks) { return found }
    let evenness = Evenness(positions: positions())
    if isEven(blocks, high, evenness) { return steady() }
    let outer = failures - high.reduce(0) { $0 + $1.failures }
    if high.count <= 2, blocks.twoLevelShare >= 0.78, outer <= 0.35 * failures {
      return constant(blocks, high)
    }
    return clustered()
  }

  /// The rate grows gradually to the end, and a step does not explain it as well.
  private func ramp(_ blocks: RateBlocks) -> Case? {
    guard blocks.gain > 12, let first = blocks.segments.first, let last = blocks.segments.last,
      last.rate > 2.5 * max(first.rate, 1 / context.length)
    else { return nil }
    let shapes = Shapes(blocks)
    guard shapes.overTime >= 0.85 else { return nil }
    let (lead, start) = shapes.stepAgainstRamp()
    // It grows to the end: a block that is over is none.
    let tail = blocks.counts.suffix(max(1, blocks.counts.count / 10)).reduce(0, +)
    let share = tail / max(1, Double(timeline.failures))
    guard lead < -2, share > 0.1 else { return nil }
    var found = context.make(.ramp, timeline, from: timeline, confidence: 0.65)
    if let start {
      found.interval.start = max(found.interval.start, Timestamp(milliseconds: start))
    }
    found.confidenceReason = "the rate of failures grows gradually; request counts unknown"
    found.rivals = [.step, .clustered]
    found.missing = ["an access log of the same gateway, to know whether the load grew too"]
    return found
  }

  private func keyed() -> Case? {
    guard timeline.failures >= 12 else { return nil }
    return Keys(of: context.subject.data).answer().map { context.concentrated($0, timeline) }
  }

  private func recurring() -> Case? {
    context.recurring(timeline).map { context.periodic($0, timeline) }
  }

  private func positions() -> [Double] {
    let length = Double(max(1, context.window.upperBound - context.window.lowerBound))
    var positions: [Double] = []
    let step = max(1, timeline.failures / 200_000)
    for slice in timeline.slices where slice.failures > 0 {
      for number in stride(from: 0, to: slice.failures, by: step) {
        let share = (Double(number) + 0.5) / Double(slice.failures)
        let moment =
          Double(slice.firstFailure - context.window.lowerBound)
          + Double(slice.lastFailure - slice.firstFailure) * share
        positions.append(moment / length)
      }
    }
    return positions
  }

  private func isEven(
    _ blocks: RateBlocks, _ high: [RateBlocks.Block], _ evenness: Evenness
  ) -> Bool {
    let m = Double(timeline.failures)
    guard blocks.segments.count > 1 else {
      return evenness.excess < 0.4 || evenness.score < 4
    }
    let inner = high.reduce((0.0, 0.0)) { ($0.0 + $1.failures, $0.1 + $1.seconds) }
    let outerSeconds = max(1e-9, context.length - inner.1)
    let innerRate = inner.0 / max(1e-9, inner.1)
    let outerRate = (m - inner.0) / outerSeconds
    if high.count == 1 {
      let cover = min(1, inner.1 / context.length)
      if (m - 1) * log(1 / max(cover, 1e-9)) < 5, evenness.excess < 0.4 { return true }
    }
    return outerRate >= 0.25 * innerRate && evenness.excess < 0.4
  }

  /// Failures throughout: a total outage of a quiet backend or scattered faults.
  private func steady() -> Case {
    let rate = Double(timeline.failures) / context.length * 60
    if rate < 1 {
      var found = context.insufficient(
        timeline, reason: "scattered failures; how many requests succeeded is not in these logs")
      found.confidence = 0.4
      found.rivals = [.constant, .partial, .sporadic]
      return found
    }
    var found = context.make(.constant, timeline, from: timeline, confidence: 0.55)
    found.confidenceReason = "steady failures; success counts unknown"
    found.rivals = [.partial, .clustered]
    found.missing = ["an access log of the same gateway, to know whether anything succeeded"]
    return found
  }

  private func constant(_ blocks: RateBlocks, _ high: [RateBlocks.Block]) -> Case {
    var found = context.make(.constant, timeline, from: timeline, confidence: 0.7)
    let intervals = high.compactMap { block -> Interval? in
      let start = blocks.time(ofBin: block.bins.lowerBound)
      let end = blocks.time(ofBin: block.bins.upperBound)
      let inside = timeline.slices.filter {
        $0.failures > 0 && $0.lastFailure >= start && $0.firstFailure <= end
      }
      guard let first = inside.first, let last = inside.last else { return nil }
      return Interval(
        start: Timestamp(milliseconds: max(start, first.firstFailure)),
        end: Timestamp(milliseconds: min(end, last.lastFailure)))
    }
    if let first = intervals.first, let last = intervals.last {
      found.interval = Interval(start: first.start, end: last.end)
      if intervals.count > 1 { found.intervals = intervals }
    }
    found.confidenceReason =
      "an even stream of failures with silence around it; success counts unknown"
    found.rivals = [.clustered, .partial]
    found.missing = ["an access log of the same gateway, to know whether anything succeeded"]
    return found
  }

  private func clustered() -> Case {
    let clusters = Clusters(timeline, length: context.length)
    var found = context.make(.clustered, timeline, from: timeline, confidence: 0.7)
    found.intervals = clusters.groups.map {
      Interval(start: Timestamp(milliseconds: $0.start), end: Timestamp(milliseconds: $0.end))
    }
    found.evidence = [Measure("bursts", Double(clusters.groups.count))]
    found.confidenceReason = "failures come in bursts; success counts unknown"
    found.rivals = [.flapping, .constant]
    found.missing = ["an access log of the same gateway, to know how many requests succeeded"]
    return found
  }
}

import Glibc
import LogEvents

/// Whether incidents recur at a fixed distance (correlation.md §5.7).
struct Periods {
  struct Answer {
    /// Seconds.
    var period: Double
    var hits: Int
    /// Ticks from the first to the last.
    var ticks: Int
    /// Concentration times coverage, 0...1.
    var score: Double
    /// Locked to the clock, rather than the last incident plus the period.
    var isClockLocked: Bool
  }

  private static let canonical: [Double] = [
    5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400,
  ]
  private static let mergeGaps: [Double] = [0.4, 1.5, 5, 20, 80, 320, 1280, 5120]

  /// Bursts at random reach half of it, ticks with gaps three quarters.
  private static let leastScore = 0.55

  /// How far the mean of the unit vectors of phases leads, where they may lie together.
  private static let leastLength = 0.4

  /// Moments in seconds, in order, each with how many failures it stands for.
  private let moments: [(time: Double, count: Double)]
  /// In seconds: where every slice has failures, the first ones of each lie about its width apart.
  private let leastPeriod: Double

  init(_ timeline: Timeline) {
    leastPeriod = timeline.width > 1000 ? 3 * Double(timeline.width) / 1000 : 0
    moments = timeline.slices.filter { $0.failures > 0 }.map {
      (Double($0.firstFailure) / 1000, Double($0.failures))
    }
  }

  init(seconds: [(time: Double, count: Double)]) {
    moments = seconds
    leastPeriod = 0
  }

  /// Whether the traffic itself comes at these times: then the failures only follow it.
  static func isTraffic(_ answer: Answer, _ timeline: Timeline) -> Bool {
    guard Double(timeline.width) / 1000 < answer.period / 8 else { return false }
    func lengths(_ weight: (Slice) -> Int) -> Double {
      var (x, y, total) = (0.0, 0.0, 0.0)
      for slice in timeline.slices where weight(slice) > 0 {
        let angle = 2 * Double.pi * Double(slice.start) / 1000 / answer.period
        let count = Double(weight(slice))
        x += count * cos(angle)
        y += count * sin(angle)
        total += count
      }
      return total > 0 ? (x * x + y * y).squareRoot() / total : 0
    }
    let requests = lengths { $0.successes }
    return requests > 0.35 && lengths { $0.failures } < requests + 0.25
  }

  func answer() -> Answer? {
    var best: Answer?
    var lastCount = -1
    var phases = [Phases(), Phases()]
    var phasesCount = -1
    for gap in Self.mergeGaps {
      let incidents = merged(gap)
      if incidents.count < 6 { break }
      // Few distances lie between two gaps: then the incidents are the ones of before, and only the
      // periods are others.
      if lastCount == incidents.count, gap > 0.4, 26 * gap < shortestDistance { continue }
      lastCount = incidents.count
      // Gaps merge more and more: as many incidents are the same ones.
      if phasesCount != incidents.count { phases = [Phases(), Phases()] }
      phasesCount = incidents.count
      for (place, set) in [incidents, withoutSmall(incidents)].enumerated() where set.count >= 6 {
        for found in answers(set.map(\.time), gap: gap, &phases[place])
        where found.score > best?.score ?? Self.leastScore {
          best = found
        }
      }
    }
    return best
  }

  private var shortestDistance: Double {
    zip(moments, moments.dropFirst()).map { $1.time - $0.time }.min() ?? 0
  }

  private typealias Incident = (time: Double, count: Double)

  private func merged(_ gap: Double) -> [Incident] {
    var incidents: [Incident] = []
    var last = -Double.infinity
    for moment in moments {
      if moment.time - last < gap, !incidents.isEmpty {
        incidents[incidents.count - 1].count += moment.count
      } else {
        incidents.append(moment)
      }
      last = moment.time
    }
    return incidents
  }

  /// Background beside the ticks is left out, if it is little.
  private func withoutSmall(_ incidents: [Incident]) -> [Incident] {
    let total = incidents.reduce(0) { $0 + $1.count }
    guard total > 0 else { return [] }
    let mean = incidents.reduce(0) { $0 + $1.count * $1.count } / total
    let large = incidents.filter { $0.count >= 0.3 * mean }
    guard large.count < incidents.count, large.reduce(0, { $0 + $1.count }) >= 0.75 * total else {
      return []
    }
    return large
  }

  /// What was found of the phases within periods, for one set of incidents.
  private struct Phases {
    var canonical: [Double: Answer?] = [:]
    var others: [Double: Answer?] = [:]
  }

  private func answers(_ times: [Double], gap: Double, _ phases: inout Phases) -> [Answer] {
    let distances = zip(times, times.dropFirst()).map { $1 - $0 }
    let allowed = (3.2 * gap)...(26 * gap)
    var candidates: [(period: Double, isCanonical: Bool)] = Self.canonical.map { ($0, true) }
    for period in modes(distances) { candidates.append((period, false)) }
    var found: [Answer] = []
    for candidate in candidates
    where candidate.period >= leastPeriod && allowed.contains(candidate.period) {
      if let answer = byDistance(times, distances, candidate.period) { found.append(answer) }
      let kind = candidate.isCanonical ? \Phases.canonical : \Phases.others
      let known = phases[keyPath: kind][candidate.period]
      let answer = known ?? byPhase(times, candidate.period, candidate.isCanonical)
      phases[keyPath: kind][candidate.period] = .some(answer)
      if let answer { found.append(answer) }
    }
    return found
  }

  /// The median distance, and the middles of the densest octave parts.
  private func modes(_ distances: [Double]) -> [Double] {
    let sorted = distances.sorted()
    guard let first = sorted.first(where: { $0 > 0 }) else { return [] }
    // In order, so that those of a bin stand together.
    var bins: [(number: Double, places: Range<Int>)] = []
    for (place, distance) in sorted.enumerated() where distance > 0 {
      let number = (log(distance / first) / log(1.08)).rounded()
      if let last = bins.last, last.number == number {
        bins[bins.count - 1].places = last.places.lowerBound..<(place + 1)
      } else {
        bins.append((number, place..<(place + 1)))
      }
    }
    bins.sort { ($1.places.count, $0.number) < ($0.places.count, $1.number) }
    return [sorted[sorted.count / 2]]
      + bins.prefix(4).map { sorted[$0.places.lowerBound + $0.places.count / 2] }
  }

  /// Last incident plus the period: most distances are one period, nearly all a few.
  private func byDistance(
    _ times: [Double], _ distances: [Double], _ rough: Double
  ) -> Answer? {
    let near = distances.filter { abs($0 - rough) <= 0.15 * rough }.sorted()
    guard !near.isEmpty else { return nil }
    let period = near[near.count / 2]
    let m = Double(distances.count)
    func within(_ tolerance: Double) -> Double {
      Double(distances.filter { abs($0 - period) <= tolerance * period }.count)
    }
    let multiples = distances.filter { distance in
      (1...4).contains { abs(distance - Double($0) * period) <= 0.15 * period }
    }.count
    guard within(0.15) >= 0.5 * m, Double(multiples) >= 0.72 * m else { return nil }
    let chance =
      [0.03, 0.06, 0.10, 0.15].map {
        Likelihood.logTail(atLeast: within($0), of: m, chance: 1.5 * $0)
      }.min() ?? 0
    guard chance + log(48) < -5.5 else { return nil }
    let ticks = 1 + Int(distances.reduce(0) { $0 + max(1, ($1 / period).rounded()) })
    let coverage = Double(times.count) / Double(ticks)
    guard coverage >= 0.5 else { return nil }
    return Answer(
      period: period, hits: times.count, ticks: ticks, score: within(0.15) / m * coverage,
      isClockLocked: false)
  }

  /// Locked to the clock: phases within the period lie together.
  private func byPhase(_ times: [Double], _ rough: Double, _ isCanonical: Bool) -> Answer? {
    guard let first = times.first, let last = times.last else { return nil }
    let cycles = (last - first) / rough
    guard cycles >= 5 else { return nil }
    let reach = min(0.04, 1.2 / cycles)
    var best = (period: rough, length: 0.0, phase: 0.0, step: 0)
    func tryOut(_ steps: [Int]) {
      // Frequencies at even distances: from one to the next a product turns the phases.
      let (low, step) = (Double(steps[0]) * reach / 40, Double(steps[1] - steps[0]) * reach / 40)
      let sums = Self.sums(
        of: times.map { 2 * Double.pi * ($0 - first) / rough }, at: 1 + low, by: step, steps.count,
        least: Self.leastLength * Double(times.count))
      for (sum, step) in zip(sums, steps) {
        let length = sum.length / Double(times.count)
        if length > best.length {
          best = (rough / (1 + reach * Double(step) / 40), length, sum.phase, step)
        }
      }
    }
    // The peak is as wide as the reach: every fifth place finds it, its neighbours refine it.
    tryOut(Array(stride(from: -40, through: 40, by: 5)))
    guard best.length >= Self.leastLength else { return nil }
    tryOut(Array(max(-40, best.step - 4)...min(40, best.step + 4)))
    guard best.length >= (best.period > 19_800 ? 0.97 : 0.72) else { return nil }
    let m = Double(times.count)
    let offsets = times.map { time -> Double in
      let phase = (time - first) / best.period - best.phase
      return abs(phase - phase.rounded())
    }
    func within(_ reach: Double) -> Double { Double(offsets.filter { $0 <= reach }.count) }
    guard within(0.15) >= 0.75 * m else { return nil }
    var chance = -m * best.length * best.length
    for reach in [0.03, 0.06, 0.1] {
      chance = min(chance, Likelihood.logTail(atLeast: within(reach), of: m, chance: 2 * reach))
    }
    chance += log(20 * max(1, 0.16 * cycles))
    guard chance < (isCanonical ? -4.5 : -5.5) else { return nil }
    let hit = Set(times.map { Int(((($0 - first) / best.period) - best.phase).rounded()) })
    let ticks = (hit.max() ?? 0) - (hit.min() ?? 0) + 1
    guard hit.count >= 6 else { return nil }
    let coverage = Double(hit.count) / Double(ticks)
    guard coverage >= 0.5 else { return nil }
    return Answer(
      period: best.period, hits: hit.count, ticks: ticks, score: best.length * coverage,
      isClockLocked: true)
  }
}

extension Periods {
  /// Where many unit vectors lead, one behind the other.
  private struct Sum {
    let x: Double
    let y: Double

    init(_ pair: (x: SIMD2<Double>, y: SIMD2<Double>)) { (x, y) = (pair.x.sum(), pair.y.sum()) }

    var length: Double { (x * x + y * y).squareRoot() }
    /// In turns, from -0.5 to 0.5.
    var phase: Double { atan2(y, x) / (2 * .pi) }
  }

  /// The sums of the unit vectors at `angles` (radians), each angle taken `factor` times, then by `step`
  /// more, and so on, `count` times; none where none of them can be of the least length.
  private static func sums(
    of angles: [Double], at factor: Double, by step: Double, _ count: Int, least: Double
  ) -> [Sum] {
    // Two angles side by side; a last one alone is beside a vector without length.
    var sums = [(x: SIMD2<Double>, y: SIMD2<Double>)](repeating: (.zero, .zero), count: count)
    for first in stride(from: 0, to: angles.count, by: 2) {
      // The rest may lead anywhere, each as far as one.
      let rest = Double(angles.count - first)
      if first % 64 == 0, rest < least, sums.allSatisfy({ Sum($0).length + rest < least }) {
        return []
      }
      let isPair = first + 1 < angles.count
      let pair = SIMD2(angles[first], isPair ? angles[first + 1] : 0)
      let (from, turn) = (pair * factor, pair * step)
      var (x, y) = (
        SIMD2(cos(from[0]), isPair ? cos(from[1]) : 0), SIMD2(sin(from[0]), sin(from[1]))
      )
      let (turnX, turnY) = (SIMD2(cos(turn[0]), cos(turn[1])), SIMD2(sin(turn[0]), sin(turn[1])))
      for place in sums.indices {
        sums[place].x += x
        sums[place].y += y
        (x, y) = (x * turnX - y * turnY, x * turnY + y * turnX)
      }
    }
    return sums.map { Sum($0) }
  }

  /// Of a series too dense to keep whole: windows of the fine sample that agree on one period.
  static func answer(_ sample: FineSample) -> Answer? {
    let told = sample.windows.sorted { $0.key < $1.key }.map { window in
      Periods(seconds: window.value.map { (Double($0.second), Double($0.count)) }).answer()
    }
    let found = told.compactMap { $0 }
    guard told.count >= 2, Double(found.count) >= 0.6 * Double(told.count) else { return nil }
    let periods = found.map(\.period).sorted()
    let middle = periods[periods.count / 2]
    let agreeing = found.filter { abs($0.period - middle) <= 0.05 * middle }
    guard Double(agreeing.count) >= 0.6 * Double(told.count), var answer = agreeing.first else {
      return nil
    }
    answer.period = middle
    answer.hits = agreeing.reduce(0) { $0 + $1.hits }
    answer.ticks = agreeing.reduce(0) { $0 + $1.ticks }
    return answer
  }
}

import Glibc
import LogEvents

/// An interval in which a backend was out, as the group tests see it.
///
/// Times in milliseconds.
struct BadInterval {
  var backend: String
  var gateways: [String]
  var start: Int64
  var end: Int64
  var failures: Int
  /// Neighbouring success before the start, where successes are known.
  var lastSuccess: Int64?
  /// Nothing succeeded in it, as far as is known.
  var isOutage: Bool
  /// Index of the backend's case.
  var place: Int

  /// Mean distance of its failures, in seconds: a quiet backend shows its onset late.
  var distance: Double { Double(end - start) / 1000 / Double(max(1, failures)) }
  var length: Double { Double(end - start) / 1000 }

  var host: String {
    guard let colon = backend.lastIndex(of: ":") else { return backend }
    return String(backend[..<colon])
  }
}

/// What several backends have in common (correlation.md §6).
struct Groups {
  private(set) var intervals: [BadInterval]
  let window: ClosedRange<Int64>
  let backends: Int
  /// Backends without any failure.
  let healthy: Int

  /// Seconds.
  private var length: Double { max(1, Double(window.upperBound - window.lowerBound) / 1000) }

  init(intervals: [BadInterval], window: ClosedRange<Int64>, backends: Int, healthy: Int) {
    self.intervals = intervals
    self.window = window
    self.backends = backends
    self.healthy = healthy
  }

  mutating func shorten(_ port: BadInterval, to end: Int64) {
    for index in intervals.indices
    where intervals[index].backend == port.backend && intervals[index].start == port.start {
      let share = Double(end - port.start) / Double(max(1, port.end - port.start))
      intervals[index].failures = max(1, Int(Double(port.failures) * share))
      intervals[index].end = end
    }
  }

  // MARK: Common cause

  func commonCauses() -> [Case] {
    var open = intervals.filter(\.isOutage).sorted {
      ($1.failures, $0.backend, $0.start) < ($0.failures, $1.backend, $1.start)
    }
    var found: [Case] = []
    while let anchor = open.first {
      open.removeFirst()
      var members = [anchor]
      for other in open where !members.contains(where: { $0.backend == other.backend }) {
        if isTogether(anchor, other) { members.append(other) }
      }
      guard let group = accepted(members) else { continue }
      found.append(group)
      open.removeAll { other in
        members.contains { $0.backend == other.backend && $0.start == other.start }
      }
    }
    return found
  }

  private func isTogether(_ a: BadInterval, _ b: BadInterval) -> Bool {
    let tolerance = 8 + 5 * (a.distance + b.distance) + 0.05 * max(a.length, b.length)
    let starts = abs(Double(a.start - b.start)) / 1000
    let ends = abs(Double(a.end - b.end)) / 1000
    return starts <= tolerance && ends <= tolerance + 30
  }

  private func accepted(_ members: [BadInterval]) -> Case? {
    guard let anchor = members.first else { return nil }
    let isOneHost = Set(members.map(\.host)).count == 1
    guard members.count >= 3 || members.count == 2 && isOneHost else { return nil }
    var chance = Self.logBinomial(max(members.count, backends) - 1, members.count - 1)
    for member in members.dropFirst() {
      let least = max(1, anchor.distance + member.distance)
      let starts = max(least, abs(Double(anchor.start - member.start)) / 1000)
      let ends = max(least, abs(Double(anchor.end - member.end)) / 1000)
      chance += min(0, log(2 * starts / length)) + min(0, log(2 * ends / length))
    }
    guard chance < -3.5 else { return nil }
    guard anchor.length < 0.9 * length || healthy > 0 else { return nil }
    let starts = members.map(\.start).sorted()
    let ends = members.map(\.end).sorted()
    var found = Case(
      pattern: .commonCause, backend: "",
      interval: Interval(
        start: Timestamp(milliseconds: starts[starts.count / 2]),
        end: Timestamp(milliseconds: ends[ends.count / 2])),
      failures: members.reduce(0) { $0 + $1.failures }, confidence: 0.85)
    found.backends = members.map(\.backend).sorted()
    found.gateways = Array(Set(members.flatMap(\.gateways))).sorted()
    found.key = factor(of: members)
    found.evidence = [
      Measure("members", Double(members.count)), Measure("backends", Double(backends)),
      Measure("logChance", chance),
    ]
    found.confidenceReason =
      "\(members.count) of \(backends) backends failed with the same start and end"
    return found
  }

  /// The narrowest thing that all members share.
  private func factor(of members: [BadInterval]) -> String? {
    let hosts = Set(members.map(\.host))
    if hosts.count == 1 { return hosts.first.map { "host \($0)" } }
    let gateways = Set(members.flatMap(\.gateways))
    if gateways.count == 1 { return gateways.first.map { "gateway \($0)" } }
    let subnets = Set(
      members.map { $0.host.split(separator: ".").prefix(3).joined(separator: ".") })
    if subnets.count == 1, members.allSatisfy({ $0.host.split(separator: ".").count == 4 }) {
      return subnets.first.map { "subnet \($0).0/24" }
    }
    return nil
  }

  private static func logBinomial(_ n: Int, _ k: Int) -> Double {
    guard k >= 0, k <= n else { return 0 }
    return lgamma(Double(n) + 1) - lgamma(Double(k) + 1) - lgamma(Double(n - k) + 1)
  }

  // MARK: Backlog capture

  /// Intervals of a port that goes on timing out after the other ports of its host have recovered.
  ///
  /// Each with the time at which the others had recovered.
  func capturedPorts(
    isTimeout: (BadInterval) -> Bool
  ) -> [(port: BadInterval, jointEnd: Int64)] {
    var captured: [(port: BadInterval, jointEnd: Int64)] = []
    let outages = intervals.filter(\.isOutage)
    for (_, ports) in Dictionary(grouping: outages, by: \.host).sorted(by: { $0.key < $1.key })
    where Set(ports.map(\.backend)).count >= 2 {
      for port in ports where isTimeout(port) {
        let others = ports.filter { $0.backend != port.backend && isJoint($0, port) }
        let names = Set(ports.map(\.backend)).count - 1
        guard Set(others.map(\.backend)).count * 2 >= names, !others.isEmpty else { continue }
        let ends = others.map(\.end).sorted()
        let jointEnd = ends[ends.count / 2]
        let joint = Double(jointEnd - port.start) / 1000
        let after = Double(port.end - jointEnd) / 1000
        guard after >= max(60, 0.3 * joint), joint > 0 else { continue }
        guard Double(port.failures) * after / max(1, port.length) >= 5 else { continue }
        captured.append((port, jointEnd))
      }
    }
    return captured
  }

  private func isJoint(_ a: BadInterval, _ b: BadInterval) -> Bool {
    let tolerance = 35 + 4 * (a.distance + b.distance) + 0.1 * min(a.length, b.length)
    return abs(Double(a.start - b.start)) / 1000 <= tolerance && a.end < b.end
  }

  // MARK: Follows

  /// Backends whose outages begin a steady lag after they were taken out.
  func followers(of changes: [Change]) -> [Case] {
    var found: [Case] = []
    let byBackend = Dictionary(grouping: intervals, by: \.backend)
    for (backend, bad) in byBackend.sorted(by: { $0.key < $1.key }) {
      let downs = changes.filter { $0.kind == .serverDown && $0.backend == backend }.map(\.time)
      guard downs.count >= 3 else { continue }
      let onsets = bad.map { interval -> (middle: Double, start: Double) in
        let start = Double(interval.start) / 1000
        let before = interval.lastSuccess.map { Double($0) / 1000 } ?? start
        // A quiet backend's last success says little of the onset.
        return ((max(before, start - 30) + start) / 2, start)
      }.sorted { $0.start < $1.start }
      let lags = downs.compactMap { down -> Double? in
        let time = Double(down) / 1000
        return onsets.first { $0.start >= time - 1 && $0.start <= time + 60 }.map {
          max(0, $0.middle - time)
        }
      }.sorted()
      guard lags.count >= 3, Double(lags.count) >= 0.6 * Double(downs.count) else { continue }
      let lag = lags[lags.count / 2]
      let deviations = lags.map { abs($0 - lag) }.sorted()
      let spread = deviations[min(deviations.count - 1, deviations.count * 8 / 10)]
      let chance = min(0.99, Double(onsets.count) * min(61, 2.5 * max(spread, 0.5)) / length)
      let logChance = Likelihood.logTail(
        atLeast: Double(lags.count), of: Double(downs.count), chance: chance)
      guard logChance < -4, let first = bad.map(\.start).min(), let last = bad.map(\.end).max()
      else { continue }
      var relation = Case(
        pattern: .follows, backend: backend,
        interval: Interval(
          start: Timestamp(milliseconds: first), end: Timestamp(milliseconds: last)),
        failures: 0, confidence: 0.85)
      relation.follows = Change.Kind.serverDown.rawValue
      relation.seconds = lag
      relation.gateways = Array(Set(bad.flatMap(\.gateways))).sorted()
      relation.evidence = [
        Measure("followed", Double(lags.count)), Measure("downs", Double(downs.count)),
        Measure("spreadSeconds", spread),
      ]
      relation.confidenceReason =
        "\(lags.count) of \(downs.count) times the failures began after the member was taken out"
      found.append(relation)
    }
    return found
  }
}

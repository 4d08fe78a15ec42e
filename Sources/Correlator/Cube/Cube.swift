import LogEvents

/// Every failure and success once, by time, backend, gateway, class and case: what a page counts
/// again when a reader chooses a stretch of time, a backend, a class or a gateway.
///
/// The sums over each of them equal the totals of the classification.
package struct Cube: Sendable {
  package struct Failed: Sendable, Equatable {
    package var cell: Int
    package var backend: Int
    package var gateway: Int
    package var outcome: Outcome
    /// Place in the classification's cases; `nil` for failures that lie in none.
    package var place: Int?
    package var count: Int

    /// Where it stands, all but the count.
    fileprivate var stands: (Int, Int, UInt8, Int, Int) {
      (backend, gateway, outcome.rawValue, place ?? -1, cell)
    }
  }

  package struct Served: Sendable, Equatable {
    package var cell: Int
    package var backend: Int
    package var gateway: Int
    package var count: Int
  }

  /// Start of the first cell, in milliseconds since 1970.
  package private(set) var start: Int64 = 0
  package private(set) var widthMilliseconds: Int64 = 1000
  package private(set) var cellCount = 0
  /// Those with the most failures first; the last may stand for all others.
  package private(set) var backends: [String] = []
  package private(set) var gateways: [String] = []
  package private(set) var failed: [Failed] = []
  package private(set) var served: [Served] = []

  /// The name of what stands for backends and gateways beyond the limits.
  package static let others = "(others)"

  package struct Limits: Sendable {
    package var cells = 400
    package var rows = 40_000
    package var backends = 60
    package var gateways = 24

    package init() {}
  }

  init(of subjects: [Subject], _ classification: Classification, limits: Limits = Limits()) {
    guard let window = classification.window else { return }
    let cases = classification.cases
    let ranked = subjects.filter { !$0.data.failures.isEmpty || $0.knowsSuccesses }
      .map { (name: $0.backend, failures: $0.data.failures.total) }
      .sorted { ($1.failures, $0.name) < ($0.failures, $1.name) }.map(\.name)
    backends = Self.bounded(ranked, limits.backends)
    let known = Set(subjects.flatMap { $0.shares.map(\.gateway) }).sorted()
    gateways = Self.bounded(known, limits.gateways)
    var level = Self.level(of: window, subjects, limits)
    repeat {
      fill(subjects, cases, window, level)
      level += 1
    } while failed.count + served.count > limits.rows && level < 40
  }

  /// Gives backends and gateways other names.
  package mutating func rename(_ name: (String) -> String) {
    backends = backends.map(name)
    gateways = gateways.map(name)
  }

  /// With other numbers for the cases.
  package func renumbered(_ numbers: [Int: Int]) -> Cube {
    var cube = self
    for index in cube.failed.indices {
      cube.failed[index].place = cube.failed[index].place.flatMap { numbers[$0] }
    }
    return cube
  }

  private static func bounded(_ names: [String], _ limit: Int) -> [String] {
    names.count <= limit ? names : names.prefix(limit - 1) + [others]
  }

  /// The finest level that every series has and at which the window has few enough cells.
  private static func level(of window: Interval, _ subjects: [Subject], _ limits: Limits) -> Int {
    var level = 0
    for share in subjects.flatMap(\.shares) {
      level = max(
        level, share.data.failures.level, share.data.successes.level, share.data.classSeries.level)
    }
    let length = window.end.milliseconds - window.start.milliseconds
    while level < 40, length / (1000 << Int64(level)) >= Int64(limits.cells) { level += 1 }
    return level
  }

  private mutating func fill(
    _ subjects: [Subject], _ cases: [Case], _ window: Interval, _ level: Int
  ) {
    widthMilliseconds = 1000 << Int64(level)
    let first = floorDivide(window.start.milliseconds, widthMilliseconds)
    start = first * widthMilliseconds
    cellCount = Int(floorDivide(window.end.milliseconds, widthMilliseconds) - first) + 1
    failed = []
    served = []
    let backendPlace = Dictionary(uniqueKeysWithValues: backends.enumerated().map { ($1, $0) })
    let gatewayPlace = Dictionary(uniqueKeysWithValues: gateways.enumerated().map { ($1, $0) })
    for subject in subjects {
      let backend = backendPlace[subject.backend] ?? backends.count - 1
      var rows: [Failed] = []
      for share in subject.shares {
        let gateway = gatewayPlace[share.gateway] ?? gateways.count - 1
        var classes = share.data.classSeries
        classes.coarsen(to: level)
        rows += classes.cells.map {
          Failed(
            cell: place($0.index - first), backend: backend, gateway: gateway,
            outcome: $0.outcome, place: nil, count: $0.count)
        }
        var successes = share.data.successes
        successes.coarsen(to: level)
        served += successes.cells.map {
          Served(
            cell: place($0.index - first), backend: backend, gateway: gateway, count: $0.count)
        }
      }
      let attribution = Attribution(
        cases: cases, backend: subject.backend, start: start, width: widthMilliseconds)
      failed += attribution.attributed(rows)
    }
    failed = Self.folded(failed)
  }

  private func place(_ index: Int64) -> Int { Int(min(max(0, index), Int64(cellCount - 1))) }

  /// In canonical order, rows of one place added up.
  private static func folded(_ rows: consuming [Failed]) -> [Failed] {
    rows.sort { $0.stands < $1.stands }
    rows.foldInPlace(where: { $0.stands == $1.stands }) { $0.count += $1.count }
    return rows
  }
}

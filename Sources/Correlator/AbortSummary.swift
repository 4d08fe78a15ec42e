/// Callers that left while they waited for one backend: no failures of it, but often a symptom.
package struct AbortSummary: Sendable, Hashable {
  package var backend: String
  package var count: Int
  /// How long they had waited, on the average; 0 where their records have no duration.
  package var waitedMilliseconds: Int64
  /// How long the backend's other exchanges took, on the average; `nil` where that is not known.
  package var usualMilliseconds: Int64?

  package init(
    backend: String, count: Int, waitedMilliseconds: Int64, usualMilliseconds: Int64?
  ) {
    self.backend = backend
    self.count = count
    self.waitedMilliseconds = waitedMilliseconds
    self.usualMilliseconds = usualMilliseconds
  }

  /// Whether they waited much longer than answers usually take: then slowness drove them away.
  package var followsSlowness: Bool {
    guard let usual = usualMilliseconds, count >= 8 else { return false }
    return waitedMilliseconds >= 1000 && waitedMilliseconds >= 3 * max(1, usual)
  }

  /// Backends whom the most callers left first.
  static func all(of aborts: [String: ExchangeTime], _ subjects: [Subject]) -> [AbortSummary] {
    let byName = Dictionary(
      subjects.map { ($0.backend, $0.data.work) }, uniquingKeysWith: { first, _ in first })
    let told = aborts.map { name, aborts in
      let waited = aborts.cells.reduce(0) { $0 + $1.milliseconds }
      let work = byName[name]
      let took = work?.cells.reduce(0) { $0 + $1.milliseconds } ?? 0
      let exchanges = work?.count ?? 0
      return AbortSummary(
        backend: name, count: aborts.count,
        waitedMilliseconds: waited / Int64(max(1, aborts.count)),
        usualMilliseconds: exchanges > 0 ? took / Int64(exchanges) : nil)
    }
    return Array(
      told.sorted { ($1.count, $0.backend) < ($0.count, $1.backend) }.prefix(16))
  }
}

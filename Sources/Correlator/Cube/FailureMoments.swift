import LogEvents

/// When a backend failed, close enough to tell how far apart failures lie.
package struct FailureMoments: Sendable {
  /// Failures of one slice of time; times in milliseconds since 1970.
  package struct Slice: Sendable {
    package var first: Int64
    package var last: Int64
    package var count: Int
  }

  package var backend: String
  package var slices: [Slice]

  private static let limit = 400

  /// Neighbouring slices become one where there are more than `limit` of them.
  init(_ subject: Subject) {
    backend = subject.backend
    var series = subject.data.failures
    while series.cells.count > Self.limit, series.level < 40 {
      series.coarsen(to: series.level + 1)
    }
    slices = series.cells.map { Slice(first: $0.first, last: $0.last, count: $0.count) }
  }
}

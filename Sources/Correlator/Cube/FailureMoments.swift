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

  /// Of the backends with the most failures; neighbouring slices become one where a backend has more
  /// than `limit` of them.
  package static func all(
    of digest: Digest, backends: Int = 12, limit: Int = 400
  ) -> [FailureMoments] {
    let failing = Subject.all(of: digest).filter { !$0.data.failures.isEmpty }.sorted {
      ($1.data.failures.total, $0.backend) < ($0.data.failures.total, $1.backend)
    }
    return failing.prefix(backends).map { subject in
      var series = subject.data.failures
      while series.cells.count > limit, series.level < 40 { series.coarsen(to: series.level + 1) }
      return FailureMoments(
        backend: subject.backend,
        slices: series.cells.map { Slice(first: $0.first, last: $0.last, count: $0.count) })
    }
  }
}

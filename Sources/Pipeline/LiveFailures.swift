import LogEvents

/// What a screen shows of one log's failures: how many a minute, and the latest ones.
///
/// Bounded: `minutes` minutes by class, and `limit` rows in which repeats are folded.
package struct LiveFailures: Sendable {
  package struct Row: Sendable, Equatable {
    /// Of the latest of them, in milliseconds since 1970.
    package var time: Int64
    package var gateway: String
    package var backend: String
    package var outcome: Outcome
    /// The request, or the product's code and the message, whichever is there.
    package var text: String
    package var durationMilliseconds: Int32
    /// Further ones like it within `foldMilliseconds`.
    package var repeats = 0
    fileprivate var first: Int64
    fileprivate var backendID: UInt32
  }

  package static let minutes = 180
  static let limit = 100
  static let foldMilliseconds: Int64 = 10_000

  /// What a counter of a monitoring system goes by.
  package struct Series: Sendable, Hashable {
    package var backend: String
    package var gateway: String
    package var outcome: Outcome
  }

  static let seriesLimit = 2000

  /// Failures by series since the start; beyond the limit they go to a backend without name.
  package private(set) var counts: [Series: Int] = [:]
  /// Failures by minute since 1970 and class.
  package private(set) var rates: [Int64: [Outcome: Int]] = [:]
  /// The oldest first.
  package private(set) var rows: [Row] = []
  package private(set) var total = 0

  package init() {}

  mutating func add(_ batch: borrowing EventBatch, from start: Int, gateway: String) {
    for event in batch.events[start...] where event.outcome.side == .backend && event.time.isKnown {
      let time = event.time.milliseconds
      total += Int(event.count)
      rates[time / 60_000, default: [:]][event.outcome, default: 0] += Int(event.count)
      let name =
        event.backend.isNone ? (event.pool.isNone ? event.service : event.pool) : event.backend
      var series = Series(
        backend: batch.names.name(name) ?? "", gateway: batch.names.name(event.gateway) ?? gateway,
        outcome: event.outcome)
      if counts[series] == nil, counts.count >= Self.seriesLimit {
        series = Series(backend: "", gateway: "", outcome: event.outcome)
      }
      counts[series, default: 0] += Int(event.count)
      if let place = rows.lastIndex(where: {
        $0.backendID == name.index && $0.outcome == event.outcome
          && abs(time - $0.first) < Self.foldMilliseconds
      }) {
        rows[place].repeats += 1
        rows[place].time = max(rows[place].time, time)
        continue
      }
      let text = batch.string(event.uri) ?? batch.string(event.message) ?? ""
      rows.append(
        Row(
          time: time, gateway: series.gateway, backend: series.backend, outcome: event.outcome,
          text: [batch.names.name(event.code) ?? "", String(text.prefix(80))].filter { !$0.isEmpty }
            .joined(separator: " "),
          durationMilliseconds: event.durationMilliseconds, first: time, backendID: name.index))
      if rows.count > Self.limit { rows.removeFirst() }
    }
    if rates.count > Self.minutes * 2, let newest = rates.keys.max() {
      rates = rates.filter { $0.key > newest - Int64(Self.minutes) }
    }
  }

  package mutating func merge(_ other: LiveFailures) {
    rates.merge(other.rates) { $0.merging($1, uniquingKeysWith: +) }
    total += other.total
    counts.merge(other.counts, uniquingKeysWith: +)
    rows = (rows + other.rows).sorted { ($0.time, $0.backend) < ($1.time, $1.backend) }
    if rows.count > Self.limit { rows.removeFirst(rows.count - Self.limit) }
  }
}

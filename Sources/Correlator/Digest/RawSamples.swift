import LogEvents

/// Records to show as proof: of each class the earliest failure and the two with the smallest hashes.
///
/// Minima in total orders, so merging is exact; three records a class, whatever the length of the log.
package struct RawSamples: Sendable, Equatable {
  static let chosenCount = 2

  struct Kept: Sendable, Equatable, Codable {
    var earliest: StoredEvent
    /// In the order of their hashes; `earliest` may be among them.
    var chosen: [StoredEvent]
  }

  private(set) var classes: [Outcome: Kept] = [:]

  /// Whether an event would be kept; asked before its text is copied.
  func wants(_ outcome: Outcome, time: Int64, hash: UInt64) -> Bool {
    guard let kept = classes[outcome] else { return true }
    guard time > kept.earliest.time, kept.chosen.count == Self.chosenCount else { return true }
    return kept.chosen.last.map { hash <= $0.hash } ?? true
  }

  mutating func add(_ event: StoredEvent) {
    merge(event.outcome, Kept(earliest: event, chosen: [event]))
  }

  package mutating func merge(_ other: RawSamples) {
    for (outcome, kept) in other.classes { merge(outcome, kept) }
  }

  private mutating func merge(_ outcome: Outcome, _ other: Kept) {
    guard var kept = classes[outcome] else {
      classes[outcome] = other
      return
    }
    if other.earliest.comesBefore(kept.earliest) { kept.earliest = other.earliest }
    kept.chosen = (kept.chosen + other.chosen).sorted { $0.precedes($1) }
    if kept.chosen.count > Self.chosenCount {
      kept.chosen.removeLast(kept.chosen.count - Self.chosenCount)
    }
    classes[outcome] = kept
  }

  /// Numbers the lines by so many more.
  mutating func moveLines(by count: UInt32) {
    classes = classes.mapValues { kept in
      var kept = kept
      kept.earliest.line &+= count
      for place in kept.chosen.indices { kept.chosen[place].line &+= count }
      return kept
    }
  }

  /// The samples of a class in order of time, no record twice.
  package func samples(of outcome: Outcome) -> [Exemplar] {
    guard let kept = classes[outcome] else { return [] }
    let others = kept.chosen.filter { $0 != kept.earliest }
    return ([kept.earliest] + others).sorted { $0.comesBefore($1) }.map(\.exemplar)
  }

  /// The classes that have samples, in their order.
  package var outcomes: [Outcome] { classes.keys.sorted { $0.rawValue < $1.rawValue } }
}

extension StoredEvent {
  func comesBefore(_ other: StoredEvent) -> Bool {
    time != other.time ? time < other.time : precedes(other)
  }
}

extension RawSamples: Codable {
  private struct Row: Codable {
    var earliest: StoredEvent
    var chosen: [StoredEvent]
  }

  package init(from decoder: any Decoder) throws {
    for row in try decoder.singleValueContainer().decode([Row].self) {
      merge(row.earliest.outcome, Kept(earliest: row.earliest, chosen: row.chosen))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(
      outcomes.compactMap { classes[$0] }.map { Row(earliest: $0.earliest, chosen: $0.chosen) })
  }
}

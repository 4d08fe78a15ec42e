import LogEvents

/// Makes one event of the records that an exchange leaves in a log, and owns what is open of exchanges.
protocol RecordJoiner: Sendable {
  /// Hands over all that is open.
  mutating func closeAll(into batch: inout EventBatch)

  /// Tells all that is open; see `LogFormat.tellOpen`.
  func tellOpen(to state: inout OpenState)
}

/// A dialect that leaves nothing to later records but what its joiner owns.
protocol JoiningFormat: LogFormat {
  associatedtype Joiner: RecordJoiner
  var joiner: Joiner { get set }
}

extension JoiningFormat {
  var joins: Bool { true }

  func tellOpen(to state: inout OpenState) -> Bool {
    joiner.tellOpen(to: &state)
    return true
  }

  mutating func finish(into batch: inout EventBatch) { joiner.closeAll(into: &batch) }
}

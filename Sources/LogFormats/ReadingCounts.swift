/// What was read of one file: nothing is dropped without being counted.
package struct ReadingCounts: Sendable, Hashable {
  package var lines = 0
  package var records = 0
  package var events = 0
  /// Records of the dialect that tell nothing of a backend.
  package var chatter = 0
  /// Records by which a logger said that it left out repetitions.
  package var repeated = 0
  package var faults: [RecordFault: Int] = [:]
  /// First line of each kind of fault.
  package var firstFaultLines: [RecordFault: Int] = [:]

  package init() {}

  package var faultCount: Int { faults.values.reduce(0, +) }

  /// Records whose exchange another record had told of.
  package var joined: Int {
    // A record that is too long was read as far as it goes.
    let unread = faultCount - (faults[.tooLong] ?? 0)
    return max(0, records - unread - chatter - repeated - events)
  }
}

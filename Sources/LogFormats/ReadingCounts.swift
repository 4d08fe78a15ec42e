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
  package var firstFaults: [RecordFault: FirstFault] = [:]

  package init() {}

  package var faultCount: Int { faults.values.reduce(0, +) }

  /// Records whose exchange another record had told of.
  package var joined: Int {
    // A record that is too long was read as far as it goes.
    let unread = faultCount - (faults[.tooLong] ?? 0)
    return max(0, records - unread - chatter - repeated - events)
  }
}

/// Where a kind of fault was met first, and what stood there.
package struct FirstFault: Sendable, Hashable, Codable, Comparable {
  /// Bytes of the record that are kept.
  static let sampleBytes = 300

  package var line: Int
  /// The first line of the record, as far as it is kept; without its envelope.
  package var sample: String

  init(line: Int, in record: Span<UInt8>) {
    let end = position(of: .newline, in: record, 0, min(record.count, Self.sampleBytes))
    self.line = line
    sample = record.string(ByteRange(0, end))
  }

  package static func < (one: FirstFault, other: FirstFault) -> Bool {
    (one.line, one.sample) < (other.line, other.sample)
  }
}

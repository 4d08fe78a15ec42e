import Correlator
import Foundation
import LogFormats
import LogIntake

/// A log as it is kept on disk: what was counted, and how to go on from there.
package struct SavedLog: Sendable, Codable {
  var path: String
  var gateway: String
  /// All bytes, of a log so short that its format is not settled.
  var head: Data?
  /// The format and those that share the log, by name.
  var choice: [String] = []
  /// Lines that lead a fresh reader to where this one was, and how many bytes and lines came before them.
  var warmUp = Data()
  var bytesBefore = 0
  var linesBefore = 0
  var counts = SavedCounts(ReadingCounts())
  /// By days since 1970.
  var account: [Int64: Digest] = [:]
  /// Where the piece begins that is counted next, and which transactions failed already.
  var pieceStart: UInt64 = 0
  var memory = TransactionMemory()
  /// What records left out, and events outside the asked window.
  var assumesZone = false
  var assumesYear = false
  var outside = 0
  var slices: [LiveLog.Slice] = []
  var latest = Int64.min
  var partials: [Int: Data] = [:]
  var lastPart = 0
  /// The files up to which all this was read.
  package var files: [FollowedFile] = []

  init(path: String, gateway: String) {
    self.path = path
    self.gateway = gateway
  }
}

/// Reading counts with the kinds of faults by their numbers.
struct SavedCounts: Sendable, Codable {
  private var lines: Int
  private var records: Int
  private var events: Int
  private var chatter: Int
  private var repeated: Int
  private var faults: [UInt8: Int] = [:]
  private var firstFaults: [UInt8: FirstFault] = [:]

  init(_ counts: ReadingCounts) {
    lines = counts.lines
    records = counts.records
    events = counts.events
    chatter = counts.chatter
    repeated = counts.repeated
    for (kind, count) in counts.faults { faults[kind.rawValue] = count }
    for (kind, first) in counts.firstFaults { firstFaults[kind.rawValue] = first }
  }

  var counts: ReadingCounts {
    var counts = ReadingCounts()
    counts.lines = lines
    counts.records = records
    counts.events = events
    counts.chatter = chatter
    counts.repeated = repeated
    for kind in RecordFault.allCases {
      counts.faults[kind] = faults[kind.rawValue]
      counts.firstFaults[kind] = firstFaults[kind.rawValue]
    }
    return counts
  }
}

extension ReadingCounts {
  func adding(_ other: ReadingCounts) -> ReadingCounts { combined(other, +) }
  func subtracting(_ other: ReadingCounts) -> ReadingCounts { combined(other, -) }

  private func combined(_ other: ReadingCounts, _ operation: (Int, Int) -> Int) -> ReadingCounts {
    var result = self
    result.lines = operation(lines, other.lines)
    result.records = operation(records, other.records)
    result.events = operation(events, other.events)
    result.chatter = operation(chatter, other.chatter)
    result.repeated = operation(repeated, other.repeated)
    for kind in RecordFault.allCases {
      let count = operation(faults[kind] ?? 0, other.faults[kind] ?? 0)
      result.faults[kind] = count == 0 ? nil : count
      result.firstFaults[kind] = other.firstFaults[kind] ?? firstFaults[kind]
    }
    return result
  }
}

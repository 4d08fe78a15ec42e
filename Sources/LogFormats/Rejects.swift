import LogEvents

/// Keeps the records that could not be read as they stood in the file, envelope and all.
package struct Rejects: Sendable {
  package struct Record: Sendable {
    package var line: Int
    package var fault: RecordFault
    package var bytes: [UInt8]
  }

  /// Bytes that are kept of one file; further records are only counted.
  static let mostBytes = 16 << 20

  package private(set) var records: [Record] = []
  /// Records that found no room.
  package private(set) var omitted = 0
  private var kept = 0
  private var line: [UInt8] = []
  /// The lines of the record that is held back.
  private var held: [UInt8] = []
  private var isOnHeld = false

  package init() {}

  mutating func stand(on line: Span<UInt8>) {
    self.line.removeAll(keepingCapacity: true)
    self.line.append(line, 0, line.count)
  }

  mutating func begin() { held = line }

  mutating func goOn() {
    guard held.count < RecordReader.longestRecord else { return }
    held.append(.newline)
    held.append(contentsOf: line)
  }

  mutating func standOnHeld() { isOnHeld = true }
  mutating func standOnLine() { isOnHeld = false }

  mutating func keep(_ fault: RecordFault, line number: Int) {
    let bytes = isOnHeld ? held : line
    guard kept + bytes.count <= Self.mostBytes else {
      omitted += 1
      return
    }
    kept += bytes.count
    records.append(Record(line: number, fault: fault, bytes: bytes))
  }

  /// Forgets records from a line on: they are read again.
  mutating func retract(_ fault: RecordFault, from line: Int) {
    for record in records where record.line >= line && record.fault == fault {
      kept -= record.bytes.count
    }
    records.removeAll { $0.line >= line && $0.fault == fault }
  }
}

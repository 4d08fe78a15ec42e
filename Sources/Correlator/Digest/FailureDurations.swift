import LogEvents

/// How long failed exchanges took, by class: bins of 2 to 3 %, with the extremes inside each.
///
/// 32 bins an octave from 1 ms; only bins with a failure are kept, so a class holds at most 1024 of
/// them whatever the length of the log. Sums, minima and maxima: merging is exact.
package struct FailureDurations: Sendable, Equatable {
  static let binsPerOctave = 32
  static let binCount = 32 * binsPerOctave

  package struct Place: Sendable, Hashable, Comparable {
    package var outcome: Outcome
    package var bin: Int

    package static func < (a: Place, b: Place) -> Bool {
      (a.outcome.rawValue, a.bin) < (b.outcome.rawValue, b.bin)
    }
  }

  package struct Bin: Sendable, Equatable {
    package var count: Int
    /// Shortest and longest duration in the bin, in milliseconds.
    package var least: Int64
    package var most: Int64

    mutating func absorb(_ other: Bin) {
      count += other.count
      least = min(least, other.least)
      most = max(most, other.most)
    }
  }

  package internal(set) var bins: [Place: Bin] = [:]

  mutating func add(_ outcome: Outcome, milliseconds: Int64, count: Int) {
    guard milliseconds >= 0 else { return }
    let bin = Bin(count: count, least: milliseconds, most: milliseconds)
    absorb(bin, at: Place(outcome: outcome, bin: Self.bin(milliseconds)))
  }

  mutating func merge(_ other: FailureDurations) {
    for (place, bin) in other.bins { absorb(bin, at: place) }
  }

  private mutating func absorb(_ bin: Bin, at place: Place) {
    if bins[place]?.absorb(bin) == nil { bins[place] = bin }
  }

  /// The octave by the highest bit, the rest by the next five.
  static func bin(_ milliseconds: Int64) -> Int {
    let value = UInt64(max(1, milliseconds))
    let octave = 63 - value.leadingZeroBitCount
    let scaled = octave >= 5 ? value >> UInt64(octave - 5) : value << UInt64(5 - octave)
    return min(binCount - 1, octave * binsPerOctave + Int(scaled & 31))
  }

  /// Where most of the durations of some classes lie together: at most two neighbouring bins.
  ///
  /// Classes that no duration is known of are as if they were not asked for; `nil` without durations.
  package func pile(of classes: Set<Outcome>) -> DurationPile? {
    var byBin: [Int: Bin] = [:]
    for (place, bin) in bins where classes.contains(place.outcome) {
      if byBin[place.bin]?.absorb(bin) == nil { byBin[place.bin] = bin }
    }
    let known = byBin.values.reduce(0) { $0 + $1.count }
    var best: DurationPile?
    for (number, bin) in byBin.sorted(by: { $0.key < $1.key }) {
      var held = bin
      // A timer's value may lie at the edge of two bins.
      if let next = byBin[number + 1] { held.absorb(next) }
      if held.count > best?.count ?? 0 {
        best = DurationPile(
          count: held.count, known: known, leastMilliseconds: held.least,
          mostMilliseconds: held.most)
      }
    }
    return best
  }
}

/// Failed exchanges that took the same time.
package struct DurationPile: Sendable, Hashable {
  package var count: Int
  /// Failed exchanges of the same classes whose duration is known.
  package var known: Int
  package var leastMilliseconds: Int64
  package var mostMilliseconds: Int64

  package init(count: Int, known: Int, leastMilliseconds: Int64, mostMilliseconds: Int64) {
    self.count = count
    self.known = known
    self.leastMilliseconds = leastMilliseconds
    self.mostMilliseconds = mostMilliseconds
  }

  package var share: Double { known == 0 ? 0 : Double(count) / Double(known) }
}

extension FailureDurations: Codable {
  private struct Row: Codable {
    var outcome: Outcome
    var bin: Int
    var count: Int
    var least: Int64
    var most: Int64
  }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.singleValueContainer()
    for row in try values.decode([Row].self) {
      let isSound =
        (0..<Self.binCount).contains(row.bin) && (0..<1 << 44).contains(row.count)
        && (0..<1 << 40).contains(row.least) && (row.least..<1 << 40).contains(row.most)
      guard isSound else {
        throw DecodingError.dataCorruptedError(
          in: values, debugDescription: "durations that no log can hold")
      }
      bins[Place(outcome: row.outcome, bin: row.bin)] = Bin(
        count: row.count, least: row.least, most: row.most)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(
      bins.sorted { $0.key < $1.key }.map {
        Row(
          outcome: $0.key.outcome, bin: $0.key.bin, count: $0.value.count, least: $0.value.least,
          most: $0.value.most)
      })
  }
}

import Correlator
import LogEvents
import Playbooks

/// A number on a page together with the question it answers, so that the page's script can answer it
/// again for what the reader has chosen.
///
/// `ask` is a list of `b3 c1 g0 v2 z0` (backend, class, gateway, verdict, zone); `measure` is `f`
/// (failures), `s` (successes), `r` (both) or `p` (share of failures in both).
struct Counted {
  var measure: String
  var ask: String
  var shown: String
}

/// Where a failure stands: in a verdict, among too few to tell, or in no finding at all.
enum Zone: Int { case verdict, undecided, outside }

/// Sums over a cube, asked for as the page's script asks.
struct Tally {
  let cube: Cube
  /// Those that occur, the most frequent first.
  let classes: [Outcome]
  private let classPlace: [Outcome: Int]
  private let zones: [Zone]

  init(_ cube: Cube, zones: [Zone]) {
    self.cube = cube
    self.zones = zones
    var totals: [Outcome: Int] = [:]
    for row in cube.failed { totals[row.outcome, default: 0] += row.count }
    classes = totals.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }.map(\.key)
    classPlace = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
  }

  func place(of outcome: Outcome) -> Int { classPlace[outcome] ?? 0 }

  func zone(of row: Cube.Failed) -> Zone { row.place.map { zones[$0] } ?? .outside }

  func failures(_ isAsked: (Cube.Failed) -> Bool = { _ in true }) -> Int {
    cube.failed.reduce(0) { isAsked($1) ? $0 + $1.count : $0 }
  }

  func successes(_ isAsked: (Cube.Served) -> Bool = { _ in true }) -> Int {
    cube.served.reduce(0) { isAsked($1) ? $0 + $1.count : $0 }
  }

  /// Failures by time cell.
  func series(_ isAsked: (Cube.Failed) -> Bool) -> [Int] {
    var counts = [Int](repeating: 0, count: cube.cellCount)
    for row in cube.failed where isAsked(row) { counts[row.cell] += row.count }
    return counts
  }

  func servedSeries() -> [Int] {
    var counts = [Int](repeating: 0, count: cube.cellCount)
    for row in cube.served { counts[row.cell] += row.count }
    return counts
  }

  /// Start of a time cell.
  func moment(ofCell cell: Int) -> Timestamp {
    Timestamp(milliseconds: cube.start + Int64(cell) * cube.widthMilliseconds)
  }

  static func number(_ value: Int, _ measure: String, _ ask: String = "") -> Counted {
    Counted(measure: measure, ask: ask, shown: Words.number(value))
  }

  static func share(_ part: Int, of whole: Int, _ ask: String = "") -> Counted {
    Counted(
      measure: "p", ask: ask,
      shown: whole > 0 ? Words.percent(Double(part) / Double(whole)) : "")
  }
}

/// Bars over time as the outline of one path, in a view box of one unit a cell and 100 in height.
enum BarPath {
  /// The path of bars that stand on `base`, heights in the same measure, where `most` fills the box.
  static func outline(_ counts: [Int], over base: [Int] = [], most: Int) -> String {
    guard most > 0 else { return "" }
    var path = ""
    for (cell, count) in counts.enumerated() where count > 0 {
      let below = base.isEmpty ? 0 : base[cell]
      let bottom = 1000 - 1000 * below / most
      // A single failure among thousands still shows.
      let height = max(10, 1000 * count / most)
      path += "M\(cell) \(tenths(bottom))v-\(tenths(height))h1v\(tenths(height))z"
    }
    return path
  }

  private static func tenths(_ value: Int) -> String {
    value % 10 == 0 ? "\(value / 10)" : "\(value / 10).\(value % 10)"
  }
}

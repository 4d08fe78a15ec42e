import LogEvents

/// Failures by class in time, on a dyadic grid that coarsens as that of `CellSeries` does: exactly what
/// a page needs to count again what lies in a stretch of time.
///
/// Cells are pairs of a slice and a class. They only get fewer with the level and more with events,
/// so merging is exact, whatever the split and the order.
package struct ClassSeries: Sendable, Equatable {
  static let usualLimit = 4096

  package struct Cell: Sendable, Hashable, Comparable {
    /// Start of the slice in units of the cell width.
    package var index: Int64
    package var outcome: Outcome
    package var count: Int

    package static func < (a: Cell, b: Cell) -> Bool {
      (a.index, a.outcome.rawValue) < (b.index, b.outcome.rawValue)
    }

    func isPlace(of other: Cell) -> Bool { index == other.index && outcome == other.outcome }
  }

  private(set) var limit = usualLimit
  package private(set) var level = 0
  /// In order of time, then of class.
  package private(set) var cells: [Cell] = []

  package init() {}

  /// A series of cells in any order, several of one place added up.
  init(level: Int, cells: [Cell]) {
    self.level = level
    self.cells = cells
    fold()
    coarsenToLimit()
  }

  /// Width of a slice in milliseconds.
  package var widthMilliseconds: Int64 { 1000 << Int64(level) }
  package var total: Int { cells.reduce(0) { $0 + $1.count } }

  /// Counts of the cells that lie in a range at least in part.
  func classes(in range: ClosedRange<Int64>) -> [Outcome: Int] {
    let places =
      floorDivide(
        range.lowerBound, widthMilliseconds)...floorDivide(
        range.upperBound, widthMilliseconds)
    var counts: [Outcome: Int] = [:]
    for cell in cells where places.contains(cell.index) {
      counts[cell.outcome, default: 0] += cell.count
    }
    return counts
  }

  mutating func add(at milliseconds: Int64, _ outcome: Outcome, count: Int) {
    let index = floorDivide(milliseconds, 1000) >> Int64(level)
    let cell = Cell(index: index, outcome: outcome, count: count)
    var place = cells.count
    // Logs are nearly in order: the place is at the end or close to it.
    while place > 0, cell < cells[place - 1] { place -= 1 }
    if place > 0, cells[place - 1].isPlace(of: cell) {
      cells[place - 1].count += count
      return
    }
    cells.insert(cell, at: place)
    coarsenToLimit()
  }

  package mutating func merge(_ other: ClassSeries) {
    if other.cells.isEmpty, other.level <= level { return }
    var other = other
    coarsen(to: max(level, other.level))
    other.coarsen(to: level)
    cells += other.cells
    fold()
    coarsenToLimit()
  }

  package mutating func coarsen(to wanted: Int) {
    guard wanted > level else { return }
    let shift = Int64(wanted - level)
    level = wanted
    for at in cells.indices { cells[at].index >>= shift }
    fold()
  }

  /// Lowers the number of cells that there may be.
  mutating func reduce(to limit: Int) {
    guard limit < self.limit else { return }
    self.limit = limit
    coarsenToLimit()
    cells.shrink(to: limit)
  }

  private mutating func coarsenToLimit() {
    while cells.count > limit, level < 40 { coarsen(to: level + 1) }
  }

  private mutating func fold() {
    cells.sort()
    cells.foldInPlace(where: { $0.isPlace(of: $1) }) { $0.count += $1.count }
  }
}

extension ClassSeries: Codable {
  private enum Key: String, CodingKey { case level, index, outcome, count }

  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    let indexes = try values.decode([Int64].self, forKey: .index)
    let outcomes = try values.decode([Outcome].self, forKey: .outcome)
    let counts = try values.decode([Int].self, forKey: .count)
    let level = try values.decode(Int.self, forKey: .level)
    let isSound =
      (0...40).contains(level) && indexes.count == outcomes.count && indexes.count == counts.count
      && indexes.allSatisfy { $0.magnitude < 1 << 44 }
      && counts.allSatisfy { (0..<1 << 44).contains($0) }
    guard isSound else {
      throw DecodingError.dataCorruptedError(
        forKey: .count, in: values, debugDescription: "classes in time that no log can hold")
    }
    let cells = indexes.indices.map {
      Cell(index: indexes[$0], outcome: outcomes[$0], count: counts[$0])
    }
    self.init(level: level, cells: cells)
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(level, forKey: .level)
    try values.encode(cells.map(\.index), forKey: .index)
    try values.encode(cells.map(\.outcome), forKey: .outcome)
    try values.encode(cells.map(\.count), forKey: .count)
  }
}

/// Exchanges in slices of time: how many, and how long they took together.
///
/// A dyadic grid that coarsens as `CellSeries` does, without extremes and exemplars: the sum of the
/// durations over the length of a slice is the number of exchanges at work in it (Little's law).
package struct ExchangeTime: Sendable, Equatable, Codable {
  static let usualLimit = 512

  package struct Cell: Sendable, Equatable, Codable {
    /// Start of the slice in units of the cell width.
    package var index: Int64
    package var count: Int
    /// Sum of the durations of the exchanges.
    package var milliseconds: Int64

    mutating func absorb(_ more: Int, _ length: Int64) {
      count += more
      milliseconds += length
    }
  }

  private(set) var limit: Int
  package private(set) var level = 0
  /// In order of time.
  package private(set) var cells: [Cell] = []

  package init() { limit = Self.usualLimit }

  init(limit: Int) { self.limit = limit }

  package var isEmpty: Bool { cells.isEmpty }
  package var count: Int { cells.reduce(0) { $0 + $1.count } }
  package var widthMilliseconds: Int64 { 1000 << Int64(level) }

  mutating func add(at time: Int64, count: Int, milliseconds: Int64) {
    let index = floorDivide(time, 1000) >> Int64(level)
    var place = cells.count
    while place > 0, cells[place - 1].index > index { place -= 1 }
    if place > 0, cells[place - 1].index == index {
      cells[place - 1].absorb(count, milliseconds)
      return
    }
    cells.insert(Cell(index: index, count: count, milliseconds: milliseconds), at: place)
    coarsenToLimit()
  }

  package mutating func merge(_ other: ExchangeTime) {
    guard !other.isEmpty else { return }
    guard !isEmpty else {
      self = other
      return
    }
    var other = other
    coarsen(to: max(level, other.level))
    other.coarsen(to: level)
    if let last = cells.last, let next = other.cells.first, last.index < next.index {
      cells += other.cells
    } else {
      cells = (cells + other.cells).sorted { $0.index < $1.index }
      fold()
    }
    coarsenToLimit()
  }

  /// What lies wholly or in part in [from, to], and the time that its cells cover.
  package func sums(from: Int64, to: Int64) -> (count: Int, milliseconds: Int64, length: Int64) {
    var sums = (count: 0, milliseconds: Int64(0), length: Int64(0))
    guard from <= to else { return sums }
    for cell in cells {
      let start = cell.index &* widthMilliseconds
      guard start <= to, start &+ widthMilliseconds > from else { continue }
      sums.count += cell.count
      sums.milliseconds += cell.milliseconds
    }
    let first = floorDivide(from, widthMilliseconds)
    sums.length = (floorDivide(to, widthMilliseconds) - first + 1) * widthMilliseconds
    return sums
  }

  mutating func move(by steps: Int64) {
    for at in cells.indices { cells[at].index &+= steps }
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

  mutating func coarsen(to wanted: Int) {
    guard wanted > level else { return }
    let shift = Int64(wanted - level)
    level = wanted
    for at in cells.indices { cells[at].index >>= shift }
    fold()
  }

  /// A file may say anything: what no log can hold is refused.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    limit = Self.usualLimit
    level = try values.decode(Int.self, forKey: .level)
    cells = try values.decode([Cell].self, forKey: .cells)
    let isSound =
      (0...40).contains(level) && cells.count <= limit
      && cells.allSatisfy {
        $0.index.magnitude < 1 << 44 && (0..<1 << 44).contains($0.count)
          && (0..<1 << 52).contains($0.milliseconds)
      } && zip(cells, cells.dropFirst()).allSatisfy { $0.index < $1.index }
    guard isSound else {
      throw DecodingError.dataCorruptedError(
        forKey: .cells, in: values, debugDescription: "times at work that no log can hold")
    }
  }

  private enum CodingKeys: String, CodingKey { case level, cells }

  /// Neighbours of one slice become one cell.
  private mutating func fold() {
    cells.foldInPlace(where: { $0.index == $1.index }) { $0.absorb($1.count, $1.milliseconds) }
  }
}

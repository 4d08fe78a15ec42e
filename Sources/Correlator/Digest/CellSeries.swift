import LogEvents

/// Counts of events in time, on a dyadic grid that coarsens as they grow in number.
///
/// Level ℓ has cells of 2^ℓ seconds, aligned at the epoch. A series stands at the smallest level at
/// which at most `limit` cells are not empty. That level depends on the multiset of events alone:
/// cells only get fewer with the level and more with events, so coarsening after a merge ends where
/// a direct build ends. Merging is therefore exact, whatever the split and the order.
package struct CellSeries: Sendable, Equatable {
  /// One slice of time with at least one event in it.
  package struct Cell: Sendable, Equatable {
    /// Start of the slice in units of the cell width.
    package var index: Int64
    package var count: Int
    /// First and last event, in milliseconds since 1970.
    package var first: Int64
    package var last: Int64
    /// The event with the smallest hash.
    package var exemplar: StoredEvent?

    mutating func absorb(_ other: Cell) {
      count += other.count
      first = min(first, other.first)
      last = max(last, other.last)
      guard let theirs = other.exemplar else { return }
      if let ours = exemplar, !theirs.precedes(ours) { return }
      exemplar = theirs
    }
  }

  package let limit: Int
  package private(set) var level = 0
  /// In order of time.
  package private(set) var cells: [Cell] = []

  package init(limit: Int) { self.limit = limit }

  /// A series of cells that stand in order of time and belong to `level`.
  init(limit: Int, level: Int, cells: [Cell]) {
    self.limit = limit
    self.level = level
    self.cells = cells
  }

  package var isEmpty: Bool { cells.isEmpty }

  /// Width of a cell in milliseconds.
  package var widthMilliseconds: Int64 { 1000 << Int64(level) }

  /// Number of events in all cells.
  package var total: Int { cells.reduce(0) { $0 + $1.count } }

  /// Counts `count` events at one moment.
  ///
  /// `makeExemplar` is called only if the event takes the place of the cell's exemplar: its hash is
  /// smaller, or the cell is new.
  mutating func add(
    at milliseconds: Int64, count: Int, hash: UInt64 = 0,
    makeExemplar: () -> StoredEvent? = { nil }
  ) {
    let index = floorDivide(milliseconds, 1000) >> Int64(level)
    var place = cells.count - 1
    if place < 0 || cells[place].index < index {
      place += 1
    } else if cells[place].index != index {
      place = lowerBound(index)
    }
    if place < cells.count, cells[place].index == index {
      cells[place].count += count
      if milliseconds < cells[place].first { cells[place].first = milliseconds }
      if milliseconds > cells[place].last { cells[place].last = milliseconds }
      guard let kept = cells[place].exemplar, hash <= kept.hash, let new = makeExemplar() else {
        return
      }
      if new.precedes(kept) { cells[place].exemplar = new }
    } else {
      let cell = Cell(
        index: index, count: count, first: milliseconds, last: milliseconds,
        exemplar: makeExemplar())
      cells.insert(cell, at: place)
      coarsenToLimit()
    }
  }

  package mutating func merge(_ other: CellSeries) {
    var other = other
    coarsen(to: max(level, other.level))
    other.coarsen(to: level)
    var merged: [Cell] = []
    merged.reserveCapacity(cells.count + other.cells.count)
    var (a, b) = (0, 0)
    while a < cells.count || b < other.cells.count {
      if b == other.cells.count || a < cells.count && cells[a].index < other.cells[b].index {
        merged.append(cells[a])
        a += 1
      } else if a == cells.count || other.cells[b].index < cells[a].index {
        merged.append(other.cells[b])
        b += 1
      } else {
        var cell = cells[a]
        cell.absorb(other.cells[b])
        merged.append(cell)
        a += 1
        b += 1
      }
    }
    cells = merged
    coarsenToLimit()
  }

  /// Raises the level to at least `wanted`, for counts that cover a span.
  mutating func coarsen(to wanted: Int) {
    guard wanted > level else { return }
    let shift = Int64(wanted - level)
    level = wanted
    var coarse: [Cell] = []
    for var cell in cells {
      cell.index >>= shift
      if let last = coarse.last, last.index == cell.index {
        coarse[coarse.count - 1].absorb(cell)
      } else {
        coarse.append(cell)
      }
    }
    cells = coarse
  }

  /// Counts `count` events that lie somewhere in [start, start + span): the cells become at least as
  /// wide as the span, which is counted in the middle.
  mutating func add(from start: Int64, span: Int64, count: Int) {
    let seconds = max(1, (span + 999) / 1000)
    var wanted = 0
    while wanted < 40, Int64(1) << Int64(wanted) < seconds { wanted += 1 }
    coarsen(to: wanted)
    let middle = start + span / 2
    add(at: middle, count: count)
    let index = floorDivide(middle, 1000) >> Int64(level)
    let place = lowerBound(index)
    guard place < cells.count, cells[place].index == index else { return }
    cells[place].first = min(cells[place].first, start)
    cells[place].last = max(cells[place].last, start + span - 1)
  }

  private mutating func coarsenToLimit() {
    while cells.count > limit, level < 40 { coarsen(to: level + 1) }
  }

  private func lowerBound(_ index: Int64) -> Int {
    var low = 0
    var high = cells.count
    while low < high {
      let middle = (low + high) / 2
      if cells[middle].index < index { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// Division that rounds towards minus infinity, for times before 1970.
func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
  let quotient = value / divisor
  return value % divisor < 0 ? quotient - 1 : quotient
}

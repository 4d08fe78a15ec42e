import LogEvents

/// Counts of events in time, on a dyadic grid that coarsens as they grow in number.
///
/// Level ℓ has cells of 2^ℓ seconds, aligned at the epoch. A series stands at the smallest level at
/// which at most `limit` cells are not empty. That level depends on the multiset of events alone:
/// cells only get fewer with the level and more with events, so coarsening after a merge ends where
/// a direct build ends. Merging is therefore exact, whatever the split and the order.
package typealias CellSeries = Series<StoredEvent>

/// Counts alone, a sixth of the memory.
package typealias CountSeries = Series<NoExample>

/// What a cell may keep as an example: the choice between two never depends on their order.
package protocol Ranked: Sendable {
  var hash: UInt64 { get }
  /// A total order that begins with the hash.
  func precedes(_ other: Self) -> Bool
}

/// No event is kept: there is no value of this type.
package enum NoExample: Ranked, Equatable, Codable {
  package var hash: UInt64 { switch self {} }
  package func precedes(_ other: NoExample) -> Bool {}

  package init(from decoder: any Decoder) throws {
    throw DecodingError.dataCorrupted(
      .init(codingPath: decoder.codingPath, debugDescription: "an example where none is kept"))
  }

  package func encode(to encoder: any Encoder) throws { switch self {} }
}

/// A `CellSeries`, a `CountSeries`, or one whose exemplars are still drafts because its log is being read.
package struct Series<Kept: Ranked>: Sendable {
  /// One slice of time with at least one event in it.
  package struct Cell: Sendable {
    /// Start of the slice in units of the cell width.
    package var index: Int64
    package var count: Int
    /// First and last event, in milliseconds since 1970.
    package var first: Int64
    package var last: Int64
    /// The event with the smallest hash.
    package var exemplar: Kept?

    /// Whether an event of this hash may take the exemplar's place.
    mutating func absorb(
      from start: Int64, to end: Int64, count more: Int, hash: UInt64?
    ) -> Bool {
      count += more
      if start < first { first = start }
      if end > last { last = end }
      guard let hash else { return false }
      guard let exemplar else { return true }
      return hash <= exemplar.hash
    }

    mutating func absorb(_ other: consuming Cell) {
      count += other.count
      first = min(first, other.first)
      last = max(last, other.last)
      guard let theirs = other.exemplar.take() else { return }
      if let ours = exemplar?.hash, ours < theirs.hash { return }
      if let ours = exemplar, !theirs.precedes(ours) { return }
      exemplar = theirs
    }
  }

  /// Cells of 35,000 years.
  private static var mostLevel: Int { 40 }

  package private(set) var limit: Int
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

  /// Whether no event is known to have a fraction of a second.
  var isOfWholeSeconds: Bool { cells.allSatisfy { $0.first % 1000 == 0 && $0.last % 1000 == 0 } }

  /// Number of events in all cells.
  package var total: Int { cells.reduce(0) { $0 + $1.count } }

  /// The same, but no more than so many.
  func total(upTo most: Int) -> Int {
    var total = 0
    for place in cells.indices where total < most { total += cells[place].count }
    return min(total, most)
  }

  /// Counts `count` events at one moment.
  ///
  /// Returns the place whose exemplar the event should become, because its hash is smaller or the cell
  /// is new; hand it to `keep`. Without a hash the series has no exemplars.
  @discardableResult
  mutating func add(at milliseconds: Int64, count: Int, hash: UInt64? = nil) -> Int? {
    add(from: milliseconds, to: milliseconds, count: count, hash: hash)
  }

  /// The same of events of one cell, the first and the last of them at these moments.
  @discardableResult
  mutating func add(from start: Int64, to end: Int64, count: Int, hash: UInt64? = nil) -> Int? {
    let index = floorDivide(start, 1000) >> Int64(level)
    var place = cells.count - 1
    if place < 0 || cells[place].index < index {
      place += 1
    } else if cells[place].index != index {
      place = lowerBound(index)
    }
    if place < cells.count, cells[place].index == index {
      return cells[place].absorb(from: start, to: end, count: count, hash: hash) ? place : nil
    }
    let cell = Cell(
      index: index, count: count, first: start, last: end, exemplar: nil)
    // No room for more than there may be: growing by itself the array would take twice that.
    if cells.count == limit / 2 { cells.reserveCapacity(limit + 1) }
    if place == cells.count { cells.append(cell) } else { cells.insert(cell, at: place) }
    guard cells.count > limit else { return hash == nil ? nil : place }
    coarsenToLimit()
    // The new cell became part of a wider one.
    guard let hash else { return nil }
    let wide = lowerBound(floorDivide(start, 1000) >> Int64(level))
    guard let kept = cells[wide].exemplar else { return wide }
    return hash <= kept.hash ? wide : nil
  }

  /// Makes `event` the exemplar of a place that `add` returned.
  mutating func keep(_ event: Kept, at place: Int) {
    if let kept = cells[place].exemplar, !event.precedes(kept) { return }
    cells[place].exemplar = event
  }

  /// Lets `change` put an event in the place of the exemplar, whose memory it may use again.
  mutating func keep(at place: Int, _ change: (inout Kept?) -> Void) {
    change(&cells[place].exemplar)
  }

  /// Changes all exemplars, but not their order.
  mutating func changeExemplars(_ change: (inout Kept) -> Void) {
    for place in cells.indices {
      guard var kept = cells[place].exemplar.take() else { continue }
      change(&kept)
      cells[place].exemplar = kept
    }
  }

  /// The same series with other exemplars, or without them.
  ///
  /// By place: a copy of a cell would own its exemplar's texts anew.
  func map<Other>(_ change: (Kept) -> Other?) -> Series<Other> {
    Series<Other>(
      limit: limit, level: level,
      cells: cells.indices.map { place in
        .init(
          index: cells[place].index, count: cells[place].count, first: cells[place].first,
          last: cells[place].last, exemplar: cells[place].exemplar.flatMap(change))
      })
  }

  /// Its counts alone.
  var counts: CountSeries { map { _ in nil } }

  package mutating func merge(_ other: Series) {
    if other.cells.isEmpty, other.level <= level { return }
    if cells.isEmpty, level <= other.level, limit == other.limit {
      self = other
      return
    }
    var other = other
    coarsen(to: max(level, other.level))
    other.coarsen(to: level)
    // First, so that no array grows to twice the limit.
    var count = unionCount(other)
    while count > limit, level < Self.mostLevel {
      coarsen(to: level + 1)
      other.coarsen(to: level)
      count = unionCount(other)
    }
    if let next = other.cells.first, let last = cells.last, next.index >= last.index {
      append(other.cells, upTo: count)
      return
    }
    var merged: [Cell] = []
    merged.reserveCapacity(count)
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
  }

  /// How many cells there are in both of two series of one level, common ones once.
  private func unionCount(_ other: Series) -> Int {
    guard let first = other.cells.first else { return cells.count }
    var (at, common) = (lowerBound(first.index), 0)
    for cell in other.cells {
      while at < cells.count, cells[at].index < cell.index { at += 1 }
      if at == cells.count { break }
      if cells[at].index == cell.index { common += 1 }
    }
    return cells.count + other.cells.count - common
  }

  /// Appends cells that begin where these end, as those of a log do that grows.
  private mutating func append(_ later: [Cell], upTo count: Int) {
    var rest = later[...]
    if let first = rest.first, first.index == cells.last?.index {
      cells[cells.count - 1].absorb(first)
      rest.removeFirst()
    }
    cells.reserveCapacity(count)
    cells += rest
  }

  /// Raises the level to at least `wanted`, for counts that cover a span.
  mutating func coarsen(to wanted: Int) {
    guard wanted > level else { return }
    let shift = Int64(wanted - level)
    level = wanted
    // In place: the wide cells are never more than the narrow ones.
    var written = -1
    for at in cells.indices {
      cells[at].index >>= shift
      if written >= 0, cells[written].index == cells[at].index {
        // Its exemplar moves: a copy would have two owners.
        let exemplar = cells[at].exemplar.take()
        cells[written].absorb(
          Cell(
            index: cells[at].index, count: cells[at].count, first: cells[at].first,
            last: cells[at].last, exemplar: exemplar))
      } else {
        written += 1
        if written != at { cells.swapAt(written, at) }
      }
    }
    cells.removeLast(cells.count - written - 1)
  }

  /// Counts `count` events that lie somewhere in [start, start + span): the cells become at least as
  /// wide as the span, which is counted in the middle.
  mutating func add(from start: Int64, span: Int64, count: Int) {
    let seconds = max(1, (span + 999) / 1000)
    var wanted = 0
    while wanted < Self.mostLevel, Int64(1) << Int64(wanted) < seconds { wanted += 1 }
    coarsen(to: wanted)
    let middle = start + span / 2
    add(at: middle, count: count)
    let index = floorDivide(middle, 1000) >> Int64(level)
    let place = lowerBound(index)
    guard place < cells.count, cells[place].index == index else { return }
    cells[place].first = min(cells[place].first, start)
    cells[place].last = max(cells[place].last, start + span - 1)
  }

  /// Leaves of each cell that there was something.
  mutating func forgetCounts() {
    for place in cells.indices { cells[place].count = 1 }
  }

  /// Lowers the number of cells that there may be.
  mutating func reduce(to limit: Int) {
    guard limit < self.limit else { return }
    self.limit = limit
    coarsenToLimit()
    cells.shrink(to: limit)
  }

  private mutating func coarsenToLimit() {
    while cells.count > limit, level < Self.mostLevel { coarsen(to: level + 1) }
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

extension Series: Equatable where Kept: Equatable {}
extension Series: Codable where Kept: Codable {
  private enum CodingKeys: String, CodingKey { case limit, level, cells }

  /// A file may say anything: what no log can hold is refused.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      limit: try values.decode(Int.self, forKey: .limit),
      level: try values.decode(Int.self, forKey: .level),
      cells: try values.decode([Cell].self, forKey: .cells))
    let isSound =
      (1...1 << 16).contains(limit) && (0...Self.mostLevel).contains(level)
      && cells.count <= limit
      && cells.indices.allSatisfy { place in
        (0..<1 << 44).contains(cells[place].count) && cells[place].index.magnitude < 1 << 44
          && cells[place].first.magnitude < 1 << 54 && cells[place].last.magnitude < 1 << 54
          && (place == 0 || cells[place - 1].index < cells[place].index)
      }
    guard isSound else {
      throw DecodingError.dataCorruptedError(
        forKey: .cells, in: values, debugDescription: "counts in time that no log can hold")
    }
  }
}
extension Series.Cell: Equatable where Kept: Equatable {}
extension Series.Cell: Codable where Kept: Codable {}

/// Division that rounds towards minus infinity, for times before 1970.
func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
  let quotient = value / divisor
  return value % divisor < 0 ? quotient - 1 : quotient
}

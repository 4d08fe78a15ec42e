import Correlator
import LogEvents
import Playbooks

/// Section 4: failures by class over time, a lane for each backend, changes of state and silences.
struct PageTimeline {
  struct Layer {
    var slot: Int
    var layerName: String
    var layerPlace: Int
    var layerCount: Counted
    var layerPath: String
  }

  struct Lane {
    var laneBackend: String
    var lanePlace: Int
    var laneCount: Counted
    var lanePath: String
    var spans: [LaneSpan]
    var laneWords: [LaneWord]
  }

  struct LaneWord: Hashable {
    var laneWord: String
    var laneTone: String
  }

  struct LaneSpan {
    var x: Int
    var spanWidth: Int
    var spanTone: String
    var spanWords: String
  }

  struct Mark {
    var markX: Int
    var markTone: String
    var markWords: String
  }

  struct Gap {
    var gapX: Int
    var gapWidth: Int
    var gapWords: String
  }

  struct ChangeRow {
    var changeTime: String
    var changeKind: String
    var changeOf: String
    var changeLog: String
  }

  struct SliceRow {
    var sliceTime: String
    var sliceCount: Counted
    var sliceServed: Counted
  }

  struct Label { var label: String }

  var layers: [Layer] = []
  var lanes: [Lane] = []
  var marks: [Mark] = []
  var gaps: [Gap] = []
  var changes: [ChangeRow] = []
  var slices: [SliceRow] = []
  var axis: [Label] = []
  var hasTime: Bool
  var hasMarks: Bool
  var rateBox: String
  var laneBox: String
  var peak: String
  var cellWords: String
  var leftOutChanges: String
  /// Time cells to a row of the table.
  var cellsPerSlice: Int

  static let laneLimit = 14
  private static let changeLimit = 60

  init(_ facts: PageFacts) {
    let cube = facts.cube
    hasTime = cube.cellCount > 0
    rateBox = facts.viewBox(100)
    laneBox = facts.viewBox(20)
    cellsPerSlice = max(1, (cube.cellCount + 39) / 40)
    cellWords = Words.duration(Double(cube.widthMilliseconds) / 1000)
    axis = PageMoment.axis(
      from: cube.start, length: Int64(cube.cellCount) * cube.widthMilliseconds
    ).map(Label.init)
    let all = facts.tally.series { _ in true }
    let most = all.max() ?? 0
    let worst = all.firstIndex(of: most) ?? 0
    peak =
      most == 0
      ? "no failures"
      : "at most \(Words.count(most, "failure")) in \(cellWords), from "
        + PageMoment.full(facts.tally.moment(ofCell: worst))
    layers = Self.layers(facts, most: most)
    lanes = Self.lanes(facts)
    let changed = facts.detail.changes
    changes = changed.prefix(Self.changeLimit).map {
      ChangeRow(
        changeTime: PageMoment.full(Timestamp(milliseconds: $0.time)), changeKind: $0.kind.rawValue,
        changeOf: $0.backend.isEmpty ? $0.gateway : TextLayout.fit($0.backend, 80),
        changeLog: TextLayout.fit($0.stream, 80))
    }
    let hidden = facts.detail.changeCount - changes.count
    leftOutChanges = hidden > 0 ? "and \(Words.count(hidden, "more change"))" : ""
    marks = Self.marks(changed, facts)
    gaps = Self.gaps(facts)
    hasMarks = !changes.isEmpty || !gaps.isEmpty
    slices = Self.slices(all, cellsPerSlice, facts)
  }

  private static func layers(_ facts: PageFacts, most: Int) -> [Layer] {
    var base = [Int](repeating: 0, count: facts.cube.cellCount)
    return facts.tally.classes.enumerated().map { place, outcome in
      let counts = facts.tally.series { $0.outcome == outcome }
      let layer = Layer(
        slot: min(place, 8), layerName: outcome.name, layerPlace: place,
        layerCount: Tally.number(counts.reduce(0, +), "f", "c\(place)"),
        layerPath: BarPath.outline(counts, over: base, most: most))
      for cell in base.indices { base[cell] += counts[cell] }
      return layer
    }
  }

  private static func lanes(_ facts: PageFacts) -> [Lane] {
    let failing = Set(facts.cube.failed.map(\.backend)).sorted()
    return failing.prefix(laneLimit).map { place in
      let counts = facts.tally.series { $0.backend == place }
      let name = facts.cube.backends[place]
      let told = facts.findings.filter {
        $0.zone == .verdict && ($0.found.backend == name || $0.found.backends.contains(name))
      }
      let spans = told.prefix(8).flatMap { numbered -> [LaneSpan] in
        let found = numbered.found
        let parts = found.intervals.isEmpty ? [found.interval] : found.intervals
        return parts.prefix(60).map { part in
          let cells = facts.cells(of: part)
          return LaneSpan(
            x: cells.lowerBound, spanWidth: cells.count,
            spanTone: PatternWord.tone(of: found.pattern),
            spanWords: "\(PatternWord.of(found.pattern)) "
              + PageMoment.span(part.start, part.end))
        }
      }
      return Lane(
        laneBackend: facts.backendLabel(place), lanePlace: place,
        laneCount: Tally.number(counts.reduce(0, +), "f", "b\(place)"),
        lanePath: BarPath.outline(counts, most: counts.max() ?? 0), spans: spans,
        laneWords: Self.words(told.map(\.found.pattern)))
    }
  }

  /// Each pattern once.
  private static func words(_ patterns: [Pattern]) -> [LaneWord] {
    Pattern.allCases.filter { patterns.contains($0) }.map {
      LaneWord(laneWord: PatternWord.of($0), laneTone: PatternWord.tone(of: $0))
    }
  }

  /// One mark for each kind of change in a cell.
  private static func marks(_ changes: [Change], _ facts: PageFacts) -> [Mark] {
    var seen: Set<String> = []
    var marks: [Mark] = []
    for change in changes where marks.count < 120 {
      let time = Timestamp(milliseconds: change.time)
      let cell = facts.cells(of: Interval(start: time, end: time)).lowerBound
      guard seen.insert("\(cell) \(change.kind.rawValue)").inserted else { continue }
      let of = change.backend.isEmpty ? change.gateway : TextLayout.fit(change.backend, 60)
      marks.append(
        Mark(
          markX: cell, markTone: change.kind.rawValue,
          markWords: "\(change.kind.rawValue) \(of) \(PageMoment.full(time))"))
    }
    return marks
  }

  private static func gaps(_ facts: PageFacts) -> [Gap] {
    facts.detail.silences.map { silent in
      let place = facts.cells(of: silent)
      let length = Double(silent.end.milliseconds - silent.start.milliseconds) / 1000
      return Gap(
        gapX: place.lowerBound, gapWidth: place.count,
        gapWords: "no record of any log for \(Words.duration(length)), "
          + PageMoment.span(silent.start, silent.end))
    }
  }

  private static func slices(_ all: [Int], _ size: Int, _ facts: PageFacts) -> [SliceRow] {
    let good = facts.tally.servedSeries()
    return stride(from: 0, to: all.count, by: size).map { start in
      let cells = start..<min(start + size, all.count)
      let ask = "s\(start / size)"
      return SliceRow(
        sliceTime: PageMoment.full(facts.tally.moment(ofCell: start)),
        sliceCount: Tally.number(all[cells].reduce(0, +), "f", ask),
        sliceServed: Tally.number(good[cells].reduce(0, +), "s", ask))
    }
  }
}

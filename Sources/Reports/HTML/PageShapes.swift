import Correlator
import Glibc
import LogEvents
import Playbooks

/// Section 5: how the failures of each verdict lie in time, and the numbers that said so.
struct PageShapes {
  struct Shape {
    var shapeNumber: Int
    var shapePlace: Int
    var shapeAnchor: String
    var shapeWord: String
    var shapeTone: String
    var shapeBackend: String
    var shapeMeaning: String
    var shapeBox: String
    var shapePath: String
    var shapePeak: String
    var gapTitle: String
    var gapBars: String
    var gapReference: String
    var hasGaps: Bool
    var decades: [Decade]
    var facts: [Fact]
  }

  struct Decade {
    var decadeEnd: String
    var decadeCount: String
    var decadeLaw: String
  }

  struct Fact {
    var factName: String
    var factValue: String
  }

  struct HeatRow {
    var day: String
    var hours: [HeatCell]
  }

  struct HeatCell {
    var hourCount: Counted
    var hourLevel: Int
  }

  var shapes: [Shape]
  var hasShapes: Bool
  var heat: [HeatRow]
  var hasHeat: Bool
  var shapeAxis: [PageTimeline.Label]
  var gapAxis: [PageTimeline.Label]

  private static let limit = 8

  init(_ facts: PageFacts) {
    let moments = Dictionary(
      facts.detail.moments.map { ($0.backend, $0.slices) },
      uniquingKeysWith: { first, _ in first })
    shapes = facts.asserted.filter { !$0.isGroup }.prefix(Self.limit).map {
      Self.shape($0, moments[$0.found.backend] ?? [], facts)
    }
    hasShapes = !shapes.isEmpty
    shapeAxis = PageMoment.axis(
      from: facts.cube.start, length: Int64(facts.cube.cellCount) * facts.cube.widthMilliseconds
    ).map(PageTimeline.Label.init)
    gapAxis = GapHistogram.axis.map(PageTimeline.Label.init)
    heat = Self.heat(facts)
    hasHeat = !heat.isEmpty
  }

  private static func shape(
    _ numbered: NumberedFinding, _ slices: [FailureMoments.Slice], _ facts: PageFacts
  ) -> Shape {
    let found = numbered.found
    let series = facts.series[numbered.place]
    let cell = Words.duration(Double(facts.cube.widthMilliseconds) / 1000)
    let range = found.interval.start.milliseconds...found.interval.end.milliseconds
    let gaps = GapHistogram(slices.filter { range.contains($0.first) || range.contains($0.last) })
    var told = found.evidence.map {
      Fact(factName: Spelled.words($0.name), factValue: Spelled.value($0))
    }
    if let seconds = found.seconds {
      told.append(Fact(factName: "time", factValue: Words.duration(seconds)))
    }
    if !found.intervals.isEmpty {
      told.append(Fact(factName: "stretches", factValue: Words.number(found.intervals.count)))
    }
    return Shape(
      shapeNumber: numbered.number, shapePlace: numbered.place, shapeAnchor: numbered.anchor,
      shapeWord: PatternWord.of(found.pattern), shapeTone: PatternWord.tone(of: found.pattern),
      shapeBackend: numbered.subject, shapeMeaning: Guide.meaning(of: found.pattern),
      shapeBox: facts.viewBox(100), shapePath: series.outline,
      shapePeak: "at most \(Words.number(series.most)) in \(cell)",
      gapTitle: gaps.words, gapBars: gaps.bars, gapReference: gaps.reference,
      hasGaps: gaps.count >= 4, decades: gaps.rows, facts: told)
  }

  /// Failures by day and hour, for logs of more than a day and a half and at most four weeks.
  private static func heat(_ facts: PageFacts) -> [HeatRow] {
    let cube = facts.cube
    let hour: Int64 = 3_600_000
    guard let window = facts.report.classification.window, cube.widthMilliseconds <= hour,
      window.end.milliseconds - window.start.milliseconds > 36 * hour
    else { return [] }
    var byHour: [Int64: Int] = [:]
    for row in cube.failed {
      let time = cube.start + Int64(row.cell) * cube.widthMilliseconds
      byHour[time / hour, default: 0] += row.count
    }
    let most = byHour.values.max() ?? 0
    let firstDay = window.start.milliseconds / (24 * hour)
    let lastDay = window.end.milliseconds / (24 * hour)
    guard firstDay >= 0, lastDay - firstDay < 28 else { return [] }
    return (firstDay...lastDay).map { day in
      let midnight = Timestamp(milliseconds: day * 24 * hour)
      let cells = (0..<24).map { clock -> HeatCell in
        let slot = day * 24 + Int64(clock)
        let count = byHour[slot] ?? 0
        return HeatCell(
          hourCount: Tally.number(count, "f", "h\(slot)"),
          hourLevel: HeatLevel.of(count, most: most))
      }
      return HeatRow(day: String(PageMoment.full(midnight).prefix(10)), hours: cells)
    }
  }
}

/// Nine steps of a heat map, on the scale of the square root so that small counts show.
enum HeatLevel {
  static func of(_ count: Int, most: Int) -> Int {
    guard count > 0, most > 0 else { return 0 }
    return max(1, min(8, Int((Double(count) / Double(most)).squareRoot() * 8 + 0.5)))
  }
}

/// How far apart failures lie, on a logarithmic axis from 10 ms to a day, against random arrivals of the
/// same mean.
struct GapHistogram {
  static let binsPerDecade = 4
  static let decades = 7
  static let axis = ["10 ms", "0.1 s", "1 s", "10 s", "100 s", "17 min", "2.8 h", "28 h"]
  private(set) var counts = [Int](repeating: 0, count: decades * binsPerDecade)
  private(set) var count = 0
  private var sum = 0.0

  /// Gaps inside a slice are taken as even; a slice is what the digest keeps.
  init(_ slices: [FailureMoments.Slice]) {
    var last: Int64?
    for slice in slices {
      if let last { add(Double(slice.first - last), 1) }
      if slice.count > 1 {
        let inside = slice.count - 1
        add(Double(slice.last - slice.first) / Double(inside), inside)
      }
      last = slice.last
    }
  }

  private mutating func add(_ milliseconds: Double, _ times: Int) {
    counts[Self.bin(milliseconds)] += times
    count += times
    sum += milliseconds * Double(times)
  }

  static func bin(_ milliseconds: Double) -> Int {
    let place = (log10(max(10, milliseconds)) - 1) * Double(binsPerDecade)
    return min(decades * binsPerDecade - 1, Int(place))
  }

  private var most: Double { max(Double(counts.max() ?? 0), expected.max() ?? 0, 1) }

  /// Random arrivals: the share of an exponential law in each bin.
  private var expected: [Double] {
    guard count > 0, sum > 0 else { return [] }
    let mean = sum / Double(count)
    return counts.indices.map { bin in
      let low = bin == 0 ? 0 : pow(10, 1 + Double(bin) / Double(Self.binsPerDecade))
      let high = pow(10, 1 + Double(bin + 1) / Double(Self.binsPerDecade))
      return Double(count) * (exp(-low / mean) - exp(-high / mean))
    }
  }

  var bars: String { BarPath.outline(counts, most: Int(most.rounded(.up))) }

  /// A line through the middles of the bins, in the view box of the bars.
  var reference: String {
    expected.enumerated().map { bin, value in
      let height = Int((100 - 100 * value / most).rounded())
      return "\(bin == 0 ? "M" : "L")\(bin).5 \(max(0, height))"
    }.joined()
  }

  /// The same as a table, a row a decade.
  var rows: [PageShapes.Decade] {
    let law = expected
    return (0..<Self.decades).map { decade in
      let bins = (decade * Self.binsPerDecade)..<((decade + 1) * Self.binsPerDecade)
      return PageShapes.Decade(
        decadeEnd: Self.axis[decade + 1], decadeCount: Words.number(counts[bins].reduce(0, +)),
        decadeLaw: law.isEmpty ? "" : Words.number(Int(law[bins].reduce(0, +).rounded())))
    }
  }

  var words: String {
    guard count > 0 else { return "" }
    return "\(Words.count(count, "gap")), \(Words.duration(sum / Double(count) / 1000)) on average"
  }
}

/// Names of measures as people read them.
enum Spelled {
  /// `successesDue` is `successes due`.
  static func words(_ name: String) -> String {
    var text = ""
    for character in name {
      if character.isUppercase {
        text += " " + character.lowercased()
      } else {
        text.append(character)
      }
    }
    return text
  }

  static func value(_ measure: Measure) -> String {
    let name = measure.name
    let value = measure.value
    guard value.isFinite else { return "" }
    if name.hasSuffix("Seconds") { return Words.duration(value) }
    if name.lowercased().contains("ratio") || name == "share" { return Words.percent(value) }
    if ["loadLinked", "clockLocked", "neverWorked"].contains(name) {
      return value == 1 ? "yes" : "no"
    }
    guard abs(value) < 1e12 else { return "" }
    if abs(value) >= 100 || value == value.rounded() { return Words.number(Int(value.rounded())) }
    let hundredths = Int((abs(value) * 100).rounded())
    let digits = "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
    return value < 0 ? "-" + digits : digits
  }
}

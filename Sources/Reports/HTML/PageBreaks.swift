import Correlator
import Glibc
import LogEvents
import Playbooks

/// Section 6: at which step exchanges failed, and after how long.
struct PageBreaks {
  struct ClassRow {
    var classPhase: String
    var className: String
    var classPlace: Int
    var classSlot: Int
    var classCount: Counted
    var classShare: Counted
    var classMeaning: String
    /// 0...100, of the most frequent class.
    var classBar: Counted
    var classSamples: [SampleLink]
  }

  struct SampleLink { var link: String }

  struct TimerMark {
    var seconds: Int
    var timerX: String
    /// Its value beside the line, where there is room.
    var timerShort: String
    var timerValue: String
    var timerNames: String
    var timerSources: String
    var timerCount: Counted
  }

  struct OctaveRow {
    var octaveEnd: String
    var octaveCount: Counted
  }

  var classes: [ClassRow]
  var hasClasses: Bool
  var induced: [Counted]
  var durations: String
  var durationNote: String
  var hasDurations: Bool
  var timers: [TimerMark]
  var hasTimers: Bool
  var octaves: [OctaveRow]
  var durationAxis: [PageTimeline.Label]

  init(_ facts: PageFacts) {
    let tally = facts.tally
    let counts = tally.classes.map { outcome in tally.failures { $0.outcome == outcome } }
    let most = counts.max() ?? 1
    let samples = facts.detail.samples.sorted { $0.key < $1.key }.flatMap(\.value)
    classes = zip(tally.classes, counts).enumerated().map { place, row in
      let (outcome, count) = row
      return ClassRow(
        classPhase: Self.words(outcome.phase), className: outcome.name, classPlace: place,
        classSlot: min(place, 8), classCount: Tally.number(count, "f", "c\(place)"),
        classShare: Counted(
          measure: "o", ask: "c\(place)",
          shown: Words.percent(Double(count) / Double(max(1, facts.failures)))),
        classMeaning: Guide.meaning(of: outcome),
        classBar: Counted(
          measure: "w", ask: "c\(place)", shown: "\(max(1, count * 100 / max(1, most)))"),
        classSamples: Self.links(of: outcome, samples, facts))
    }
    hasClasses = !classes.isEmpty
    induced =
      tally.classes.firstIndex(of: .poolExhausted).map {
        [Tally.number(counts[$0], "f", "c\($0)")]
      } ?? []
    let known = facts.detail.traits.flatMap { $0.failed }.filter { $0.duration >= 0 }
    let histogram = DurationHistogram(known.map { Int64($0.duration) })
    durations = histogram.bars
    hasDurations = known.count >= 3
    let looked = facts.detail.traits.reduce(0) { $0 + $1.failed.count }
    durationNote =
      "\(Words.count(known.count, "duration")) of the \(Words.number(looked)) failed exchanges that were "
      + "looked at; the tallest bar holds \(Words.number(histogram.counts.max() ?? 0))"
    timers = Self.marks(of: facts.timers, known.map { Int64($0.duration) })
    hasTimers = !timers.isEmpty
    octaves = (0..<DurationHistogram.octaves).map { octave in
      let first = octave * DurationHistogram.binsPerOctave
      let held = histogram.counts[first..<(first + DurationHistogram.binsPerOctave)].reduce(0, +)
      return OctaveRow(
        octaveEnd: Words.duration(Double(2 << octave) / 1000),
        octaveCount: Tally.number(held, "do", "\(octave)"))
    }
    durationAxis = DurationHistogram.axis.map(PageTimeline.Label.init)
  }

  /// One for each value, named where the name of the one before leaves room.
  private static func marks(of timers: [KnownTimer], _ durations: [Int64]) -> [TimerMark] {
    var marks: [TimerMark] = []
    var named = 0.0
    for timer in timers where timer.seconds != marks.last?.seconds {
      let same = timers.filter { $0.seconds == timer.seconds }
      let names = same.map(\.name).joined(separator: "; ")
      let value = Words.duration(Double(timer.seconds))
      let near = durations.filter(timer.fires).count
      let hasRoom = Double(timer.seconds) >= named * 1.4
      if hasRoom { named = Double(timer.seconds) }
      marks.append(
        TimerMark(
          seconds: timer.seconds, timerX: DurationHistogram.place(ofSeconds: timer.seconds),
          timerShort: hasRoom ? value : "", timerValue: value, timerNames: names,
          timerSources: Set(same.map(\.source)).sorted().joined(separator: "; "),
          timerCount: Tally.number(near, "d", "\(timer.seconds)")))
    }
    return marks
  }

  private static func words(_ phase: Outcome.Phase) -> String {
    switch phase {
    case .none: "before any attempt, or not told"
    case .nameLookup: "name lookup"
    case .connect: "connect"
    case .tls: "TLS handshake"
    case .request: "sending the request"
    case .response: "waiting for the response"
    }
  }

  /// Where three records of the class stand.
  private static func links(
    of outcome: Outcome, _ samples: [Exemplar], _ facts: PageFacts
  ) -> [SampleLink] {
    samples.filter { $0.outcome == outcome }.prefix(3).map {
      SampleLink(link: "\(TextLayout.fit(facts.short($0.file), 60)):\($0.line)")
    }
  }
}

/// Durations of failed exchanges, 4 bins an octave from 1 ms to about 17 minutes.
struct DurationHistogram {
  static let binsPerOctave = 4
  static let octaves = 20
  static let axis = ["1 ms", "32 ms", "1 s", "33 s", "17 min"]
  private(set) var counts = [Int](repeating: 0, count: octaves * binsPerOctave)

  init(_ milliseconds: [Int64]) {
    for value in milliseconds { counts[Self.bin(value)] += 1 }
  }

  static func bin(_ milliseconds: Int64) -> Int {
    let place = log2(Double(max(1, milliseconds))) * Double(binsPerOctave)
    return min(octaves * binsPerOctave - 1, Int(place))
  }

  /// In percent of the axis, one decimal.
  static func place(ofSeconds seconds: Int) -> String {
    let tenths = Int((log2(Double(seconds) * 1000) / Double(octaves) * 1000).rounded())
    return "\(tenths / 10).\(tenths % 10)%"
  }

  var bars: String { BarPath.outline(counts, most: counts.max() ?? 0) }
}

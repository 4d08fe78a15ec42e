import LogEvents
import LogFormats
import LogIntake
import Pipeline
import Reports

extension FileSummary {
  /// What the reports show of a result; `year` is the one that the person gave.
  init<Consumer>(_ result: FileResult<Consumer>, year: Int?) {
    self.init(path: result.source.path, format: result.format?.name)
    let counts = result.counts
    lines = counts.lines
    records = counts.records
    events = counts.events
    chatter = counts.chatter
    joined = counts.joined
    repeated = counts.repeated
    faults = counts.faultCount
    faultKinds = RecordFault.allCases.compactMap { kind in
      counts.faults[kind].map {
        let first = counts.firstFaults[kind]
        return Fault(
          kind: kind.sentence, count: $0, firstLine: first?.line ?? 0, sample: first?.sample)
      }
    }
    outside = result.outside
    isTooOld = result.isTooOld
    sameAs = result.sameAs
    assumedZone = result.assumed.zone
    if result.assumed.year {
      let isStream = result.source.modifiedMilliseconds == nil
      assumedYear = year.map { "--assume-year \($0)" } ?? (isStream ? "today" : "the last change")
    }
    bundle = result.tally.map { Bundle(others: $0.others, specials: $0.specials) }
    problem = result.problem?.sentence
  }
}

extension AskedSpan {
  /// `nil` where all was asked for.
  init?(_ asked: AskedWindow) {
    guard asked != AskedWindow() else { return nil }
    func spelled(_ time: Timestamp) -> String {
      RFC3339.text(time, withMilliseconds: time.milliseconds % 1000 != 0)
    }
    self.init(since: asked.since.map(spelled), until: asked.until.map(spelled))
  }
}

import Correlator
import LogEvents
import Playbooks

/// Sections 13 and 14: what was not understood, what was read, and how it was judged.
struct PageSources {
  struct FileRow {
    var path: String
    var format: String
    var fileLines: String
    var fileRecords: String
    var fileEvents: String
    var chatter: String
    var faults: String
    var fileRemarks: String
  }

  struct StreamRow {
    var streamName: String
    var streamSpan: String
    var streamX: Int
    var streamWidth: Int
    var streamWords: String
  }

  /// Records of one file that could not be read for one reason.
  struct UnknownRow {
    var unknownPath: String
    var unknownCount: String
    var unknownShare: String
    var unknownKind: String
    /// File and line of the first one, and how it begins.
    var unknownPlace: String
    var unknownSample: String
  }

  var below: String
  var isBelow: Bool
  var files: [FileRow]
  var leftOutFiles: String
  var streams: [StreamRow]
  var hasStreams: Bool
  var streamBox: String
  var unknown: [UnknownRow]
  var hasUnknown: Bool
  var leftOutUnknown: String
  var limited: String
  var cellNote: String
  var unattributed: String

  private static let fileLimit = 200
  private static let unknownLimit = 40

  init(_ facts: PageFacts) {
    let report = facts.report
    below = TextLayout.fit(facts.below, 200)
    isBelow = !below.isEmpty
    files = report.files.prefix(Self.fileLimit).map {
      FileRow(
        path: TextLayout.fit(facts.short($0.path), 120), format: $0.format ?? "none",
        fileLines: Words.number($0.lines), fileRecords: Words.number($0.records),
        fileEvents: Words.number($0.events), chatter: Words.number($0.chatter),
        faults: Words.number($0.faults), fileRemarks: TextLayout.fit(CoverageLines.remarks($0), 400)
      )
    }
    let hidden = report.files.count - files.count
    leftOutFiles = hidden > 0 ? "and \(Words.count(hidden, "more file"))" : ""
    streams = facts.detail.streams.map { told in
      let cells = facts.cells(of: told.span)
      return StreamRow(
        streamName: TextLayout.fit(facts.short(told.name), 80),
        streamSpan: PageMoment.span(told.span.start, told.span.end),
        streamX: cells.lowerBound, streamWidth: cells.count,
        streamWords: "\(Words.number(told.failures)) failed, \(Words.number(told.successes)) served"
      )
    }
    hasStreams = !streams.isEmpty
    streamBox = facts.viewBox(10)
    let rows = report.files.flatMap { Self.unknown($0, facts) }
    unknown = Array(rows.prefix(Self.unknownLimit))
    hasUnknown = !rows.isEmpty
    leftOutUnknown = rows.count > unknown.count ? "and \(rows.count - unknown.count) more" : ""
    let limits = facts.detail.suppressions
    limited =
      limits > 0
      ? "A logger said \(Words.number(limits)) times that it left records out: counts are lower bounds there."
      : ""
    cellNote = Words.duration(Double(facts.cube.widthMilliseconds) / 1000)
    unattributed =
      facts.detail.unattributed > 0
      ? "\(Words.count(facts.detail.unattributed, "failed exchange")) named neither backend, pool nor "
        + "service and could not be held against anyone."
      : ""
  }

  /// A row for each kind, those met most first.
  private static func unknown(_ file: FileSummary, _ facts: PageFacts) -> [UnknownRow] {
    let kinds = file.faultKinds.sorted { ($1.count, $0.firstLine) < ($0.count, $1.firstLine) }
    return kinds.map { kind in
      let path = TextLayout.fit(facts.short(file.path), 120)
      return UnknownRow(
        unknownPath: path, unknownCount: Words.number(kind.count),
        unknownShare: Words.percent(Double(kind.count) / Double(max(1, file.records))),
        unknownKind: kind.kind, unknownPlace: "\(path):\(kind.firstLine)",
        unknownSample: TextLayout.fit(kind.sample ?? "", 240))
    }
  }
}

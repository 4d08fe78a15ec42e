import Correlator
import LogEvents
import Playbooks

/// How far the report can be trusted, in words: the same in every shape that people read.
package struct CoverageLines {
  /// `assumed` and `zone UTC for 2 files`, say.
  package struct Line {
    package var label: String
    package var text: String
  }

  private let report: Report

  package init(_ report: Report) { self.report = report }

  /// What nobody should overlook: a line each, most of them absent.
  package var short: [Line] {
    var lines: [Line] = []
    if let asked = report.asked { lines.append(Line(label: "asked", text: asked.words + outside)) }
    lines += Self.first(
      report.files.compactMap { file in
        file.complaint.map { Line(label: "not read", text: "\(file.path): \($0)") }
      })
    lines += [unread, assumed, twins, joined, coarse].compactMap(\.self)
    lines += Self.first(
      report.files.compactMap { file in
        guard let bundle = file.bundle, bundle.others + bundle.specials > 0 else { return nil }
        return Line(label: "bundle", text: "\(file.path): " + Self.words(bundle))
      })
    return lines
  }

  /// The first few: the verdicts stand below them and must stay in sight.
  private static func first(_ lines: [Line]) -> [Line] {
    let most = 4
    guard let last = lines.last, lines.count > most else { return lines }
    let more = "and \(Words.count(lines.count - most, "other input"))"
    return lines.prefix(most) + [Line(label: last.label, text: more)]
  }

  private var outside: String {
    let share = report.files.filter(\.isTooOld).count
    let skipped = share == 0 ? "" : "; not opened \(Words.count(share, "older file"))"
    return "; outside \(Words.count(report.outside, "event"))\(skipped)"
  }

  /// Records that could not be read, by kind, with the first place of the kind met most.
  private var unread: Line? {
    var counts: [String: Int] = [:]
    var first: (count: Int, place: String)?
    for file in report.files {
      for fault in file.faultKinds {
        counts[fault.kind, default: 0] += fault.count
        if fault.count > first?.count ?? 0 {
          first = (fault.count, "\(file.path):\(fault.firstLine)")
        }
      }
    }
    guard let first else { return nil }
    let kinds = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.key) \(Words.number($0.value))" }
    return Line(
      label: "unread",
      text: "\(Words.count(report.unreadRecords, "record")): "
        + "\(kinds.joined(separator: ", ")); first at \(first.place)")
  }

  private var assumed: Line? {
    var parts: [String] = []
    let zones = Dictionary(
      report.files.compactMap { $0.assumedZone.map { ($0, 1) } }, uniquingKeysWith: +)
    for (zone, count) in zones.sorted(by: { $0.key < $1.key }) {
      parts.append("zone \(zone) for \(Words.count(count, "file"))")
    }
    let years = Dictionary(
      report.files.compactMap { $0.assumedYear.map { ($0, 1) } }, uniquingKeysWith: +)
    for (year, count) in years.sorted(by: { $0.key < $1.key }) {
      parts.append("year from \(year) for \(Words.count(count, "file"))")
    }
    return parts.isEmpty ? nil : Line(label: "assumed", text: parts.joined(separator: ", "))
  }

  private var twins: Line? {
    let twins = report.files.filter { $0.sameAs != nil }
    guard let first = twins.first, let other = first.sameAs else { return nil }
    let more = twins.count > 1 ? ", and \(Words.count(twins.count - 1, "other"))" : ""
    return Line(label: "twins", text: "\(first.path) same as \(other), counted once\(more)")
  }

  private var joined: Line? {
    guard !report.joinedNames.isEmpty else { return nil }
    return Line(
      label: "too many",
      text: "one log names too many backends or paths; those beyond the first are told together as "
        + report.joinedNames.joined(separator: " and "))
  }

  private var coarse: Line? {
    guard !report.resolution.isFull else { return nil }
    let full = Resolution()
    return Line(
      label: "coarse",
      text: "many busy backends: times of failures and successes of each are kept in "
        + "\(Words.number(report.resolution.failureCells)) and "
        + "\(Words.number(report.resolution.successCells)) cells instead of "
        + "\(Words.number(full.failureCells)) and \(Words.number(full.successCells))")
  }

  /// What to know of a file beside its counts.
  static func remarks(_ file: FileSummary) -> String {
    var parts = [file.complaint, file.bundle.map(account)].compactMap(\.self)
    if let other = file.sameAs { parts.append("same as \(other), counted once") }
    if file.isTooOld { parts.append("last changed before the asked window") }
    if file.outside > 0 { parts.append("\(Words.count(file.outside, "event")) outside") }
    if let zone = file.assumedZone { parts.append("zone assumed: \(zone)") }
    if let year = file.assumedYear { parts.append("year assumed from \(year)") }
    return parts.joined(separator: "; ")
  }

  private static func account(_ bundle: FileSummary.Bundle) -> String {
    "bundle" + (bundle.others + bundle.specials == 0 ? "" : "; " + words(bundle))
  }

  private static func words(_ bundle: FileSummary.Bundle) -> String {
    var parts: [String] = []
    if bundle.others > 0 { parts.append("\(Words.count(bundle.others, "file")) that are no logs") }
    if bundle.specials > 0 {
      parts.append("\(Words.number(bundle.specials)) links, devices or encrypted files")
    }
    return parts.joined(separator: ", ") + " passed over"
  }

  /// What was read of each file.
  package var ledger: [String] {
    report.files.flatMap { file -> [String] in
      var lines = ["\(file.path): \(Self.account(file))"]
      for fault in file.faultKinds {
        lines.append(
          "  \(fault.kind): \(Words.count(fault.count, "record")), first on line \(fault.firstLine)"
        )
      }
      return lines
    }
  }

  private static func account(_ file: FileSummary) -> String {
    if let other = file.sameAs { return "same as \(other), counted once" }
    if file.isTooOld { return "not opened: last changed before the asked window" }
    if let bundle = file.bundle {
      return account(bundle) + (file.problem.map { "; \($0)" } ?? "")
    }
    guard let format = file.format else { return file.complaint ?? "" }
    var parts = [
      "\(format), \(Words.count(file.lines, "line")), \(Words.count(file.records, "record"))",
      Words.count(file.events, "event"),
    ]
    if file.chatter > 0 { parts.append("\(Words.number(file.chatter)) chatter") }
    if file.joined > 0 { parts.append("\(Words.number(file.joined)) joined") }
    if file.repeated > 0 { parts.append("\(Words.number(file.repeated)) repeated") }
    parts.append("\(Words.number(file.faults)) unread")
    if file.outside > 0 { parts.append("\(Words.count(file.outside, "event")) outside") }
    var text = parts.joined(separator: ", ")
    if let zone = file.assumedZone { text += "; zone assumed: \(zone)" }
    if let year = file.assumedYear { text += "; year assumed from \(year)" }
    if let problem = file.problem { text += "; \(problem)" }
    return text
  }
}

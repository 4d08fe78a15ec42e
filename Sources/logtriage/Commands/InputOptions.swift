import ArgumentParser
import Foundation
import LogEvents
import LogFormats
import LogIntake
import Pipeline

/// What to read and what to assume of it: shared by every command that reads logs.
struct InputOptions: ParsableArguments {
  @Argument(help: "Files or directories; - or nothing reads standard input.")
  var paths: [String] = []

  @Option(
    name: .long, parsing: .unconditional,
    help: "Zone of records that name none: an IANA name, or an offset such as +02:00.")
  var assumeTimezone = "UTC"

  @Option(name: .long, help: "Year of records that name none.")
  var assumeYear: Int?

  @Option(name: .long, help: "Template of a CA API Gateway traffic log.")
  var trafficTemplate: String?

  @Option(name: .long, help: "Format to read every input with; see `logtriage formats`.")
  var inputFormat: String?

  @Option(name: .short, help: "Workers; as many as there are cores unless told otherwise.")
  var jobs: Int?

  @OptionGroup var time: TimeOptions

  @OptionGroup var coverage: CoverageOptions

  func validate() throws {
    guard TimeZone(named: assumeTimezone) != nil else {
      throw ValidationError("no such time zone: \(assumeTimezone); try Europe/Berlin or UTC")
    }
    if let inputFormat, FormatShelf.named(inputFormat) == nil {
      throw ValidationError("no such format: \(inputFormat); `logtriage formats` lists them")
    }
  }

  func sources() throws -> ([Source], [SourceProblem]) {
    if paths.isEmpty, isatty(STDIN_FILENO) == 1 {
      throw ValidationError("name files or directories to read, or pipe a log in")
    }
    return DirectoryWalk.sources(paths.isEmpty ? ["-"] : paths)
  }

  func run(workers: Int? = nil) -> Run {
    let zone = ZoneOffsets(TimeZone(named: assumeTimezone) ?? .gmt)
    let (year, template, name) = (assumeYear, trafficTemplate, inputFormat)
    var run = Run(workers: workers ?? jobs ?? ProcessInfo.processInfo.activeProcessorCount) {
      var settings = FormatSettings()
      settings.zone = zone
      settings.assumedYear = year
      settings.trafficTemplate = template
      let modified = $0.modifiedMilliseconds
      settings.reference = Timestamp(
        milliseconds: modified ?? Int64(Date().timeIntervalSince1970 * 1000))
      return settings
    }
    if let name { run.format = { _ in FormatShelf.named(name) } }
    run.keepsRejects = coverage.rejects != nil
    return run
  }
}

extension InputOptions {
  /// As `run`, with the window that was asked for.
  func run(over sources: [Source], workers: Int? = nil) throws -> Run {
    var run = run(workers: workers)
    run.asked = try time.asked { [run] in
      run.end(of: sources)
        ?? Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }
    return run
  }
}

extension TimeZone {
  /// An IANA name, or an offset: `+02:00`, `-0500`, `Z`.
  init?(named name: String) {
    if name == "Z" || name == "UTC" {
      self = .gmt
      return
    }
    if let sign = name.first, sign == "+" || sign == "-" {
      let digits = name.dropFirst().filter { $0 != ":" }
      guard digits.count == 2 || digits.count == 4, digits.allSatisfy(\.isNumber),
        let hours = Int(digits.prefix(2)), hours < 15, let minutes = Int("0" + digits.dropFirst(2)),
        minutes < 60
      else { return nil }
      self.init(secondsFromGMT: (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60))
      return
    }
    self.init(identifier: name)
  }
}

extension ZoneOffsets {
  /// The offsets of a zone from 1990 to 2060, resolved once.
  init(_ zone: TimeZone) {
    var moment = Date(timeIntervalSince1970: 631_152_000)
    let base = zone.secondsFromGMT(for: moment)
    var steps: [Step] = []
    while let next = zone.nextDaylightSavingTimeTransition(after: moment),
      next > moment, next.timeIntervalSince1970 < 2_840_140_800
    {
      steps.append(
        Step(from: Int64(next.timeIntervalSince1970), offset: zone.secondsFromGMT(for: next)))
      moment = next
    }
    self.init(base: base, steps: steps, name: zone == .gmt ? "UTC" : zone.identifier)
  }
}

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
    help:
      "Zone of records that name none: an IANA name, or an offset such as +02:00. (default: UTC)")
  var assumeTimezone: String?

  @Option(name: .long, help: "Year of records that name none.")
  var assumeYear: Int?

  @Option(name: .long, help: "Template of a CA API Gateway traffic log.")
  var trafficTemplate: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Format to read inputs with, whatever their content; see `logtriage formats`. Repeatable.",
      valueName: "name[:glob]"))
  var inputFormat: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "A format as its owner wrote it: apache (LogFormat), apache-error (ErrorLogFormat), nginx "
        + "(log_format) or haproxy (log-format), as in 'nginx:$remote_addr [$time_local] ...'. "
        + "Read with it are the inputs that it fits; with a glob (nginx@shop*.log:...), those of "
        + "the glob. Repeatable.",
      valueName: "name[@glob]:pattern"))
  var logFormat: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Leave out files and directories, as in '*.bak', old or 'gw1/debug*'. Repeatable.",
      valueName: "glob"))
  var exclude: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "YAML with formats, zones and years by glob, backends and exclude. Flags go before it.",
      valueName: "file"))
  var settings: String?

  @OptionGroup var tie: TieOptions

  @Option(name: .short, help: "Workers; as many as there are cores unless told otherwise.")
  var jobs: Int?

  @Flag(
    name: [.customLong("no-progress"), .customShort("q")],
    help: "Do not tell on standard error how far reading has come.")
  var isQuiet = false

  @OptionGroup var time: TimeOptions

  @OptionGroup var coverage: CoverageOptions

  /// What the flags say, then the settings file.
  ///
  /// - Throws: `ValidationError`, with what to type instead.
  func runSettings() throws -> RunSettings {
    var flags = RunSettings()
    do throws(FormatWish.Flaw) {
      for text in logFormat { flags.formats.append(try FormatWish(logFormat: text)) }
      for text in inputFormat { flags.formats.append(try FormatWish(inputFormat: text)) }
      for text in exclude { flags.exclusions.append(try FormatWish.glob(text)) }
    } catch {
      throw ValidationError(error.sentence)
    }
    if let assumeTimezone {
      guard let zone = TimeZone(named: assumeTimezone) else {
        throw ValidationError("no such time zone: \(assumeTimezone); try Europe/Berlin or UTC")
      }
      flags.zones = [RunSettings.Rule(glob: nil, value: ZoneOffsets(zone))]
    }
    if let assumeYear { flags.years = [RunSettings.Rule(glob: nil, value: assumeYear)] }
    flags.trafficTemplate = trafficTemplate
    flags.corrections = try tie.corrections()
    if let settings { flags.append(try SettingsFile.settings(settings)) }
    return flags
  }

  /// What there is to read, without what the settings exclude.
  func sources(_ settings: RunSettings) throws -> ([Source], [SourceProblem]) {
    if paths.isEmpty, isatty(STDIN_FILENO) == 1 {
      throw ValidationError("name files or directories to read, or pipe a log in")
    }
    // A settings file can hide files: one that came with a stranger's bundle must not be read unasked.
    if self.settings == nil, FileManager.default.fileExists(atPath: ".logtriage.yaml") {
      Message.say("there is a .logtriage.yaml here; it is read with --settings .logtriage.yaml")
    }
    let (sources, problems) = DirectoryWalk.sources(paths.isEmpty ? ["-"] : paths)
    let kept = sources.filter { !settings.excludes($0.path) }
    if kept.isEmpty, !sources.isEmpty { Message.say("every input is excluded") }
    return (kept, problems.filter { !settings.excludes($0.path) })
  }

  /// As the settings say, over all times.
  func run(_ settings: RunSettings, workers: Int? = nil) -> Run {
    var run = Run(workers: workers ?? jobs ?? ProcessInfo.processInfo.activeProcessorCount) {
      settings.formatSettings(for: $0)
    }
    run.keepsRejects = coverage.rejects != nil
    return run
  }
}

extension InputOptions {
  /// What tells how far reading has come, unless that is not wanted or nobody could see it.
  func progress(over sources: [Source]) -> ReadingProgress? {
    isQuiet ? nil : ReadingProgress(ofBytes: sources.reduce(0) { $0 + $1.size })
  }

  /// As `run`, with the window that was asked for.
  func run(_ settings: RunSettings, over sources: [Source], workers: Int? = nil) throws -> Run {
    var run = run(settings, workers: workers)
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

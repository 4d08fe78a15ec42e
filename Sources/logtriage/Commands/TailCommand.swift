import ArgumentParser
import Correlator
import Foundation
import LogFormats
import LogIntake
import Pipeline
import Playbooks
import Reports

/// `logtriage tail`: the report's verdicts, while the logs grow.
struct TailCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tail",
    abstract: "Follows logs that grow and tells when a finding opens or closes.",
    discussion: """
      Reads what is there, then follows: files and directories through rotation, standard input (-), \
      the output of a command. On a terminal there is a screen; elsewhere one line for each change \
      of a finding.

      Ctrl-C ends with the report of what was seen (status 130), SIGTERM ends quietly, SIGUSR1 \
      writes a report, SIGHUP reads the settings anew.
      """)

  @Option(help: "Also read what this shell command prints; repeatable.")
  var command: [String] = []

  @Flag(help: "One JSON object a line for each change.")
  var json = false

  @Flag(help: "End when everything that is there was read.")
  var once = false

  @Flag(help: "Look at the files at intervals, as network file systems need.")
  var poll = false

  @Flag(help: "Lines instead of the screen, also on a terminal.")
  var plain = false

  @Option(help: "Verdicts while it runs are of the last part of the logs: 90s, 10m, 2h.")
  var last = "60m"

  @Option(help: "Directory that keeps what was counted and how far, to go on after a restart.")
  var state: String?

  @Option(help: "With --state, days to keep, such as 30d.")
  var keep: String?

  @OptionGroup var live: LiveOptions

  @OptionGroup var shape: ReportShape

  @OptionGroup var input: InputOptions

  func validate() throws {
    guard keep == nil || keepMilliseconds != nil else {
      throw ValidationError("--keep is a number of days, such as 30d")
    }
    guard lastMilliseconds != nil else {
      throw ValidationError("--last is a duration such as 90s, 10m or 2h")
    }
  }

  static let dayMilliseconds: Int64 = 86_400_000

  private var lastMilliseconds: Int64? {
    DurationArgument.milliseconds(last).flatMap { $0 >= 1000 ? $0 : nil }
  }

  private var keepMilliseconds: Int64? {
    guard let length = keep.flatMap(DurationArgument.milliseconds),
      length >= Self.dayMilliseconds, length % Self.dayMilliseconds == 0
    else { return nil }
    return length
  }

  func run() throws {
    // First of all, so that every thread inherits it.
    let signals = Signals([SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGPIPE, SIGWINCH])
    let roots = input.paths.filter { $0 != "-" }
    let settings = try input.runSettings()
    var run = LiveRun(
      run: try input.run(settings, over: [], workers: 1), roots: input.paths,
      windowMilliseconds: lastMilliseconds ?? 3_600_000, keepsDays: keep != nil)
    var known: [FollowedFile] = []
    let saved = try resume(&run, &known)
    let pipes = try openPipes()
    let screen = screen()
    var options = options(settings, isScreen: screen != nil)
    options.followsFiles = !roots.isEmpty
    if let kept = saved?.kept(LiveSession.findingsFile) {
      options.announced =
        (try? JSONDecoder().decode([FindingLedger.Announced].self, from: kept)) ?? []
    }
    options.keys = screen?.input
    let services = try LiveServices(live, &options)
    defer { services.close() }
    let output: any LiveOutput =
      screen.map { ScreenOutput(screen: $0, terminal: Terminal.current) }
      ?? LineOutput(isJSON: json)
    var session = LiveSession(
      run: run,
      files: FollowedFiles(roots: roots, resuming: known, excludes: { settings.excludes($0) }),
      pipes: pipes, output: output,
      state: saved, options: options)
    let end = session.follow(signals)
    if end == .terminated { return }
    var status = ExitStatus.ran
    if once { for problem in session.missing { status.note(problem) } }
    let document = DigestDocument(session.run, input, session.corrections)
    try shape.write(document.report(shape.redact.redaction), &status, printing: !json)
    if end == .interrupted { throw ExitCode(130) }
    if !document.files.contains(where: { $0.format != nil }) { status.raise(.nothingRecognized) }
    throw status.exitCode
  }

  /// Goes on where the state directory says, if there is one.
  private func resume(_ run: inout LiveRun, _ known: inout [FollowedFile]) throws -> SavedState? {
    guard let state else { return nil }
    do throws(SavedState.Problem) {
      let saved = try SavedState(state, keepMilliseconds: keepMilliseconds)
      for log in try SavedState.logs(in: state) {
        run.restore(log, at: WallClock.now)
        known += log.files
      }
      return saved
    } catch {
      throw ValidationError("\(state) cannot keep the state: \(error.sentence)")
    }
  }

  private func openPipes() throws -> [LivePipe] {
    var pipes: [LivePipe] = []
    let isAlone = input.paths.isEmpty && command.isEmpty && live.listen.isEmpty
    if input.paths.contains("-") || isAlone {
      guard isatty(STDIN_FILENO) == 0 else {
        throw ValidationError("name files or directories to follow, or pipe a log in")
      }
      pipes.append(.standardInput())
    }
    for command in command {
      guard let pipe = LivePipe.command(command) else {
        throw ValidationError("cannot be started: \(command)")
      }
      pipes.append(pipe)
    }
    return pipes
  }

  /// The screen, where there is a terminal that can draw and nobody asked for lines.
  private func screen() -> TerminalScreen? {
    let terminal = Terminal.current
    guard terminal.isTerminal, terminal.canDraw, !plain, !json, !once else { return nil }
    let keys = unsafe open("/dev/tty", O_RDONLY | O_CLOEXEC)
    return keys >= 0 ? TerminalScreen(input: keys) : nil
  }

  private func options(_ settings: RunSettings, isScreen: Bool) -> LiveSession.Options {
    let (shape, input, json) = (shape, input, json)
    var options = LiveSession.Options()
    options.isOnce = once
    options.isPolling = poll
    options.corrections = settings.corrections
    options.reload = {
      let fresh = try input.runSettings()
      return LiveSession.Settings(
        run: try input.run(fresh, over: [], workers: 1), excludes: { fresh.excludes($0) },
        corrections: fresh.corrections)
    }
    let writeMarkdown = { (live: LiveRun, corrections: Corrections) in
      let report = DigestDocument(live, input, corrections).report(shape.redact.redaction)
      try OutputFile.write(Data(MarkdownReport.text(report).utf8), to: "logtriage-report.md")
    }
    options.writeMarkdown = writeMarkdown
    options.writeReport = { live, corrections in
      if isScreen, shape.output.isEmpty { return try writeMarkdown(live, corrections) }
      let report = DigestDocument(live, input, corrections).report(shape.redact.redaction)
      var status = ExitStatus.ran
      try shape.write(report, &status, printing: !json && !isScreen)
    }
    return options
  }
}

/// Changes as lines, for a pipe, a unit's journal, a chat.
struct LineOutput: LiveOutput {
  let isJSON: Bool

  mutating func tick(_ view: LiveView) {
    for change in view.changes {
      let line = isJSON ? FindingLines.json(change) : FindingLines.text(change)
      StandardOutput.write(Array(line.utf8))
    }
  }
}

extension DigestDocument {
  /// What a tail has seen, as the report of its logs would have it.
  init(_ live: LiveRun, _ input: InputOptions, _ corrections: Corrections) {
    let (digest, logs) = live.total()
    self.init(
      digest: digest, files: logs.map { FileSummary($0, year: input.assumeYear) },
      asked: AskedSpan(live.asked))
    self.corrections = corrections
  }

  /// What a tail has kept in a directory.
  init(savedIn directory: String, _ input: InputOptions) throws {
    let settings = try input.runSettings()
    var run = LiveRun(
      run: try input.run(settings, over: [], workers: 1), roots: [],
      windowMilliseconds: TailCommand.dayMilliseconds)
    do throws(SavedState.Problem) {
      for log in try SavedState.logs(in: directory) { run.restore(log, at: WallClock.now) }
    } catch {
      throw ValidationError("\(directory) holds no state of this version: \(error.sentence)")
    }
    self.init(run, input, settings.corrections)
  }
}

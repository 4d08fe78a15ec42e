import ArgumentParser
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

  @Option(help: "Verdicts are of the last so many minutes of the logs.")
  var window = 60

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
    guard window > 0 else { throw ValidationError("--window must be at least 1") }
  }

  static let dayMilliseconds: Int64 = 86_400_000

  private var keepMilliseconds: Int64? {
    guard let keep, keep.hasSuffix("d"), let days = Int64(keep.dropLast()), (1...36_500) ~= days
    else { return nil }
    return days * Self.dayMilliseconds
  }

  func run() throws {
    let signals = Signals([SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGPIPE, SIGWINCH])
    var pipes: [LivePipe] = []
    var roots = input.paths.filter { $0 != "-" }
    if input.paths.contains("-") || (input.paths.isEmpty && command.isEmpty && live.listen.isEmpty)
    {
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
    if roots == ["-"] { roots = [] }
    var run = LiveRun(
      run: input.run(workers: 1), roots: input.paths, windowMilliseconds: Int64(window) * 60_000)
    var known: [FollowedFile] = []
    var saved: SavedState?
    if let state {
      do throws(SavedState.Problem) {
        saved = try SavedState(state, keepMilliseconds: keepMilliseconds)
        for log in try SavedState.logs(in: state) {
          run.restore(log, at: WallClock.now)
          known += log.files
        }
      } catch {
        throw ValidationError("\(state) cannot keep the state: \(error.sentence)")
      }
    }
    let (shape, input) = (shape, input)
    var options = LiveSession.Options()
    options.isOnce = once
    options.isPolling = poll
    options.followsFiles = !roots.isEmpty
    options.writeReport = { live in
      do {
        try shape.write(DigestDocument(live).report)
      } catch {
        Message.say("the report cannot be written: \(error)")
      }
    }
    options.reload = { input.run(workers: 1) }
    options.writeMarkdown = { live in
      let text = MarkdownReport.text(DigestDocument(live).report)
      try? Data(text.utf8).write(to: URL(fileURLWithPath: "logtriage-report.md"), options: .atomic)
    }
    var output: any LiveOutput = LineOutput(isJSON: json)
    let terminal = Terminal.current
    if terminal.isTerminal, terminal.canDraw, !plain, !json, !once {
      let keys = unsafe open("/dev/tty", O_RDONLY | O_CLOEXEC)
      if keys >= 0 {
        options.keys = keys
        output = ScreenOutput(screen: TerminalScreen(input: keys), terminal: terminal)
      }
    }
    let services = try LiveServices(live, &options)
    defer { services.close() }
    var session = LiveSession(
      run: run, files: FollowedFiles(roots: roots, resuming: known), pipes: pipes,
      output: output, state: saved, options: options)
    let end = session.follow(signals)
    if end == .terminated { return }
    let document = DigestDocument(session.run)
    try shape.write(document.report)
    if end == .interrupted { throw ExitCode(130) }
    var status = ExitStatus.ran
    if !document.files.contains(where: { $0.format != nil }) { status.raise(.nothingRecognized) }
    throw status.exitCode
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
  init(_ live: LiveRun) {
    let (digest, logs) = live.total()
    self.init(digest: digest, files: logs.map(FileSummary.init))
  }

  /// What a tail has kept in a directory.
  init(savedIn directory: String, _ input: InputOptions) throws {
    var run = LiveRun(
      run: input.run(workers: 1), roots: [], windowMilliseconds: TailCommand.dayMilliseconds)
    do throws(SavedState.Problem) {
      for log in try SavedState.logs(in: directory) { run.restore(log, at: WallClock.now) }
    } catch {
      throw ValidationError("\(directory) holds no state of this version: \(error.sentence)")
    }
    self.init(run)
  }
}

extension FileSummary {
  init(_ result: LogResult) {
    self.init(path: result.path, format: result.format)
    lines = result.counts.lines
    records = result.counts.records
    events = result.counts.events
    chatter = result.counts.chatter
    faults = result.counts.faultCount
    problem = result.problem?.sentence
  }
}

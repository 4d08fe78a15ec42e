import ArgumentParser
import LogIntake
import Reports

/// `logtriage digest`: the mergeable summary of some logs.
struct DigestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "digest", abstract: "The mergeable summary of logs, as a file.",
    discussion: """
      Digests of parts, made anywhere, are put together by `logtriage merge`. The files that rotation \
      made of one log belong into one digest; --list names the logs, --log takes one of them:

      logtriage digest --list logs | while IFS= read -r log; do
        logtriage digest --log "$log" -o "parts/$((n += 1)).digest" logs
      done
      logtriage merge parts/*.digest      the report of `logtriage logs`

      A digest is JSON; --describe says what stands in it. On a cluster: Sources/Cluster.
      """)

  @Option(name: .shortAndLong, help: "File to write; standard output without.")
  var output: String?

  @Flag(
    help: "Name the logs that the inputs hold, one a line, or the files of --log; read nothing.")
  var list = false

  @Flag(help: "Say what stands in a digest, for other programs.")
  var describe = false

  @Option(help: ArgumentHelp("Read only this log, as --list names it.", valueName: "name"))
  var log: String?

  @Option(
    help: ArgumentHelp(
      "Directory whose subdirectories are the gateways, where the inputs lie deeper. Repeatable. "
        + "(default: the inputs)", valueName: "dir"))
  var root: [String] = []

  @OptionGroup var input: InputOptions

  func run() throws {
    if describe { return StandardOutput.write(Array(DigestGuide.text.utf8)) }
    var status = ExitStatus.ran
    if list {
      let (sources, problems) = try input.sources(input.runSettings())
      for problem in problems { status.note(problem) }
      let names =
        log == nil
        ? sources.map(Self.log)
        : sources.filter { Self.log(of: $0) == log }.map { SafeText.terminal($0.path) }
      var known: Set<String> = []
      for name in names where known.insert(name).inserted { print(name) }
    } else {
      ContentHash.compareAcrossRuns()
      let reading = try Reading(input, roots: root, hashesContents: true, &status) {
        log == nil || Self.log(of: $0) == log
      }
      if let log, reading.results.isEmpty {
        throw ValidationError("no log is called \(log) here; --list names them")
      }
      let parts = DigestParts(reading.results, asked: reading.asked, year: input.assumeYear)
      try DigestParts(union: [parts]).write(to: output)
    }
    throw status.exitCode
  }

  /// As it may stand on a terminal: what it is spelled like there belongs to one log.
  private static func log(of source: Source) -> String {
    SafeText.terminal(LogSet.name(of: source.path))
  }
}

import ArgumentParser
import Foundation
import Pipeline

/// The commands: what was typed becomes what it means.
///
/// The work is done elsewhere.
@main
struct Logtriage: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logtriage",
    abstract: "From gateway logs to a verdict per backend.",
    discussion: """
      Reads logs of IBM DataPower, Apache httpd, CA API Gateway and load balancers; says which backend \
      fails, in which pattern, since when, how sure that is, and what to do next.

      logtriage /var/log/gateways        a verdict per backend
      logtriage --full ha.log error.log  with all causes, steps and samples
      zcat old.gz | logtriage -          from a pipe

      Exit status: 0 ran; 1 found what --fail-on names; 2 wrong usage; 3 an input could not be read; 4
      nothing recognized, or less than --min-coverage.
      """,
    subcommands: [
      ReportCommand.self, TailCommand.self, EventsCommand.self, SniffCommand.self,
      FormatsCommand.self, ExplainCommand.self, DigestCommand.self, MergeCommand.self,
      DiffCommand.self, SQLCommand.self,
      DemoCommand.self,
    ],
    defaultSubcommand: ReportCommand.self)

  /// As ArgumentParser's own, but wrong usage ends with 2.
  static func main() {
    Heap.share()
    do {
      var command = try parseAsRoot(
        RedactOption.completed(Array(CommandLine.arguments.dropFirst())))
      try command.run()
    } catch {
      guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
      FileHandle.standardError.write(Data((fullMessage(for: error) + "\n").utf8))
      Foundation.exit(2)
    }
  }
}

import ArgumentParser

/// The commands: what was typed becomes what it means.
///
/// The work is done elsewhere.
@main
struct Logtriage: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logtriage",
    abstract: "From gateway logs to a verdict per backend.",
    subcommands: [
      ReportCommand.self, EventsCommand.self, SniffCommand.self, FormatsCommand.self,
    ],
    defaultSubcommand: ReportCommand.self)
}

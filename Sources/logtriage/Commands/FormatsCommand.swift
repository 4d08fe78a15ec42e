import ArgumentParser
import LogFormats
import LogIntake
import Pipeline
import Reports

/// `logtriage formats`: what can be read, and how files fit it.
struct FormatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "formats", abstract: "The log formats that can be read; whether a file fits.",
    subcommands: [FormatsListCommand.self, FormatsTestCommand.self],
    defaultSubcommand: FormatsListCommand.self)
}

/// `logtriage formats [NAME]`, also as `formats show NAME`.
struct FormatsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "All formats, or one with a record of it.", aliases: ["list"])

  @Argument(help: "Show this format and a record of it; all are listed without.")
  var name: String?

  func validate() throws {
    if let name, FormatShelf.named(name) == nil {
      throw ValidationError("no such format: \(name); `logtriage formats` lists them")
    }
  }

  func run() throws {
    if let name, let card = FormatShelf.named(name)?.card {
      print("\(card.name)  (\(card.product))\n\(card.title)\n\n\(card.sample)")
      return
    }
    let cards = FormatShelf.all.map { $0.card }
    let width = cards.map(\.name.count).max() ?? 0
    for card in cards {
      print(card.name + String(repeating: " ", count: width + 2 - card.name.count) + card.title)
    }
    print("\nA format of your own, as it stands in the configuration (--log-format):\n")
    for dialect in OwnerFormat.Dialect.allCases { print(dialect.reader.card.sample) }
  }
}

/// `logtriage formats test`: which format applies to a file, why, and the first record that does not
/// fit.
struct FormatsTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Which format applies to files, and the first record that does not fit.",
    discussion: """
      logtriage formats test access.log --log-format 'apache:%h %l %u %t "%r" %>s %b %D'

      Exit status: 0 every file has a format; 4 one has none.
      """)

  @OptionGroup var input: InputOptions

  func run() throws {
    let settings = try input.runSettings()
    let (sources, problems) = try input.sources(settings)
    var status = ExitStatus.ran
    for problem in problems { status.note(problem) }
    for source in sources {
      let trial = FormatTrial(source, settings)
      print(trial.text, terminator: "")
      if let problem = trial.problem { status.note(problem) }
      if trial.choice == nil, trial.problem == nil { status.raise(.nothingRecognized) }
    }
    throw status.exitCode
  }
}

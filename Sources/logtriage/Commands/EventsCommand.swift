import ArgumentParser
import Foundation
import LogEvents
import LogFormats
import LogIntake
import Pipeline
import Reports

/// `logtriage events`: every event, one a line.
struct EventsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "events", abstract: "Normalized events, one JSON object a line.")

  enum Format: String, ExpressibleByArgument, CaseIterable { case ndjson }

  @Option(help: "Shape of the output.")
  var format = Format.ndjson

  @OptionGroup var input: InputOptions

  func run() throws {
    let (sources, problems) = try input.sources()
    let run = try input.run(workers: 1)
    var status = ExitStatus.ran
    for problem in problems { status.note(problem) }
    var used: [FormatCard] = []
    for source in sources {
      let result = run.readFile(source, EventPrinter(file: source.path))
      if let problem = result.problem { status.note(problem) }
      if let format = result.format {
        used.append(format)
      } else if result.problem == nil {
        Message.say("\(source.path): no known format; `logtriage sniff --explain` says why")
      }
    }
    try input.runSettings().tellUnused(used)
    if used.isEmpty { status.raise(.nothingRecognized) }
    throw status.exitCode
  }
}

/// Writes each batch to standard output as it comes.
struct EventPrinter: EventConsumer {
  let file: String
  private var lines = EventLines()

  init(file: String) { self.file = file }

  mutating func take(_ batch: borrowing EventBatch, format: FormatCard) {
    lines.append(batch, file: file, product: format.product)
    StandardOutput.write(lines.bytes)
    lines.clear()
  }
}

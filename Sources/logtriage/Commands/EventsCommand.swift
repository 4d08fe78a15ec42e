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
    var run = try input.run(over: sources, workers: 1)
    run.printed = PrintedLogs()
    var status = ExitStatus.ran
    for problem in problems { status.note(problem) }
    var used: [FormatCard] = []
    // What is piped in cannot be read twice, to be compared with a file.
    let inOrder = sources.filter { $0 == .standardInput } + sources.filter { $0 != .standardInput }
    let results = run.read(inOrder) { EventPrinter(file: $0.path) }
    try input.coverage.write(results)
    for result in results {
      if let problem = result.problem { status.note(problem) }
      if let format = result.format {
        used.append(format)
      } else if let other = result.sameAs {
        Message.say("\(result.source.path): same as \(other), printed once")
      } else if result.problem == nil, result.tally == nil, !result.isTooOld {
        Message.say("\(result.source.path): no known format; `logtriage sniff --explain` says why")
      }
    }
    let files = results.map { FileSummary($0, year: input.assumeYear) }
    input.coverage.check(files, &status)
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

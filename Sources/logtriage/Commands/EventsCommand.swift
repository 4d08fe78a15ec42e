import ArgumentParser
import Foundation
import Reports

/// `logtriage events`: every event, one a line or a row.
struct EventsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "events", abstract: "Normalized events: JSON lines, CSV or an SQLite database.",
    discussion: """
      logtriage events logs                          one JSON object a line
      logtriage events --format csv -o e.csv logs    for sheets: no cell is taken for a formula
      logtriage events --format sqlite -o e.db logs  for `logtriage sql` and sqlite3
      logtriage events --layout clickhouse           how the lines get into ClickHouse
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case ndjson, csv, sqlite }

  @Option(help: "Shape of the output.")
  var format = Format.ndjson

  @Option(name: .shortAndLong, help: "File to write; standard output without.")
  var output: String?

  @Option(help: "Print how events get into another engine, instead of events.")
  var layout: EventLayout?

  @OptionGroup var redact: RedactOption

  @OptionGroup var input: InputOptions

  func validate() throws {
    guard format != .sqlite || output.map({ $0 != "-" }) ?? false || layout != nil else {
      throw ValidationError("--format sqlite needs a file: -o events.db")
    }
  }

  func run() throws {
    if let layout { return StandardOutput.write(Array(layout.text.utf8)) }
    var status = ExitStatus.ran
    let redaction = redact.redact
    switch format {
    case .ndjson: try write(EventLines(redaction), &status)
    case .csv: try write(EventSheet(redaction), &status)
    case .sqlite:
      try EventDatabase.make(output ?? "", redaction) {
        try EventExport.run(input, into: $0, &status)
      }
    }
    throw status.exitCode
  }

  private func write(_ text: some EventText, _ status: inout ExitStatus) throws {
    let writer = EventWriter(text, to: try EventOutput(output))
    try EventExport.run(input, into: writer, &status)
    writer.finish()
  }
}

extension EventLayout: ExpressibleByArgument {}

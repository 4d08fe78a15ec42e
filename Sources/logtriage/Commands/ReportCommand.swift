import ArgumentParser

/// `logtriage report`, the default: a verdict per backend.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "A verdict per backend, its evidence and the next step.")

  @Option(help: "Report what a tail has kept in this directory, instead of reading logs.")
  var state: String?

  @OptionGroup var shape: ReportShape

  @OptionGroup var input: InputOptions

  func run() throws {
    var status = ExitStatus.ran
    if let state {
      try shape.write(DigestDocument(savedIn: state, input).report(shape.redact.redaction), &status)
      throw status.exitCode
    }
    try shape.write(DigestDocument(reading: input, &status).report(shape.redact.redaction), &status)
    throw status.exitCode
  }
}

import ArgumentParser

/// `logtriage report`, the default: a verdict per backend.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "A verdict per backend, its evidence and the next step.")

  @OptionGroup var shape: ReportShape

  @OptionGroup var input: InputOptions

  func run() throws {
    var status = ExitStatus.ran
    try shape.write(DigestDocument(reading: input, &status).report(shape.redact.redaction), &status)
    throw status.exitCode
  }
}

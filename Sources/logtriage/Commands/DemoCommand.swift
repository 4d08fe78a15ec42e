import ArgumentParser

/// `logtriage demo`: a built-in incident, reported as any other.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "A built-in incident, reported: no log is needed.",
    discussion: "Try also: logtriage demo --full; logtriage demo -o demo.md")

  @OptionGroup var shape: ReportShape

  func run() throws {
    var status = ExitStatus.ran
    try shape.write(DemoIncident.document().report(shape.redact.redaction), &status)
    throw status.exitCode
  }
}

import ArgumentParser
import Correlator
import Foundation
import LogEvents
import LogFormats
import LogIntake
import Pipeline
import Reports

/// `logtriage report`, the default: a verdict per backend.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "A verdict per backend, its evidence and the next step.")

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Option(help: "Shape of the output.")
  var format = Format.text

  @Option(help: "Verdicts to show.")
  var top = 10

  @Flag(help: "All causes, steps and samples of every verdict.")
  var full = false

  @Option(help: "Colour on the terminal: auto, always or never.")
  var color = Colour.auto

  @OptionGroup var input: InputOptions

  func validate() throws {
    guard top > 0 else { throw ValidationError("--top must be at least 1") }
  }

  func run() throws {
    let (sources, problems) = try input.sources()
    var status = ExitStatus.ran
    for problem in problems { status.note(problem) }
    let (digest, results) = input.run().digest(sources, roots: input.paths)
    for result in results {
      if let problem = result.problem { status.note(problem) }
    }
    // The same inputs give the same report, in whatever order they were named.
    let files = results.map(FileSummary.init).sorted { $0.path < $1.path }
    let report = Report(
      files: files, classification: Classifier.classify(digest), clientAborts: digest.clientAborts)
    if report.formats == 0 { status.raise(.nothingRecognized) }
    StandardOutput.write(Array(try spelled(report).utf8))
    throw status.exitCode
  }

  private func spelled(_ report: Report) throws -> String {
    switch format {
    case .json: return try JSONReport.text(report)
    case .text:
      let terminal = Terminal.current
      return TerminalReport(
        report, top: top, isFull: full, isUnicode: terminal.isUnicode,
        isColoured: color.isOn(terminal)
      ).text
    }
  }
}

extension FileSummary {
  init(_ result: FileResult<DigestConsumer>) {
    self.init(path: result.source.path, format: result.format?.name)
    lines = result.counts.lines
    records = result.counts.records
    events = result.counts.events
    chatter = result.counts.chatter
    faults = result.counts.faultCount
    problem = result.problem?.sentence
  }
}

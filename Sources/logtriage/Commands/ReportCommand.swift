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

  @OptionGroup var shape: ReportShape

  @OptionGroup var input: InputOptions

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
    try shape.write(report)
    throw status.exitCode
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

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
    let roots = input.paths
    let results = input.run().read(sources) {
      DigestConsumer(file: $0.path, gateway: GatewayName.guess(path: $0.path, roots: roots))
    }
    var digest = Digest()
    var files: [FileSummary] = []
    for result in results {
      digest.merge(result.consumer.builder.finish())
      files.append(FileSummary(result))
      if let problem = result.problem { status.note(problem) }
    }
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

/// Digests what it is handed.
struct DigestConsumer: EventConsumer {
  var builder: DigestBuilder

  init(file: String, gateway: String) { builder = DigestBuilder(file: file, gateway: gateway) }

  mutating func take(_ batch: borrowing EventBatch, format: FormatCard) { builder.add(batch) }
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

/// Which gateway wrote a log whose records do not say it: the directory below the one that the user
/// named, as in `logs/gw1/error.log`.
enum GatewayName {
  static func guess(path: String, roots: [String]) -> String {
    for root in roots where path.hasPrefix(root.hasSuffix("/") ? root : root + "/") {
      let rest = path.dropFirst(root.count).split(separator: "/")
      return rest.count > 1 ? String(rest[0]) : ""
    }
    return ""
  }
}

import ArgumentParser
import Correlator
import Foundation
import Reports

/// `logtriage diff`: what a change changed.
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Before and after: new, gone, grown, shrunk, another pattern.",
    discussion: """
      BEFORE and AFTER are files, directories, or digests that `logtriage digest` wrote. Shares of \
      requests are compared where both sides know them, else rates; a change is told only where an exact \
      test says that it is more than chance.

      For pipelines: --fail-on new,grown,constant,http-5xx ends with status 1.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, md, json }

  @Option(help: "Shape of the output.")
  var format = Format.text

  @Option(
    name: [.short, .customLong("output")],
    help: "Also write a file, its shape by the suffix (.md, .json, .txt); repeatable.")
  var output: [String] = []

  @Option(
    help:
      "End with status 1 for changes (new, grown, changed ...), patterns that are new, or classes that are new or grown."
  )
  var failOn: FailOn?

  @OptionGroup var redact: RedactOption

  @OptionGroup var input: InputOptions

  func validate() throws {
    guard input.paths.count == 2 else {
      throw ValidationError("name two sides: logtriage diff BEFORE AFTER")
    }
    for path in output where Self.format(of: path) == nil {
      throw ValidationError("\(path): the suffix must be .md, .json or .txt")
    }
  }

  func run() throws {
    var status = ExitStatus.ran
    let before = try side(input.paths[0], &status)
    let after = try side(input.paths[1], &status)
    let report = DiffReport(
      before: before.classification, after: after.classification,
      names: (input.paths[0], input.paths[1]), redaction: redact.redaction)
    for path in output {
      let text = try spelled(report, Self.format(of: path) ?? .text)
      try OutputFile.write(Data(text.utf8), to: path)
    }
    StandardOutput.write(Array(try spelled(report, format).utf8))
    if failOn?.isMet(by: report.comparison) == true { status.raise(.found) }
    throw status.exitCode
  }

  private func side(_ path: String, _ status: inout ExitStatus) throws -> DigestDocument {
    if DigestParts.isOne(path) { return DigestDocument(try DigestParts.read(path)) }
    var input = input
    input.paths = [path]
    return try DigestDocument(reading: input, &status)
  }

  private static func format(of path: String) -> Format? {
    let suffix = URL(fileURLWithPath: path).pathExtension.lowercased()
    return suffix == "txt" ? .text : Format(rawValue: suffix)
  }

  private func spelled(_ report: DiffReport, _ format: Format) throws -> String {
    switch format {
    case .text: report.text
    case .md: report.markdown
    case .json: try report.json()
    }
  }
}

extension FailOn {
  /// A change of the kind, a pattern that was not there before, or a class that is new or grown.
  func isMet(by comparison: Comparison) -> Bool {
    comparison.rows.contains { row in
      changes.contains(row.verdict)
        || row.patternsAfter.contains {
          patterns.contains($0) && !row.patternsBefore.contains($0)
        }
        || row.classes.contains {
          classes.contains($0.outcome) && [.new, .grown].contains($0.verdict)
        }
    }
  }
}

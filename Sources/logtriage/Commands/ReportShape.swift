import ArgumentParser
import Foundation
import Reports

/// How a report is spelled: shared by the commands that print one.
struct ReportShape: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, md, html, csv
  }

  @Option(help: "Shape of the output.")
  var format = Format.text

  @Option(
    name: [.short, .customLong("output")],
    help: "Also write a file, its shape by the suffix (.html, .md, .json, .csv, .txt); repeatable.")
  var output: [String] = []

  @Option(help: "Table of --format csv; a file named x.backends.csv gets that one.")
  var table = CSVReport.Table.findings

  @Option(help: "Verdicts to show.")
  var top = 10

  @Flag(help: "All causes, steps and samples of every verdict.")
  var full = false

  @Option(help: "Colour on the terminal: auto, always or never.")
  var color = Colour.auto

  @OptionGroup var redact: RedactOption

  @Option(
    help: "End with status 1 where a pattern or a class of the list is found: constant,http-5xx.")
  var failOn: FailOn?

  func validate() throws {
    guard top > 0 else { throw ValidationError("--top must be at least 1") }
    for path in output where Self.format(of: path) == nil {
      throw ValidationError("\(path): the suffix must be .html, .md, .json, .csv or .txt")
    }
  }

  private static func format(of path: String) -> Format? {
    let suffix = URL(fileURLWithPath: path).pathExtension.lowercased()
    return suffix == "txt" ? .text : Format(rawValue: suffix)
  }

  /// `x.backends.csv` asks for the table of backends.
  private static func table(of path: String) -> CSVReport.Table? {
    let stem = URL(fileURLWithPath: path).deletingPathExtension()
    return CSVReport.Table(rawValue: stem.pathExtension.lowercased())
  }

  /// Writes the files that were asked for, then standard output.
  ///
  /// What `--fail-on` names raises the status.
  func write(_ report: Report, _ status: inout ExitStatus) throws {
    if failOn?.isMet(by: report) == true { status.raise(.found) }
    for path in output {
      let text = try spelled(
        report, Self.format(of: path) ?? .text, Self.table(of: path) ?? table, isFile: true)
      do {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
      } catch {
        throw ValidationError("\(path) cannot be written: \(error.localizedDescription)")
      }
    }
    StandardOutput.write(Array(try spelled(report, format, table, isFile: false).utf8))
  }

  private func spelled(
    _ report: Report, _ format: Format, _ table: CSVReport.Table, isFile: Bool
  ) throws -> String {
    switch format {
    case .json: return try JSONReport.text(report)
    case .md: return MarkdownReport.text(report)
    case .html: return try HTMLReport.text(report)
    case .csv: return CSVReport.text(report, table)
    case .text:
      let terminal = Terminal.current
      return TerminalReport(
        report, top: top, isFull: full, isUnicode: isFile || terminal.isUnicode,
        isColoured: !isFile && color.isOn(terminal)
      ).text
    }
  }
}

extension CSVReport.Table: ExpressibleByArgument {}

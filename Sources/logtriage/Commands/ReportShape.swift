import ArgumentParser
import Foundation
import Reports

/// How a report is spelled: shared by the commands that print one.
struct ReportShape: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, md, csv
  }

  @Option(help: "Shape of the output.")
  var format = Format.text

  @Option(
    name: [.short, .customLong("output")],
    help: "Also write a file, its shape by the suffix (.md, .json, .csv, .txt); repeatable.")
  var output: [String] = []

  @Option(help: "Verdicts to show.")
  var top = 10

  @Flag(help: "All causes, steps and samples of every verdict.")
  var full = false

  @Option(help: "Colour on the terminal: auto, always or never.")
  var color = Colour.auto

  func validate() throws {
    guard top > 0 else { throw ValidationError("--top must be at least 1") }
    for path in output where Self.format(of: path) == nil {
      throw ValidationError("\(path): the suffix must be .md, .json, .csv or .txt")
    }
  }

  private static func format(of path: String) -> Format? {
    let suffix = URL(fileURLWithPath: path).pathExtension.lowercased()
    return suffix == "txt" ? .text : Format(rawValue: suffix)
  }

  /// Writes the files that were asked for, then standard output unless that has another use.
  func write(_ report: Report, printing: Bool = true) throws {
    for path in output {
      let text = try spelled(report, Self.format(of: path) ?? .text, isFile: true)
      do {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
      } catch {
        throw ValidationError("\(path) cannot be written: \(error.localizedDescription)")
      }
    }
    guard printing else { return }
    StandardOutput.write(Array(try spelled(report, format, isFile: false).utf8))
  }

  private func spelled(_ report: Report, _ format: Format, isFile: Bool) throws -> String {
    switch format {
    case .json: return try JSONReport.text(report)
    case .md: return MarkdownReport.text(report)
    case .csv: return CSVReport.text(report)
    case .text:
      let terminal = Terminal.current
      return TerminalReport(
        report, top: top, isFull: full, isUnicode: isFile || terminal.isUnicode,
        isColoured: !isFile && color.isOn(terminal)
      ).text
    }
  }
}

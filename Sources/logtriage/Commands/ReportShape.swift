import ArgumentParser
import Reports

/// How a report is spelled: shared by the commands that print one.
struct ReportShape: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Option(help: "Shape of the output.")
  var format = Format.text

  @Option(help: "Verdicts to show.")
  var top = 10

  @Flag(help: "All causes, steps and samples of every verdict.")
  var full = false

  @Option(help: "Colour on the terminal: auto, always or never.")
  var color = Colour.auto

  func validate() throws {
    guard top > 0 else { throw ValidationError("--top must be at least 1") }
  }

  func spelled(_ report: Report) throws -> String {
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

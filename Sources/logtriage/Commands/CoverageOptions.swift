import ArgumentParser
import Foundation
import LogFormats
import LogIntake
import Pipeline
import Playbooks
import Reports

/// What is done about records that cannot be read.
struct CoverageOptions: ParsableArguments {
  @Option(help: "Write the records that could not be read to this file, as they stood in theirs.")
  var rejects: String?

  @Option(help: "Exit with 4 when a smaller share of the records could be read: 0.99 or 99%.")
  var minCoverage: String?

  func validate() throws {
    if let minCoverage, Self.share(minCoverage) == nil {
      throw ValidationError("--min-coverage \(minCoverage): try 0.99 or 99%")
    }
  }

  private static func share(_ text: String) -> Double? {
    let isPercent = text.hasSuffix("%")
    guard let value = Double(isPercent ? text.dropLast() : Substring(text)) else { return nil }
    let share = isPercent ? value / 100 : value
    return (0...1).contains(share) ? share : nil
  }

  /// Tells that too little was read.
  func check(_ files: [FileSummary], _ status: inout ExitStatus) {
    guard let wanted = minCoverage.flatMap(Self.share) else { return }
    let coverage = FileSummary.coverage(of: files) ?? 0
    guard coverage < wanted else { return }
    Message.say("coverage \(Words.percent(coverage)) is under \(Words.percent(wanted))")
    status.raise(.nothingRecognized)
  }

  /// Writes what was kept: `# file:line: why` before the bytes of each record, as they stood in the
  /// file.
  func write<Consumer>(_ results: [FileResult<Consumer>]) throws {
    guard let rejects else { return }
    var bytes = Data()
    for result in results.sorted(by: { $0.source.path < $1.source.path }) {
      guard let kept = result.rejects else { continue }
      let path = SafeText.terminal(result.source.path)
      for record in kept.records {
        bytes.append(contentsOf: "# \(path):\(record.line): \(record.fault.sentence)\n".utf8)
        bytes.append(contentsOf: record.bytes)
        bytes.append(10)
      }
      if kept.omitted > 0 {
        bytes.append(contentsOf: "# \(path): \(kept.omitted) more, left out\n".utf8)
      }
    }
    try OutputFile.write(bytes, to: rejects)
  }
}

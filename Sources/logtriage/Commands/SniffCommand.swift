import ArgumentParser
import Foundation
import LogEvents
import LogFormats
import LogIntake
import Pipeline
import Reports

/// `logtriage sniff`: which format each file would be read with, and why.
struct SniffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sniff", abstract: "Which format a file is in, and why.")

  @Flag(help: "Show the runners-up and the first record that does not fit.")
  var explain = false

  @OptionGroup var input: InputOptions

  func run() throws {
    let (sources, problems) = try input.sources()
    var status = ExitStatus.ran
    for problem in problems { status.note(problem) }
    let settings = try input.runSettings()
    var recognized = 0
    for source in sources {
      do throws(SourceProblem) {
        let head = try ChunkReader.head(source)
        let trial = FormatTrial(source, head: head, settings)
        if trial.choice != nil { recognized += 1 }
        print(trial.headline, terminator: "")
        guard explain else { continue }
        print(trial.reason, terminator: "")
        tell(Sniffer.scores(head.span, settings.formatSettings(for: source)).prefix(3))
        print(trial.result + trial.complaints, terminator: "")
      } catch {
        status.note(error)
      }
    }
    if recognized == 0 { status.raise(.nothingRecognized) }
    throw status.exitCode
  }

  private func tell(_ scores: ArraySlice<Sniffer.Score>) {
    for score in scores where score.counts.records > 0 {
      let counts = score.counts
      let share = counts.records == 0 ? 0 : 100 * score.known / counts.records
      print(
        "  \(score.format.card.name): \(share)% of \(counts.records) records known, "
          + "\(counts.events) events, \(counts.chatter) chatter, \(counts.faultCount) faults")
    }
  }
}

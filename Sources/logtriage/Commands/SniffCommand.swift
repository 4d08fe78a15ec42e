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
    let settings = try input.runSettings()
    let (sources, problems) = try input.sources(settings)
    var status = ExitStatus.ran
    for problem in problems { status.note(problem) }
    var recognized = 0
    for source in sources {
      do throws(SourceProblem) {
        let bundle = try Contents.read(source) { log in
          let isKnown = sniff(log, settings)
          recognized += isKnown ? 1 : 0
          return isKnown ? .known : .unknown
        }
        if let problem = bundle?.problem { status.note(problem) }
      } catch {
        status.note(error)
      }
    }
    if recognized == 0 { status.raise(.nothingRecognized) }
    throw status.exitCode
  }

  /// Tells of one log; files of a bundle that are no logs only with `--explain`.
  private func sniff(_ log: OpenLog, _ settings: RunSettings) -> Bool {
    let head = log.peek(OpenLog.blockBytes)
    let trial = FormatTrial(log.source, head: head, settings)
    guard trial.choice != nil || explain || !log.isEntry else { return false }
    print(trial.headline, terminator: "")
    if explain {
      print(trial.reason, terminator: "")
      tell(Sniffer.scores(head.span, settings.formatSettings(for: log.source)).prefix(3))
      print(trial.result + trial.complaints, terminator: "")
    }
    return trial.choice != nil
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

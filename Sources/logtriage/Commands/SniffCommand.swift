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
    var recognized = 0
    for source in sources {
      do throws(SourceProblem) {
        let bundle = try Contents.read(source) { log in
          let isKnown = sniff(log)
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
  private func sniff(_ log: OpenLog) -> Bool {
    let settings = input.run().settings(log.source)
    let head = log.peek(OpenLog.blockBytes)
    let choice = Sniffer.choose(head.span, settings)
    guard choice != nil || explain || !log.isEntry else { return false }
    var name = "no known format"
    if let choice {
      name = ([choice.format] + choice.companions).map { $0.card.name }.joined(separator: " + ")
    }
    print("\(SafeText.terminal(log.source.path)): \(name)")
    if explain { tell(Array(Sniffer.scores(head.span, settings).prefix(3)), head) }
    return choice != nil
  }

  private func tell(_ scores: [Sniffer.Score], _ head: [UInt8]) {
    for score in scores where score.counts.records > 0 {
      let counts = score.counts
      let share = counts.records == 0 ? 0 : 100 * score.known / counts.records
      print(
        "  \(score.format.card.name): \(share)% of \(counts.records) records known, "
          + "\(counts.events) events, \(counts.chatter) chatter, \(counts.faultCount) faults")
    }
    guard let best = scores.first,
      let first = best.counts.firstFaultLines.min(by: {
        ($0.value, $0.key.rawValue) < ($1.value, $1.key.rawValue)
      })
    else { return }
    let line = head.split(separator: 10, omittingEmptySubsequences: false).dropFirst(
      first.value - 1
    ).first
    let text = SafeText.terminal(String(decoding: line?.prefix(160) ?? [], as: UTF8.self))
    print(
      "  first record that does not fit \(best.format.card.name): line \(first.value), \(first.key.sentence)"
    )
    print("    \(text)")
  }
}

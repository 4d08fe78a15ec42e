import Correlator
import LogEvents
import Playbooks

/// Section 3: what to do about one verdict, the likeliest cause first.
struct NextSteps {
  struct CauseBlock {
    var causeTitle: String
    var causeConfidence: String
    var because: String
    var refutedBy: String
    var causeOwner: String
    var causeSource: String
    var steps: [StepLine]
  }

  struct StepLine {
    var stepText: String
    var commands: [Command]

    init(_ step: Step) {
      stepText = TextLayout.fit(step.text, 600)
      commands = step.command.map { [Command(command: $0)] } ?? []
    }
  }

  struct Command { var command: String }

  var stepsNumber: Int
  var stepsPlace: Int
  var stepsAnchor: String
  var stepsWord: String
  var stepsTone: String
  var stepsBackend: String
  var first: CauseBlock
  var others: [CauseBlock]
  var hasOthers: Bool

  private static let limit = 12

  static func all(_ facts: PageFacts) -> [NextSteps] {
    let told = facts.asserted.isEmpty ? facts.findings : facts.asserted
    return told.prefix(limit).compactMap { numbered in
      let causes = numbered.finding.causes.map { block($0, of: numbered.finding) }
      guard let first = causes.first else { return nil }
      let pattern = numbered.found.pattern
      return NextSteps(
        stepsNumber: numbered.number, stepsPlace: numbered.place, stepsAnchor: numbered.anchor,
        stepsWord: PatternWord.of(pattern), stepsTone: PatternWord.tone(of: pattern),
        stepsBackend: numbered.subject, first: first, others: Array(causes.dropFirst()),
        hasOthers: causes.count > 1)
    }
  }

  private static func block(_ cause: Cause, of finding: Finding) -> CauseBlock {
    CauseBlock(
      causeTitle: TextLayout.fit(cause.title, 300),
      causeConfidence: finding.confidence(of: cause).rawValue,
      because: cause.because,
      refutedBy: cause.refutedBy,
      causeOwner: cause.owner, causeSource: cause.source,
      steps: cause.steps.map(StepLine.init))
  }
}

import Correlator
import LogEvents

/// What a case means and what to do next, in the words that reports print.
package struct Finding: Sendable {
  package enum Confidence: String, Sendable, Comparable {
    case low, medium, high

    /// From the precision that the pattern reaches at this evidence: 0.8 is likely, 0.5 possible.
    package init(_ value: Double) {
      self = value >= 0.8 ? .high : value >= 0.5 ? .medium : .low
    }

    package static func < (a: Confidence, b: Confidence) -> Bool { a.rank < b.rank }
    private var rank: Int { self == .high ? 2 : self == .medium ? 1 : 0 }
  }

  /// The pattern and the numbers behind it.
  package var of: Case
  /// One sentence, no more than the numbers carry.
  package var claim: String
  /// Likely causes, the best supported one first; never empty.
  package var causes: [Cause]

  package var confidence: Confidence { Confidence(of.confidence) }

  /// How sure a cause is: no surer than what it explains.
  package func confidence(of cause: Cause) -> Confidence { min(confidence, cause.confidence) }

  /// Which segments of the path the logs prove; `nil` where the finding is no exchanges.
  package var demarcation: Demarcation? { Demarcation(of) }
}

/// One hypothesis about a case, with what would refute it and the next steps.
package struct Cause: Sendable {
  /// 0...1: how well the case's numbers fit; orders the causes of one case.
  package var fit: Double
  package var title: String
  /// Numbers of the case that speak for it.
  package var because: String
  package var refutedBy: String
  package var steps: [Step]
  /// Who usually mends it.
  package var owner: String
  /// Where the knowledge comes from.
  package var source: String

  /// How well the numbers fit, in words; `because` gives them.
  package var confidence: Finding.Confidence { Finding.Confidence(fit) }
}

/// One thing to do next.
package struct Step: Sendable, Hashable {
  package var text: String
  /// What to type, with host and port filled in.
  package var command: String?

  package init(_ text: String, command: String? = nil) {
    self.text = text
    self.command = command
  }
}

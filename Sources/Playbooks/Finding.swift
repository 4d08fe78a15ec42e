import Correlator

/// What a case means and what to do next, in the words that reports print.
package struct Finding: Sendable {
  package enum Confidence: String, Sendable { case high, medium, low }

  package var fileCase: Case
  /// One sentence, no more than the numbers carry.
  package var claim: String
  package var confidence: Confidence
  package var reason: String
  package var evidence: [String]
  package var refutedBy: String
  package var nextSteps: [String]
  package var owner: String
  package var source: String
}

import Correlator

/// Verdicts in the words of all reports, with the tone of their mark.
package enum PatternWord {
  /// Short enough for the column of a terminal.
  package static func of(_ pattern: Pattern) -> String {
    switch pattern {
    case .insufficient: "UNKNOWN"
    case .backlogCapture: "STUCK"
    case .keepaliveRace: "KEEPALIVE"
    case .urlConcentrated: "ONE-URL"
    case .clientConcentrated: "ONE-CLIENT"
    case .commonCause: "TOGETHER"
    default: pattern.rawValue.uppercased()
    }
  }

  static func tone(of pattern: Pattern) -> String {
    switch pattern {
    case .constant, .backlogCapture, .step: "solid"
    case .clustered, .flapping, .ramp, .partial: "burst"
    case .sporadic, .periodic, .keepaliveRace: "thin"
    case .urlConcentrated, .clientConcentrated, .commonCause, .follows: "tied"
    case .insufficient: "none"
    }
  }
}

import Correlator
import Playbooks

extension ClockOffset {
  /// Signed seconds, positive where the clock is ahead.
  var seconds: Double { Double(milliseconds) / 1000 }

  /// Which clock is wrong by how much, and how that is known.
  var sentence: String {
    let size = "\(milliseconds < 0 ? "-" : "+")\(Words.ratio(abs(seconds)))s"
    guard let reference else { return "\(gateway) \(size) (given), applied" }
    return "\(gateway) \(size) against \(reference) (\(evidence)), applied"
  }

  /// Short words for how the offset is known.
  var evidence: String {
    switch source {
    case .transactions(let count): "\(Words.count(count, "transaction")) of both"
    case .edges(let count): "\(Words.count(count, "edge")) of outages agree"
    case .given: "given"
    }
  }
}

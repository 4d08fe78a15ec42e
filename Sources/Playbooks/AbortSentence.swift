import Correlator

extension AbortSummary {
  /// What is measured, and only where the numbers carry it that slowness drives callers away.
  package var sentence: String {
    var text = "\(Words.count(count, "caller")) left \(backend)"
    guard waitedMilliseconds > 0 else { return text }
    text += " after \(Words.duration(Double(waitedMilliseconds) / 1000)) on the average"
    guard let usual = usualMilliseconds else { return text }
    text += ", its other exchanges took \(Words.duration(Double(usual) / 1000))"
    return followsSlowness ? text + ": slow answers drive them away" : text
  }
}

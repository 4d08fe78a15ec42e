import LogEvents
import Testing

@testable import Correlator

@Suite("Histograms")
struct HistogramTests {
  @Test("a gap lies within the edges of its bin, 8 of them an octave")
  func gapsLieWithinTheirBins() {
    let octaves: [Int64] = (0..<33).map { 1 << $0 }
    let gaps = Array(1...5000) + octaves.flatMap { [$0 - 1, $0, $0 + $0 / 8, $0 + $0 / 2 + 1] }
    for gap in gaps where gap > 0 {
      let bin = IdleBins.bin(gap)
      #expect(IdleHistogram.edge(bin) <= Double(gap), "\(gap) ms")
      if bin < IdleBins.count - 1 {
        #expect(Double(gap) < IdleHistogram.edge(bin + 1), "\(gap) ms")
      }
    }
    for gap in [Int64.min, -1, 0, 1] { #expect(IdleBins.bin(gap) == 0) }
    #expect(IdleBins.bin(.max) == IdleBins.count - 1)
    #expect(IdleBins.Counts(repeating: 0).count == IdleBins.count)
  }
}

import Glibc
import LogEvents

/// Whether cut connections were those that had been idle for one time (correlation.md §5.6).
struct IdleRace {
  /// The idle time-out that the failures point to, in seconds.
  let seconds: Double
  /// Share of the failures in the window, and how many times its share among all requests.
  let share: Double
  let lift: Double

  init?(_ data: BackendDigest, failures: Int) {
    let cut =
      (data.classes[.connectionReset] ?? 0) + (data.classes[.prematureClose] ?? 0)
    let all = data.classes.values.reduce(0, +)
    guard all > 0, Double(cut) >= 0.9 * Double(all) else { return nil }
    let failed = data.idle.failures
    let requests = data.idle.all
    let known = Double(failed.reduce(0, +))
    let total = Double(requests.reduce(0, +))
    guard known >= 0.5 * Double(failures), known >= 5, total > known else { return nil }
    var best: (bin: Int, share: Double, lift: Double)?
    for width in 1...3 {
      for bin in 0..<(IdleHistogram.binCount - width) {
        let inside = Double(failed[bin..<(bin + width)].reduce(0, +))
        guard inside >= 0.6 * known else { continue }
        let usual = Double(requests[bin..<(bin + width)].reduce(0, +)) / total
        let share = inside / known
        let chance = Likelihood.logTail(atLeast: inside, of: known, chance: max(usual, 1e-9))
        guard share >= 4 * usual, chance + log(3 * Double(IdleHistogram.binCount)) < -14,
          IdleHistogram.edge(bin) >= 1600
        else { continue }
        if share / (1 + Double(width) / 20) > best?.share ?? 0 {
          best = (bin, share, share / max(usual, 1e-9))
        }
      }
    }
    guard let best else { return nil }
    seconds = IdleHistogram.edge(best.bin) / 1000
    share = best.share
    lift = best.lift
  }
}

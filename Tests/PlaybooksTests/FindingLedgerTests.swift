import Correlator
import LogEvents
import Testing

@testable import Playbooks

/// Findings over time, each second one letter: `c` constant, `b` clustered (bursts), `i`
/// insufficient, `-` none.
///
/// The answer is what is told, in order.
@Suite("Findings over time")
struct FindingLedgerTests {
  private func finding(_ pattern: Pattern, at second: Int64, confidence: Double = 0.9) -> Finding {
    let end = Timestamp(milliseconds: second * 1000)
    let start = Timestamp(milliseconds: 0)
    return Diagnosis.finding(
      of: Case(
        pattern: pattern, backend: "b", interval: Interval(start: start, end: end),
        failures: Int(second) + 1, confidence: confidence))
  }

  private func told(_ story: String, confidence: Double = 0.9) -> [String] {
    var ledger = FindingLedger()
    var told: [String] = []
    var last: (Pattern, Int64)?
    for (second, letter) in story.enumerated() {
      let now = Int64(second)
      let patterns: [Character: Pattern] = ["c": .constant, "b": .clustered, "i": .insufficient]
      if let pattern = patterns[letter] { last = (pattern, now) }
      // A dot: the last finding is still there, without new failures.
      let seen = letter == "-" ? nil : last
      let findings = seen.map { [finding($0.0, at: $0.1, confidence: confidence)] } ?? []
      for change in ledger.update(findings, latest: now * 1000, now: now * 1000) {
        told.append("\(second) \(change.kind.rawValue) \(change.entry.finding.of.pattern.rawValue)")
      }
    }
    return told
  }

  @Test("Nothing is announced before the evidence is there")
  func settles() {
    #expect(told("iiii") == [])
    #expect(told("iiicc") == ["3 open constant"])
    // Low confidence has to hold.
    #expect(told("cccc", confidence: 0.3) == [])
    #expect(told("cccccccc", confidence: 0.3) == ["5 open constant"])
  }

  @Test("A pattern that comes and goes is not told; one that holds is")
  func doesNotFlap() {
    #expect(told("cbcbcbcbcbcbcbcbcbcb") == ["0 open constant"])
    #expect(
      told("c" + String(repeating: "b", count: 15)) == ["0 open constant", "11 change clustered"])
    // What was told stays told while the data are too few for anything better.
    #expect(told("ccciiiiiiiiiiiiiiii") == ["0 open constant"])
  }

  @Test("A finding closes once, after quiet or when the data no longer carry it, and may come back")
  func closes() {
    #expect(
      told("c" + String(repeating: ".", count: 310)) == ["0 open constant", "300 close constant"])
    #expect(
      told("c" + String(repeating: "-", count: 40)) == ["0 open constant", "31 close constant"])
    #expect(
      told("c" + String(repeating: "-", count: 40) + "c") == [
        "0 open constant", "31 close constant", "41 open constant",
      ])
    #expect(told("c--c--c--c") == ["0 open constant"])
  }

  @Test("What was announced before a restart is not told again")
  func resumes() {
    var before = FindingLedger()
    #expect(before.update([finding(.constant, at: 9)], latest: 9000, now: 9000).count == 1)
    var after = FindingLedger(resuming: before.announced)
    #expect(after.announced == before.announced)
    #expect(after.update([finding(.constant, at: 9)], latest: 9000, now: 9000).isEmpty)
    #expect(after.announced == before.announced)
  }

  @Test("Alerts wait for their group, are repeated while open, and end once")
  func schedulesAlerts() {
    var ledger = FindingLedger()
    var schedule = AlertSchedule(groupWaitMilliseconds: 2000, repeatMilliseconds: 60_000)
    var sent: [String] = []
    for second in 0..<480 {
      let now = Int64(second) * 1000
      // Fails for 100 seconds.
      let found = finding(.constant, at: min(Int64(second), 100))
      schedule.note(ledger.update([found], latest: now, now: now), at: now)
      sent += schedule.due(at: now).map { "\(second) \($0.event.rawValue)" }
    }
    #expect(
      sent.prefix(3) == ["2 open", "62 repeat", "122 repeat"] && sent.last == "402 close"
        && sent.count { $0.hasSuffix("open") || $0.hasSuffix("close") } == 2)
    // Open and closed within the wait: nobody is told.
    var quick = AlertSchedule(groupWaitMilliseconds: 2000, repeatMilliseconds: 60_000)
    var other = FindingLedger()
    quick.note(other.update([finding(.constant, at: 0)], latest: 0, now: 0), at: 0)
    quick.note(other.update([], latest: 400_000, now: 1000), at: 1000)
    #expect(quick.due(at: 5000).isEmpty)
  }
}

import Correlator
import LogEvents
import Testing

@testable import Playbooks

@Suite("Diagnosis")
struct DiagnosisTests {
  private func found(
    _ pattern: Pattern, _ classes: [Outcome: Int], backend: String = "orders.example.com:8443"
  ) -> Case {
    let start = Timestamp(milliseconds: 1_795_158_000_000)
    var found = Case(
      pattern: pattern, backend: backend,
      interval: Interval(start: start, end: Timestamp(milliseconds: start.milliseconds + 60_000)),
      failures: classes.values.reduce(0, +), confidence: 0.9)
    found.classes = classes
    found.gateways = ["gw1"]
    found.requests = found.failures * 100
    return found
  }

  private func titles(_ found: Case) -> [String] {
    Diagnosis.finding(of: found).causes.map(\.title)
  }

  @Test("Refused throughout: nothing listens, and the command names host and port")
  func nothingListens() throws {
    let finding = Diagnosis.finding(of: found(.constant, [.connectRefused: 40]))
    let cause = try #require(finding.causes.first)
    #expect(cause.title == "nothing listens on orders.example.com port 8443")
    #expect(cause.steps.first?.command == "nc -vz -w 5 orders.example.com 8443")
    #expect(cause.steps.first?.text.contains("From gw1") == true)
    #expect(finding.confidence == .high)
  }

  @Test("Refused now and then is not called a listener that is gone")
  func nearMissOfNothingListens() {
    #expect(
      !titles(found(.sporadic, [.connectRefused: 9])).contains { $0.contains("nothing listens") })
  }

  @Test("Silence throughout: no way to the host")
  func silentDrop() {
    let titles = titles(found(.constant, [.connectTimeout: 30, .connectUnreachable: 3]))
    #expect(titles.first?.hasPrefix("no way to orders.example.com port 8443") == true)
    #expect(titles.count == 1)
  }

  @Test("Bursts: more than it accepts")
  func overload() {
    #expect(
      titles(found(.clustered, [.responseTimeout: 80])).first?.contains("more than it accepts")
        == true)
    #expect(
      !titles(found(.constant, [.responseTimeout: 80])).contains {
        $0.contains("more than it accepts")
      })
  }

  @Test("Scattered resets: the keep-alive race goes before hardware")
  func keepaliveRace() {
    let titles = titles(found(.sporadic, [.connectionReset: 12]))
    #expect(titles.first?.hasPrefix("keep-alive race") == true)
    #expect(titles.last?.contains("hardware") == true)
  }

  @Test("Scattered failures of several kinds: a flaky path; never without known successes")
  func failingHardware() {
    var mixed = found(.sporadic, [.connectTimeout: 5, .connectionReset: 5, .responseTimeout: 5])
    #expect(titles(mixed).first?.contains("flaky path") == true)
    mixed.requests = nil
    #expect(!titles(mixed).contains { $0.contains("hardware") })
  }

  @Test("Answers with errors are the application's")
  func applicationErrors() {
    #expect(titles(found(.partial, [.http5xx: 50])).first?.contains("errors of its own") == true)
  }

  @Test("Groups, timers, keys and captured ports have causes of their own")
  func furtherCauses() {
    var group = found(.commonCause, [.connectTimeout: 9], backend: "")
    group.backends = ["a:1", "b:2", "c:3"]
    group.key = "gateway gw1"
    #expect(titles(group).first == "one cause for 3 backends; common to them: gateway gw1")
    var timer = found(.periodic, [.http5xx: 9])
    timer.seconds = 300
    #expect(titles(timer).first?.hasPrefix("something runs every 5 min") == true)
    var key = found(.urlConcentrated, [.http5xx: 9])
    key.key = "/report"
    #expect(titles(key).first?.contains("the operation behind /report") == true)
    #expect(
      titles(found(.backlogCapture, [.connectTimeout: 9])).first?.contains("captured") == true)
    #expect(!titles(found(.constant, [.connectTimeout: 9])).contains { $0.contains("captured") })
  }

  @Test("Every pattern has a claim, a cause and an owner")
  func speaksOfEveryPattern() {
    for pattern in Pattern.allCases {
      let finding = Diagnosis.finding(of: found(pattern, [.other: 3]))
      #expect(!finding.claim.isEmpty)
      #expect(finding.causes.first?.owner.isEmpty == false)
    }
  }

  @Test(
    "A host that a shell could take for something else gets no command",
    arguments: ["a;rm -rf ~:80", "$(id):80", "-oProxy:80", "a b:80", "a:0", "a:99999", ":80", "a"])
  func neverBuildsHostileCommands(backend: String) {
    let finding = Diagnosis.finding(of: found(.constant, [.connectRefused: 9], backend: backend))
    #expect(finding.causes.allSatisfy { $0.steps.allSatisfy { $0.command == nil } })
  }

  @Test("IPv6 loses its brackets in commands")
  func addressesInBrackets() {
    let finding = Diagnosis.finding(
      of: found(.constant, [.connectRefused: 9], backend: "[2001:db8::7]:443"))
    #expect(finding.causes.first?.steps.first?.command == "nc -vz -w 5 2001:db8::7 443")
  }

  @Test("A member's name takes the address that a log has for it")
  func usesAddresses() {
    var named = found(.constant, [.connectRefused: 9], backend: "ord1")
    named.address = "192.0.2.21:8080"
    #expect(
      Diagnosis.finding(of: named).causes.first?.steps.first?.command
        == "nc -vz -w 5 192.0.2.21 8080")
  }

  @Test("Asserted findings come before remarks, the most failures first")
  func ordersFindings() {
    var remark = found(.constant, [.connectRefused: 900])
    remark.confidence = 0.4
    let findings = Diagnosis.findings(of: [
      found(.insufficient, [.other: 3]), remark, found(.sporadic, [.other: 9]),
      found(.clustered, [.other: 90]),
    ])
    #expect(findings.map(\.of.failures) == [90, 9, 900, 3])
  }

  @Test("Numbers are spelled for people")
  func spellsNumbers() {
    #expect(Words.number(1_842_113) == "1 842 113")
    #expect(Words.number(-1204) == "-1 204")
    #expect(Words.percent(0.0004) == "<0.1%")
    #expect(Words.percent(0.0082) == "0.8%")
    #expect(Words.percent(1) == "100%")
    #expect(Words.duration(0.25) == "250 ms")
    #expect(Words.duration(245) == "4 min 5 s")
    #expect(Words.duration(12_000) == "3 h 20 min")
    #expect(Words.count(1, "burst") == "1 burst")
  }
}

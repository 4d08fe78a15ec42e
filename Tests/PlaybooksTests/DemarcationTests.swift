import Correlator
import LogEvents
import Testing

@testable import Playbooks

@Suite("Demarcation")
struct DemarcationTests {
  private func found(_ classes: [Outcome: Int], _ change: (inout Case) -> Void = { _ in }) -> Case {
    let start = Timestamp(milliseconds: 1_795_158_000_000)
    var found = Case(
      pattern: .constant, backend: "192.0.2.7:8443", interval: Interval(start: start, end: start),
      failures: classes.values.reduce(0, +), confidence: 0.9)
    found.classes = classes
    found.gateways = ["lb1"]
    found.requests = found.failures
    found.exemplars = [
      Exemplar(time: start, outcome: .connectRefused, file: "ha.log", line: 7)
    ]
    change(&found)
    return found
  }

  private func verdicts(_ found: Case) -> [String] {
    Demarcation(found)?.segments.map { "\($0.name): \($0.verdict.rawValue)" } ?? []
  }

  @Test(
    "A connection that fails: the client's side is proven, by lines, and the rest has a command")
  func connecting() throws {
    let path = try #require(Demarcation(found([.connectRefused: 40])))
    #expect(
      verdicts(found([.connectRefused: 40])) == [
        "client -> lb1: good", "lb1 -> 192.0.2.7:8443 (TCP): failing",
      ])
    #expect(path.segments[0].because.contains("40 requests arrived"))
    #expect(path.segments[0].lines == ["ha.log:7"])
    #expect(path.segments[1].check?.command == "nc -vz -w 5 192.0.2.7 8443")
    #expect(path.segments[1].because == "40 of 40 failures end here (connect-refused 40)")
  }

  @Test("An answer that does not come proves the connection, a broken handshake too")
  func answering() {
    #expect(
      verdicts(found([.responseTimeout: 40])) == [
        "client -> lb1: good", "lb1 -> 192.0.2.7:8443 (TCP): good",
        "192.0.2.7:8443 itself (answer): failing",
      ])
    #expect(verdicts(found([.tlsFailure: 4])).last == "lb1 -> 192.0.2.7:8443 (TLS): failing")
    #expect(verdicts(found([.dnsFailure: 4])).last == "lb1 -> 192.0.2.7:8443 (TCP): unknown")
  }

  @Test("Failures at several steps are told step by step, each with its count")
  func mixed() throws {
    let path = try #require(
      Demarcation(
        found([.connectTimeout: 50, .responseTimeout: 40, .connectionReset: 2, .poolExhausted: 8])))
    #expect(path.segments.dropFirst().map(\.verdict) == [.failing, .failing])
    #expect(path.segments[1].because.hasPrefix("50 of 100 failures end here"))
    #expect(path.segments[2].because.hasPrefix("42 of 100 failures end here (response-timeout 40"))
  }

  @Test("A status alone, and a 502 that stands for all faults, prove no connection")
  func vague() {
    let alone = found([.http5xx: 40]) { $0.surroundings.products = ["apache-mod-proxy"] }
    #expect(verdicts(alone).last == "lb1 -> 192.0.2.7:8443: unknown")
    let told = found([.http5xx: 40]) {
      $0.surroundings.products = ["apache-mod-proxy"]
      $0.surroundings.hasErrorLog = true
    }
    #expect(verdicts(told)[1] == "lb1 -> 192.0.2.7:8443 (TCP): good")
    let cloud = found([.badGatewayResponse: 40]) { $0.surroundings.products = ["aws-elb"] }
    #expect(verdicts(cloud).last?.hasSuffix("unknown") == true)
  }

  @Test("What no member was tried for, and what the records do not tell, is proven by nothing")
  func unknown() {
    #expect(verdicts(found([.poolExhausted: 4])).last?.hasSuffix("unknown") == true)
    #expect(verdicts(found([.other: 4])).last?.hasSuffix("unknown") == true)
    var group = found([.connectRefused: 4])
    group.backends = ["a:1", "b:2"]
    #expect(Demarcation(group) == nil)
  }

  @Test("Between gateway and balancer only what both served is proof")
  func between() {
    func seen(_ successes: Int) -> Case {
      found([.connectRefused: 40]) {
        $0.gateways = ["gw1", "lb1"]
        $0.surroundings.products = ["apache-mod-proxy", "haproxy"]
        $0.surroundings.gateways = [
          .init("gw1", failures: 20, successes: successes),
          .init("lb1", failures: 20, successes: 9),
        ]
      }
    }
    #expect(verdicts(seen(8))[1] == "gateway -> balancer: good")
    #expect(verdicts(seen(0))[1] == "gateway -> balancer: unknown")
  }
}

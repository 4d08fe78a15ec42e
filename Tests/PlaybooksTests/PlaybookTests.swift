import Correlator
import LogEvents
import Testing

@testable import Playbooks

/// Each playbook with a case that triggers it and one that nearly does.
@Suite("Playbooks")
struct PlaybookTests {
  private func found(
    _ pattern: Pattern, _ classes: [Outcome: Int], backend: String = "orders.example.com:8443",
    _ change: (inout Case) -> Void = { _ in }
  ) -> Case {
    let start = Timestamp(milliseconds: 1_795_158_000_000)
    var found = Case(
      pattern: pattern, backend: backend,
      interval: Interval(start: start, end: Timestamp(milliseconds: start.milliseconds + 600_000)),
      failures: classes.values.reduce(0, +), confidence: 0.9)
    found.classes = classes
    found.gateways = ["gw1"]
    found.requests = found.failures * 100
    change(&found)
    return found
  }

  private func causes(_ found: Case) -> [Cause] { Diagnosis.finding(of: found).causes }
  private func says(_ found: Case, _ words: String) -> Bool {
    causes(found).contains { $0.title.contains(words) }
  }

  private func pile(_ least: Int64, _ most: Int64, _ count: Int, of known: Int) -> DurationPile {
    DurationPile(
      count: count, known: known, leastMilliseconds: least, mostMilliseconds: most)
  }

  @Test("A constant response-timeout is a hung backend, and the pile of durations names the timer")
  func hungBackend() throws {
    let hung = found(.constant, [.responseTimeout: 40]) {
      $0.surroundings.products = ["haproxy", "nginx"]
      $0.surroundings.pile = self.pile(60_000, 60_041, 38, of: 40)
    }
    let cause = try #require(causes(hung).first)
    #expect(cause.title.contains("accepts connections and answers none"))
    #expect(cause.because.contains("38 of 40 failures with a duration took 60 to 60.04 s"))
    #expect(cause.because.contains("nginx proxy_read_timeout"))
    #expect(!cause.because.contains("AWS"))
    #expect(
      cause.steps.contains { $0.command?.contains("https://orders.example.com:8443/") == true })
    #expect(cause.steps.contains { $0.text.hasPrefix("HAProxy:") })
    #expect(cause.confidence == .high)
  }

  @Test("A timer fires when its value is over, a little later at most")
  func firing() throws {
    let minute = try #require(KnownTimer.all.first { $0.name.hasPrefix("nginx") })
    for (milliseconds, fires) in [
      (59_300, false), (59_400, true), (60_000, true), (61_450, true), (61_451, false),
    ] as [(Int64, Bool)] { #expect(minute.fires(afterMilliseconds: milliseconds) == fires) }
    let firing = KnownTimer.firing(afterMilliseconds: 60_000, of: ["nginx"])
    #expect(firing.first?.product == "nginx" && firing.count > 1)
    #expect(KnownTimer.all.allSatisfy { !$0.source.isEmpty })
    #expect(KnownTimer.all.map(\.seconds) == KnownTimer.all.map(\.seconds).sorted())
  }

  @Test("Durations that spread, are few or short name no timer")
  func noTimer() {
    for pile in [
      pile(50_000, 61_000, 39, of: 40), pile(60_000, 60_010, 4, of: 4), pile(3, 3, 40, of: 40),
      pile(60_000, 60_010, 20, of: 40),
    ] {
      let slow = found(.constant, [.responseTimeout: 40]) { $0.surroundings.pile = pile }
      #expect(!causes(slow).contains { $0.because.contains("timer of that value") })
    }
    let odd = found(.constant, [.responseTimeout: 40]) {
      $0.surroundings.pile = self.pile(42_001, 42_010, 40, of: 40)
    }
    #expect(causes(odd).first?.because.contains("no known default") == true)
    #expect(
      !says(
        found(.constant, [.responseTimeout: 19, .http5xx: 21]),
        "accepts connections and answers none"))
  }

  @Test("Unreachable is a route, not a silent drop; a timeout is the reverse")
  func noRoute() {
    let told = found(.constant, [.connectUnreachable: 30, .connectTimeout: 5])
    #expect(causes(told).first?.title.hasPrefix("no route to") == true)
    #expect(causes(told).first?.steps.first?.command == "ip route get orders.example.com")
    #expect(!says(told, "firewall dropping"))
    #expect(!says(found(.constant, [.connectTimeout: 30, .connectUnreachable: 5]), "no route to"))
  }

  @Test("One name that fails is a record, several on one node are its resolver")
  func resolver() {
    let one = found(.constant, [.dnsFailure: 30], backend: "orders.example.com")
    #expect(causes(one).first?.title == "the name orders.example.com cannot be resolved on gw1")
    #expect(causes(one).first?.steps.first?.command == "getent ahosts orders.example.com")
    let all = found(.constant, [.dnsFailure: 30]) {
      $0.surroundings.unresolved = [.init("pay.example.com:443", failures: 20, successes: 0)]
    }
    #expect(causes(all).first?.title == "the resolver of gw1 fails: 2 names at once")
    #expect(!says(found(.constant, [.dnsFailure: 10, .connectRefused: 30]), "resolve"))
    let hostile = found(.constant, [.dnsFailure: 9], backend: "a.b;reboot")
    #expect(causes(hostile).allSatisfy { $0.steps.allSatisfy { $0.command == nil } })
  }

  @Test("Some connections that fail between others are no missing listener")
  func someConnects() {
    let some = found(.partial, [.connectRefused: 60])
    #expect(says(some, "refuses some connections"))
    #expect(!says(some, "nothing listens"))
    #expect(!says(found(.constant, [.connectRefused: 60]), "refuses some connections"))
    #expect(says(found(.step, [.connectTimeout: 60]), "leaves some connections unanswered"))
  }

  @Test("TLS names the moment it began; now and then it does not")
  func handshake() {
    let begun = found(.constant, [.tlsFailure: 30]) {
      $0.lastSuccess = Timestamp(milliseconds: 1_795_157_940_000)
    }
    let cause = causes(begun).first
    #expect(
      cause?.title
        == "the TLS handshake with orders.example.com:8443 fails since 2026-11-20T07:00:00Z "
        + "(last success 2026-11-20T06:59:00Z)")
    #expect(
      cause?.steps.first?.command?.contains("openssl s_client -connect orders.example.com:8443")
        == true)
    #expect(
      causes(found(.partial, [.tlsFailure: 30])).first { $0.title.contains("TLS") }?.title.contains(
        "since") == false)
    #expect(!says(found(.constant, [.tlsFailure: 10, .connectRefused: 30]), "TLS"))
  }

  @Test("Overload counts what was at work at once, only where durations allow it")
  func concurrency() {
    let burst = found(.clustered, [.responseTimeout: 80]) {
      $0.surroundings.concurrency = .init(
        inside: 182, outside: 12, busiest: $0.interval, meanMilliseconds: 4200)
    }
    #expect(
      causes(burst).contains { $0.because.contains("about 182 exchanges were at work at once") })
    #expect(
      !causes(found(.clustered, [.responseTimeout: 80])).contains { $0.because.contains("at work") }
    )
  }

  @Test("Bodies that cannot be passed on; a few among others are not called so")
  func bodies() {
    let stalled = found(.clustered, [.requestBodyFailed: 30]) {
      $0.surroundings.products = ["apache-mod-proxy"]
    }
    #expect(says(stalled, "stops reading request bodies"))
    #expect(
      causes(stalled).contains { $0.steps.contains { $0.text.contains("proxy-nokeepalive 1") } })
    #expect(!says(found(.clustered, [.requestBodyFailed: 10, .http5xx: 30]), "request bodies"))
  }

  @Test("No member left is a consequence: the first failure that led there is named")
  func induced() {
    var exemplar = Exemplar(
      time: Timestamp(milliseconds: 1_795_157_990_000), outcome: .connectRefused, file: "lb.log",
      line: 7)
    exemplar.gateway = "lb1"
    let left = found(.constant, [.poolExhausted: 50], backend: "pool app") {
      $0.surroundings.onset = .init(backend: "192.0.2.7:80", exemplar: exemplar)
    }
    #expect(causes(left).first?.title.contains("after 192.0.2.7:80 failed") == true)
    #expect(causes(left).first?.because.contains("lb.log:7") == true)
    let bare = found(.constant, [.poolExhausted: 50])
    #expect(causes(bare).first?.because.contains("not in these logs") == true)
    #expect(!says(found(.constant, [.poolExhausted: 10, .connectRefused: 40]), "no member of"))
  }

  @Test("Bad answers are the protocol's; a balancer whose log cannot tell claims less")
  func badAnswers() {
    let bad = found(.constant, [.badGatewayResponse: 30])
    #expect(says(bad, "cannot read as HTTP"))
    let vague = found(.constant, [.badGatewayResponse: 30]) {
      $0.surroundings.products = ["aws-elb"]
    }
    #expect(says(vague, "its log does not tell which"))
    #expect(causes(vague).first?.confidence != .high)
    #expect(!says(found(.constant, [.http5xx: 30]), "cannot read"))
    let alone = found(.constant, [.http5xx: 30]) { $0.surroundings.products = ["apache-mod-proxy"] }
    #expect(says(alone, "its own or the gateway's"))
    let timed = found(.constant, [.http5xx: 30]) {
      $0.surroundings.products = ["apache-mod-proxy"]
      $0.surroundings.pile = self.pile(60_001, 60_020, 30, of: 30)
    }
    #expect(causes(timed).first?.because.contains("httpd 2.4 Timeout or ProxyTimeout") == true)
    #expect(!says(alone, "errors of its own"))
  }

  @Test("One member of a pool, if its siblings served; a share of 1/N without them")
  func oneMember() {
    let sibling = Surroundings.Tally("192.0.2.9:80", failures: 0, successes: 400)
    let bad = found(.partial, [.http5xx: 30]) {
      $0.pool = "app"
      $0.surroundings.members = [sibling]
    }
    #expect(says(bad, "alone of app fails"))
    let both = found(.partial, [.http5xx: 30]) {
      $0.surroundings.members = [.init("192.0.2.9:80", failures: 12, successes: 400)]
    }
    #expect(!says(both, "alone of"))
    let third = found(.partial, [.connectTimeout: 3340]) { $0.requests = 10_000 }
    #expect(says(third, "one bad member of about 3"))
    let odd = found(.partial, [.connectTimeout: 4200]) { $0.requests = 10_000 }
    #expect(!says(odd, "one bad member"))
  }

  @Test("One gateway only, if the others served often enough to say so")
  func oneGateway() {
    func seen(_ served: Int, _ failed: Int = 0) -> Case {
      found(.constant, [.connectTimeout: 60]) {
        $0.gateways = ["gw1", "gw2"]
        $0.surroundings.gateways = [
          .init("gw1", failures: 60, successes: 0),
          .init("gw2", failures: failed, successes: served),
        ]
      }
    }
    #expect(causes(seen(500)).first?.title.hasPrefix("only gw1 fails to reach") == true)
    #expect(!says(seen(500, 1), "only gw1"))
    #expect(!says(seen(1), "only gw1"))
    #expect(!says(found(.constant, [.connectTimeout: 60]), "only gw1"))
  }

  @Test("A timer that cuts connections, by the value at which they are cut")
  func cutConnections() {
    let cut = found(.partial, [.prematureClose: 40]) {
      $0.surroundings.pile = self.pile(30_000, 30_012, 40, of: 40)
    }
    #expect(causes(cut).first?.title.hasPrefix("a timer shorter than the requests need") == true)
    let spread = found(.clustered, [.prematureClose: 40]) {
      $0.surroundings.pile = self.pile(100, 104, 6, of: 40)
    }
    #expect(!says(spread, "a timer shorter"))
    #expect(causes(spread).contains { $0.because.contains("no timer shows") })
  }

  @Test("Callers that leave more often meanwhile are a symptom; as often as ever, they are nothing")
  func impatientCallers() {
    func aborted(_ inside: Int, _ outside: Int) -> Case {
      found(.clustered, [.responseTimeout: 80]) {
        $0.surroundings.abortsInside = inside
        $0.surroundings.abortsOutside = outside
        $0.surroundings.secondsInside = 600
        $0.surroundings.secondsOutside = 3000
      }
    }
    #expect(says(aborted(41, 9), "callers give up"))
    #expect(causes(aborted(41, 9)).first?.title.contains("callers") == false)
    #expect(!says(aborted(41, 190), "callers give up"))
    #expect(!says(aborted(3, 0), "callers give up"))
  }

  @Test(
    "Callers that waited long before they left were driven away; those that left at once were not")
  func abortsAlone() {
    func left(_ waited: Int64, _ usual: Int64?, _ count: Int = 41) -> String {
      AbortSummary(
        backend: "be:1", count: count, waitedMilliseconds: waited, usualMilliseconds: usual
      ).sentence
    }
    #expect(
      left(30_000, 200)
        == "41 callers left be:1 after 30 s on the average, its other exchanges took 200 ms: slow answers "
        + "drive them away")
    #expect(!left(300, 200).contains("drive"))
    #expect(!left(30_000, 29_000).contains("drive"))
    #expect(!left(30_000, 200, 3).contains("drive"))
    #expect(left(0, 200) == "41 callers left be:1")
  }

  @Test("A deployment just before is told; a change of another gateway is none of this case")
  func recentChange() {
    let change = Change(
      time: 1_795_157_988_000, kind: .deploy, backend: "", gateway: "gw1", stream: "gw1.log")
    let step = found(.step, [.http5xx: 80]) { $0.surroundings.change = change }
    #expect(says(step, "a deployment on gw1 went before"))
    #expect(causes(step).contains { $0.because.contains("12 s before the first failure") })
    #expect(!says(found(.step, [.http5xx: 80]), "deployment"))
    let sporadic = found(.sporadic, [.http5xx: 80]) { $0.surroundings.change = change }
    #expect(!says(sporadic, "deployment"))
  }

  @Test("Down and up is a restart loop; a ramp is something that fills up")
  func shapes() {
    #expect(says(found(.flapping, [.connectTimeout: 40]), "restart loop"))
    #expect(!says(found(.constant, [.connectTimeout: 40]), "restart loop"))
    #expect(says(found(.ramp, [.http5xx: 40]), "fills up"))
    #expect(!says(found(.step, [.http5xx: 40]), "fills up"))
  }

  @Test("What other ports of the host did says whether the service or the host is meant")
  func neighbours() {
    let alone = found(.constant, [.connectRefused: 40]) {
      $0.surroundings.ports = [.init("orders.example.com:9090", failures: 0, successes: 300)]
    }
    #expect(causes(alone).first?.because.contains("the service rather than the host") == true)
    let together = found(.constant, [.connectTimeout: 40]) {
      $0.surroundings.ports = [.init("orders.example.com:9090", failures: 30, successes: 0)]
    }
    #expect(causes(together).first?.because.contains("the host or its path") == true)
  }

  @Test("A period that somebody is known for gets names to begin with; another gets none of them")
  func periods() {
    func timer(_ seconds: Double) -> Case {
      found(.periodic, [.http5xx: 9]) { $0.seconds = seconds }
    }
    #expect(causes(timer(301)).first?.steps.first?.text.contains("cron every five minutes") == true)
    #expect(causes(timer(333)).first?.steps.first?.text.contains("cron every five") == false)
  }

  @Test("A cause is no surer than what it explains")
  func boundsConfidence() throws {
    let weak = found(.constant, [.connectRefused: 40]) { $0.confidence = 0.4 }
    let finding = Diagnosis.finding(of: weak)
    let cause = try #require(finding.causes.first)
    #expect(cause.confidence == .high)
    #expect(finding.confidence(of: cause) == .low)
  }

  @Test("More neighbours that recovered make a captured backlog surer")
  func capturedBacklog() {
    func captured(_ fine: Int) -> Double {
      causes(
        found(.backlogCapture, [.connectTimeout: 40]) { found in
          found.surroundings.ports = (0..<fine).map { .init("h:\($0)", failures: 3, successes: 90) }
        }
      ).first?.fit ?? 0
    }
    #expect(captured(3) > captured(0))
    #expect(says(found(.backlogCapture, [.connectTimeout: 40]), "captured by dead requests"))
    #expect(!says(found(.constant, [.connectTimeout: 40]), "captured by dead requests"))
  }

  @Test("Near misses of timer, key, shared cause, race, application errors and silence")
  func nearMisses() {
    #expect(!says(found(.periodic, [.http5xx: 9]), "something runs every"))
    #expect(!says(found(.urlConcentrated, [.http5xx: 9]), "the operation behind"))
    #expect(!says(found(.sporadic, [.http5xx: 9]) { $0.key = "/report" }, "the operation behind"))
    #expect(
      !says(found(.constant, [.http5xx: 9]) { $0.backends = ["a:1", "b:2"] }, "one cause for"))
    #expect(!says(found(.clustered, [.connectionReset: 40]), "keep-alive race"))
    #expect(!says(found(.sporadic, [.connectionReset: 5, .http5xx: 6]), "keep-alive race"))
    #expect(!says(found(.partial, [.connectRefused: 40]), "errors of its own"))
    #expect(!says(found(.clustered, [.connectTimeout: 40]), "firewall dropping"))
    #expect(!says(found(.sporadic, [.http5xx: 40]), "flaky path"))
    #expect(!says(found(.sporadic, [.responseTimeout: 40]), "receives more than it accepts"))
    #expect(!says(found(.partial, [.http5xx: 40]) { $0.seconds = 5 }, "idle connections"))
  }

  @Test("A capture lasts as long as the pattern asks for")
  func captures() {
    let timer = found(.periodic, [.http5xx: 9]) { $0.seconds = 300 }
    #expect(timer.capture?.hasPrefix("timeout 660 tcpdump -i any -nn -s 160 -C 50 -W 12") == true)
    #expect(found(.constant, [.connectTimeout: 9]).capture?.hasPrefix("timeout 60 ") == true)
  }

  @Test("Every class in every pattern that asserts something has a known cause")
  func leavesNothingUndecided() {
    let patterns = Pattern.allCases.filter { $0 != .insufficient }
    let classes = Outcome.allCases.filter { $0.countsAgainstBackend && $0 != .other }
    for pattern in patterns {
      for outcome in classes {
        let case1 = found(pattern, [outcome: 40]) {
          $0.seconds = 300
          $0.key = "/report"
        }
        let cause = causes(case1)[0]
        #expect(!cause.title.contains("no known cause"), "\(pattern) \(outcome)")
        #expect(!cause.refutedBy.isEmpty && !cause.steps.isEmpty && !cause.owner.isEmpty)
        #expect(!cause.source.isEmpty && !cause.because.isEmpty)
      }
    }
  }
}

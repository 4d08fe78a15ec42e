import Correlator
import LogEvents

/// The path of a finding's exchanges in segments: what the logs prove of each, and the command for the
/// rest.
///
/// Stop at the first segment that fails; mend that first. Source: LB Wiki, "Troubleshooting End to End
/// Connectivity In Three Steps"; causes.md §4.
package struct Demarcation: Sendable, Hashable {
  package enum Verdict: String, Sendable, Hashable {
    /// The logs prove it good.
    case good
    /// The failures end here.
    case failing
    /// The logs do not tell.
    case unknown
  }

  package struct Segment: Sendable, Hashable {
    /// `client -> lb1`, `lb1 -> orders.example.com:8443`, `orders.example.com:8443 itself`.
    package var name: String
    package var verdict: Verdict
    /// The numbers that say so, or why nothing does.
    package var because: String
    /// `file:line` of records that prove it; empty where nothing is proven.
    package var lines: [String]
    package var check: Step?
  }

  package var segments: [Segment]

  /// `nil` for findings that are no exchanges of one backend.
  package init?(_ found: Case) {
    guard found.backends.isEmpty, found.pattern != .follows, found.failures > 0 else { return nil }
    let path = Path(found)
    segments = [path.client] + path.between + path.layers
  }
}

/// The segments of one case, from the outside in.
private struct Path {
  let found: Case

  init(_ found: Case) { self.found = found }

  private static let balancers: Set<String> = [
    "haproxy", "f5-bigip", "aws-elb", "azure-appgw", "gcp-lb", "citrix-netscaler",
    "kemp-loadmaster",
    "traefik", "envoy", "nginx",
  ]

  private var products: Set<String> { Set(found.surroundings.products) }
  private var isBehindBalancer: Bool { !products.isDisjoint(with: Self.balancers) }
  private var isBehindGateway: Bool { !products.subtracting(Self.balancers).isEmpty }

  /// Who wrote the records of the failures.
  private var near: String {
    switch found.gateways.count {
    case 0: isBehindBalancer && !isBehindGateway ? "the balancer" : "the gateway"
    case 1: found.gateways[0]
    default: found.gateways.prefix(3).joined(separator: ", ")
    }
  }

  private var member: String { found.endpoint.name }

  private var lines: [String] { found.exemplars.prefix(3).map { "\($0.file):\($0.line)" } }

  private var served: Int { max(0, (found.requests ?? found.failures) - found.failures) }

  // MARK: Client side

  /// Every record of an exchange proves that its request arrived.
  var client: Demarcation.Segment {
    let service = found.services.first.map { " (\($0))" } ?? ""
    return Demarcation.Segment(
      name: "client -> \(near)\(service)", verdict: .good,
      because: "\(Words.count(found.failures + served, "request")) arrived and are logged there"
        + ". At layer 7 this says nothing of the servers behind.",
      lines: lines, check: nil)
  }

  /// Both a gateway and a balancer tell of the backend: the way between them carried these requests.
  var between: [Demarcation.Segment] {
    guard isBehindBalancer, isBehindGateway, found.gateways.count > 1 else { return [] }
    let seen = found.surroundings.gateways.filter { $0.successes > 0 }
    return [
      Demarcation.Segment(
        name: "gateway -> balancer", verdict: seen.count > 1 ? .good : .unknown,
        because: seen.count > 1
          ? "served on \(seen.count) of \(found.surroundings.gateways.count) nodes meanwhile: "
            + Case.spelled(seen)
          : "which of \(found.gateways.joined(separator: ", ")) stands before the other is not in the logs",
        lines: [],
        check: seen.count > 1
          ? nil
          : Step(
            "On the balancer: do the gateway's connections arrive? Connect to the virtual address from "
              + "another subnet too; not ping, which proves nothing of TCP.",
            command: "tcpdump -i any -nn -c 50 'tcp[tcpflags] & tcp-syn != 0'"))
    ]
  }

  // MARK: Layers towards the member

  /// Steps of an exchange in their order, as far as the logs tell them apart.
  private enum Layer: Int, CaseIterable {
    case name, connect, tls, answer

    init?(_ outcome: Outcome) {
      switch outcome.phase {
      case .nameLookup: self = .name
      case .connect: self = .connect
      case .tls: self = .tls
      case .request, .response: self = .answer
      case .none: return nil
      }
    }
  }

  /// A layer fails with a fifth of the failures; fewer are told beside what most of them say.
  private static let least = 0.2

  private var counts: [Layer: Int] {
    var counts: [Layer: Int] = [:]
    for (outcome, count) in found.classes where !isVague(outcome) {
      if let layer = Layer(outcome) { counts[layer, default: 0] += count }
    }
    return counts
  }

  /// Classes of a log that tells no step: a status alone, or a 502 that stands for all faults.
  private func isVague(_ outcome: Outcome) -> Bool {
    switch outcome {
    case .http5xx: found.isStatusAlone
    case .badGatewayResponse: found.hasVagueAnswers
    default: false
    }
  }

  var layers: [Demarcation.Segment] {
    let counts = counts
    let limit = max(1, Int(Self.least * Double(found.failures)))
    let failing = Layer.allCases.filter { (counts[$0] ?? 0) >= limit }
    var segments: [Demarcation.Segment] = []
    if let last = failing.last {
      for layer in Layer.allCases where layer.rawValue <= last.rawValue {
        let later = counts.reduce(0) { $0 + ($1.key.rawValue > layer.rawValue ? $1.value : 0) }
        if failing.contains(layer) {
          segments.append(segment(layer, .failing, count: counts[layer] ?? 0))
        } else if layer == .connect {
          segments.append(segment(layer, .good, count: later))
        }
      }
      if failing == [.name] { segments.append(segment(.connect, .unknown, count: 0)) }
    }
    let refused = (found.classes[.poolExhausted] ?? 0) + (found.classes[.overload] ?? 0)
    if refused >= limit { segments.append(ownRefusal(refused)) }
    return segments.isEmpty ? [undecided] : segments
  }

  private func segment(
    _ layer: Layer, _ verdict: Demarcation.Verdict, count: Int
  ) -> Demarcation.Segment {
    let (name, check) = parts(layer)
    let because: String
    switch verdict {
    case .good:
      because = "\(share(count)) happened after the connection was made" + meanwhile
    case .failing:
      let classes = found.classesByCount.filter { Layer($0.outcome) == layer }
        .map { "\($0.outcome.name) \(Words.number($0.count))" }
      because = "\(share(count)) end here (\(classes.joined(separator: ", ")))" + meanwhile
    case .unknown: because = "not reached by the failures"
    }
    return Demarcation.Segment(
      name: name, verdict: verdict, because: because, lines: verdict == .unknown ? [] : lines,
      check: verdict == .good ? nil : check)
  }

  private func share(_ count: Int) -> String {
    "\(Words.number(count)) of \(Words.number(found.failures)) failures"
  }

  private var meanwhile: String {
    guard served > 0, found.hasSuccessesBetween else { return "" }
    return "; \(Words.count(served, "request")) got through meanwhile"
  }

  private func parts(_ layer: Layer) -> (name: String, check: Step) {
    switch layer {
    case .name: ("\(near): name of \(member)", lookup)
    case .connect: ("\(near) -> \(member) (TCP)", connect)
    case .tls: ("\(near) -> \(member) (TLS)", handshake)
    case .answer: ("\(member) itself (answer)", answer)
    }
  }

  private func ownRefusal(_ count: Int) -> Demarcation.Segment {
    let onset = found.surroundings.onset
    return Demarcation.Segment(
      name: "\(near) -> members of \(found.pool ?? member)", verdict: .unknown,
      because:
        "\(Words.number(count)) of \(Words.number(found.failures)) requests were not sent to a member"
        + (onset.map { "; before them \($0.backend) failed (\($0.exemplar.outcome.name))" } ?? ""),
      lines: onset.map { ["\($0.exemplar.file):\($0.exemplar.line)"] } ?? [],
      check: Step(
        "\(found.vantagePoint): connect to each member by itself; refused, silent or accepted?",
        command: onset.flatMap { Endpoint($0.backend).connect } ?? found.endpoint.connect))
  }

  private var undecided: Demarcation.Segment {
    Demarcation.Segment(
      name: "\(near) -> \(member)", verdict: .unknown,
      because: "the records do not say at which step the exchanges failed", lines: lines,
      check: connect)
  }

  private var lookup: Step {
    Step(
      "\(found.vantagePoint): resolve the name.",
      command: found.endpoint.host.map { "getent ahosts \($0)" })
  }

  private var connect: Step {
    Step(
      "\(found.vantagePoint): connect to \(found.endpoint.spoken). Refused: nothing listens or a firewall "
        + "resets. Silent: firewall or route. Does anything arrive at the member?",
      command: found.endpoint.connect)
  }

  private var handshake: Step {
    Step(
      "\(found.vantagePoint): shake hands by hand.",
      command: found.endpoint.target.map {
        "openssl s_client -connect \(Endpoint.bracketed($0.host)):\($0.port) -servername \($0.host) </dev/null"
      })
  }

  private var answer: Step {
    Step(
      "\(found.vantagePoint): send a request to \(found.endpoint.spoken) and read the answer; on the "
        + "member, does it arrive?",
      command: found.endpoint.url.map { "curl -skv -m 180 -o /dev/null \($0)" })
  }
}

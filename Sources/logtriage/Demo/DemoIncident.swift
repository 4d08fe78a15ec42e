import Correlator
import LogEvents
import LogFormats
import Pipeline
import Reports

/// An incident of one hour on two balancers, composed event by event: the same on every machine.
///
/// From 07:21 nobody accepts on orders; pricing gets bursts that it cannot take; reports hangs from
/// 07:40 on, seen as a timer of 60 s; ledger loses single connections; search is well.
struct DemoIncident {
  /// 2026-11-20T07:00:00Z in milliseconds.
  private static let start: Int64 = 1_795_158_000_000
  private static let seconds = 3600
  private static let gateways = ["lb1", "lb2"]

  private struct Moment {
    /// Milliseconds since the start.
    var offset: Int64
    var outcome: Outcome
    var backend: String
    var duration: Int32
    var code: String
    var status: UInt16
  }

  private var dice = Dice()

  static func document() -> DigestDocument {
    var incident = DemoIncident()
    var document = DigestDocument(digest: Digest(), files: [])
    for gateway in gateways {
      let moments = incident.moments()
      let file = "demo/\(gateway)/haproxy.log"
      document.digest.merge(digest(of: moments, file: file, gateway: gateway))
      var summary = FileSummary(path: file, format: "haproxy")
      summary.lines = moments.count
      summary.records = moments.count
      summary.events = moments.count
      document.files.append(summary)
    }
    return document
  }

  private static func digest(of moments: [Moment], file: String, gateway: String) -> Digest {
    guard let card = FormatShelf.named("haproxy")?.card else { return Digest() }
    var consumer = DigestConsumer(file: file, gateway: gateway)
    var batch = EventBatch()
    for (number, moment) in moments.enumerated() {
      batch.append(event(moment, line: number + 1, gateway, &batch))
      if batch.isFull {
        consumer.take(batch, format: card)
        batch.clear()
      }
    }
    consumer.take(batch, format: card)
    return consumer.digest
  }

  private static func event(
    _ moment: Moment, line: Int, _ gateway: String, _ batch: inout EventBatch
  ) -> Event {
    var event = Event(
      time: Timestamp(milliseconds: start + moment.offset), line: UInt32(clamping: line),
      outcome: moment.outcome)
    event.hasMilliseconds = true
    event.journal = .access
    event.status = moment.status
    event.durationMilliseconds = moment.duration
    event.backend = batch.names.id(moment.backend)
    event.pool = batch.names.id("be_" + (moment.backend.split(separator: ".").first ?? ""))
    event.service = batch.names.id("fe_shop")
    event.code = batch.names.id(moment.code)
    event.gateway = batch.names.id(gateway)
    event.client = batch.keep(Array("203.0.113.\(line % 61 + 1)".utf8))
    let uri = "/\(moment.backend.prefix(5))/\(line % 97)"
    event.uri = batch.keep(Array(uri.utf8))
    if moment.outcome != .ok {
      event.message = batch.keep(
        Array(
          ("fe_shop \(moment.backend) 0/0/0/-1/\(moment.duration) \(moment.status) \(moment.code) "
            + "\"GET \(uri) HTTP/1.1\"").utf8))
    }
    return event
  }

  // MARK: The story

  private mutating func moments() -> [Moment] {
    var told: [Moment] = []
    for second in 0..<Self.seconds {
      told.append(orders(second))
      told += pricing(second)
      if second % 3 == 0 { told.append(reports(second)) }
      if second % 2 == 0 { told.append(ledger(second)) }
      if second % 4 == 0 { told.append(served(second, "search.example.com:9200", 12)) }
    }
    return told.sorted { ($0.offset, $0.backend) < ($1.offset, $1.backend) }
  }

  private mutating func at(_ second: Int) -> Int64 {
    Int64(second) * 1000 + Int64.random(in: 0..<1000, using: &dice)
  }

  private mutating func served(_ second: Int, _ backend: String, _ typical: Int32) -> Moment {
    Moment(
      offset: at(second), outcome: .ok, backend: backend,
      duration: typical + Int32.random(in: 0..<typical, using: &dice), code: "----", status: 200)
  }

  private mutating func failed(
    _ second: Int, _ outcome: Outcome, _ backend: String, _ duration: Int32, _ code: String,
    _ status: UInt16
  ) -> Moment {
    Moment(
      offset: at(second), outcome: outcome, backend: backend,
      duration: duration + Int32.random(in: 0..<9, using: &dice), code: code, status: status)
  }

  private mutating func orders(_ second: Int) -> Moment {
    let backend = "orders.example.com:8443"
    return second < 1301
      ? served(second, backend, 40) : failed(second, .connectRefused, backend, 1, "SC--", 503)
  }

  /// Five bursts of 45 s with eight times the requests, of which it takes five a second.
  private mutating func pricing(_ second: Int) -> [Moment] {
    let backend = "pricing.example.com:9080"
    let isBurst = [420, 1030, 1810, 2240, 3130].contains { second >= $0 && second < $0 + 45 }
    guard isBurst else { return [served(second, backend, 80)] }
    return (0..<8).map { number in
      number < 5
        ? served(second, backend, 900)
        : failed(second, .responseTimeout, backend, 15_000, "sH--", 504)
    }
  }

  private mutating func reports(_ second: Int) -> Moment {
    let backend = "reports.example.com:8080"
    return second < 2400
      ? served(second, backend, 300)
      : failed(second, .responseTimeout, backend, 60_000, "sH--", 504)
  }

  private mutating func ledger(_ second: Int) -> Moment {
    let backend = "ledger.example.com:443"
    let kinds: [(Outcome, String, UInt16)] = [
      (.connectTimeout, "sC--", 503), (.prematureClose, "SH--", 502),
      (.responseTimeout, "sH--", 504),
    ]
    guard Int.random(in: 0..<170, using: &dice) == 0 else { return served(second, backend, 25) }
    let kind = kinds[Int.random(in: 0..<kinds.count, using: &dice)]
    return failed(second, kind.0, backend, 2000, kind.1, kind.2)
  }

  /// SplitMix64: the same numbers everywhere.
  private struct Dice: RandomNumberGenerator {
    var state: UInt64 = 2026

    mutating func next() -> UInt64 {
      state = state &+ 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
  }
}

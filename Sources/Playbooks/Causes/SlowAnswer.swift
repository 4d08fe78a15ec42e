import Correlator
import LogEvents

/// Connected and sent, and a timer fired before the answer was there: slow, hung, or a timer shorter than
/// the request needs.
///
/// Source: IBM ibm11285666; Pivotal 2010526; causes.md §2, "response-timeout".
struct SlowAnswer: Playbook {
  func cause(of found: Case) -> Cause? {
    let late = found.share(.responseTimeout)
    guard late >= 0.5 else { return nil }
    let endpoint = found.endpoint
    let isHung = [.constant, .backlogCapture].contains(found.pattern)
    let fired = FiredTimer(found)
    return Cause(
      fit: (isHung ? 0.85 : 0.6) * late,
      title: isHung
        ? "\(endpoint.name) accepts connections and answers none of them in time: hung, or waiting for "
          + "something itself"
        : "\(endpoint.name) answers some requests later than a timer allows",
      because: Case.joined(
        "\(Words.percent(late)) of the failures waited in vain for the answer; connecting worked",
        fired?.sentence, found.vantages),
      refutedBy: isHung
        ? "the backend's own log showing these requests as answered, or requests that never reached it"
        : "failed requests that the backend answered well before the timer",
      steps: [
        Step(
          "On the backend host: what do its workers wait for (thread dump, database, downstream calls) "
            + "\(found.window)?",
          command: endpoint.port.map { "ss -tnp state established 'sport = :\($0)'" }),
        Step(
          fired.map { "\($0.next) Compare it with the time that the requests need." }
            ?? "\(found.vantagePoint): which timer ends the wait? Log durations; they pile up at its value."
        ),
        Step(
          "\(found.vantagePoint): send one request to \(endpoint.spoken) by hand and time its parts: status, "
            + "seconds to the connection, seconds to the first byte.",
          command: endpoint.url.map {
            "curl -sk -o /dev/null -m 180 -w '%{http_code} %{time_connect} %{time_starttransfer}\\n' "
              + $0
          }),
      ],
      owner: "application", source: "IBM ibm11285666")
  }
}

/// The value at which the durations of failures pile up, and whose timer has it.
struct FiredTimer {
  let pile: DurationPile
  let products: [String]

  /// At least five failures, three quarters of those with a duration, within 5 % (or half a second).
  init?(_ found: Case) {
    guard let pile = found.around.pile, pile.count >= 5, pile.share >= 0.75,
      pile.leastMilliseconds >= 900
    else { return nil }
    let spread = pile.mostMilliseconds - pile.leastMilliseconds
    guard spread <= max(500, pile.leastMilliseconds / 20) else { return nil }
    self.pile = pile
    products = found.around.products
  }

  private var span: String {
    let (least, most) = (Self.seconds(pile.leastMilliseconds), Self.seconds(pile.mostMilliseconds))
    return least == most ? "\(least) s" : "\(least) to \(most) s"
  }

  /// Of the products whose logs were read first: others are devices that may stand between.
  private var timers: [KnownTimer] {
    KnownTimer.firing(afterMilliseconds: pile.leastMilliseconds, of: products)
  }

  private var seen: [KnownTimer] { timers.filter { products.contains($0.product) } }

  var sentence: String {
    let known =
      if !seen.isEmpty {
        "as shipped, that is \(seen.prefix(3).map(\.name).joined(separator: "; "))"
      } else if let other = timers.first {
        "no product whose log was read has it as shipped; \(other.name), for one, does"
      } else {
        "it is no known default"
      }
    return
      "\(Words.number(pile.count)) of \(Words.number(pile.known)) failures with a duration took "
      + "\(span): a timer of that value fired; \(known)"
  }

  var next: String {
    seen.isEmpty
      ? "Find the setting of about \(Self.seconds(pile.leastMilliseconds)) s on the gateway, on a balancer "
        + "or in the caller."
      : "Look at \(seen[0].name): is it what is set?"
  }

  /// `60`, `60.01`: hundredths, no more.
  private static func seconds(_ milliseconds: Int64) -> String {
    let hundredths = (milliseconds + 5) / 10
    let rest = hundredths % 100
    guard rest > 0 else { return "\(hundredths / 100)" }
    let digits = rest % 10 == 0 ? "\(rest / 10)" : rest < 10 ? "0\(rest)" : "\(rest)"
    return "\(hundredths / 100).\(digits)"
  }
}

import ArgumentParser
import Foundation
import LogEvents
import LogIntake
import Pipeline
import Reports

/// Which time of the logs matters.
struct TimeOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: """
      Leave out what is before: 2026-11-20T07:00Z, -3h, 07:00, "yesterday 07:00". Without a zone it \
      is UTC, as in the report; -3h and days count from the end of the logs.
      """)
  var since: String?

  @Option(parsing: .unconditional, help: "Leave out what is then or later; spelled like --since.")
  var until: String?

  @Option(parsing: .unconditional, help: "Only what is near this time; see --window.")
  var around: String?

  @Option(help: "How near: this long before and after --around, such as 90s, 10m, 2h.")
  var window: String?

  func validate() throws {
    if around != nil, since != nil || until != nil {
      throw ValidationError("--around goes without --since and --until")
    }
    if window != nil, around == nil { throw ValidationError("--window goes with --around") }
    if let window, DurationArgument.milliseconds(window) == nil {
      throw ValidationError("--window \(window): try 90s, 10m or 2h")
    }
    // Whether one that counts from the end of the logs is before another is known when they are.
    let moments = try [since, until, around].compactMap(\.self).map(moment)
    if moments.count == 2, case .fixed(let from) = moments[0], case .fixed(let to) = moments[1],
      from >= to
    {
      throw ValidationError("--since is not before --until")
    }
  }

  /// The window; `end` is asked for only when a time counts from the end of the logs.
  func asked(end: () -> Timestamp) throws -> AskedWindow {
    var known: Timestamp?
    func resolved(_ phrase: String?) throws -> Timestamp? {
      guard let phrase else { return nil }
      let moment = try moment(phrase)
      if case .fixed(let time) = moment { return time }
      let end = known ?? end()
      known = end
      return moment.resolved(end: end)
    }
    if let middle = try resolved(around) {
      let reach = window.flatMap(DurationArgument.milliseconds) ?? 600_000
      return AskedWindow(
        since: Timestamp(milliseconds: middle.milliseconds - reach),
        until: Timestamp(milliseconds: middle.milliseconds + reach))
    }
    let asked = AskedWindow(since: try resolved(since), until: try resolved(until))
    if let from = asked.since, let to = asked.until, from >= to {
      throw ValidationError("--since is not before --until")
    }
    return asked
  }

  private func moment(_ phrase: String) throws -> Moment {
    guard let moment = Moment(phrase) else {
      throw ValidationError(
        "no such time: \(SafeText.terminal(phrase)); try 2026-11-20T07:00Z, -3h, 07:00 or "
          + "\"yesterday 07:00\"")
    }
    return moment
  }
}

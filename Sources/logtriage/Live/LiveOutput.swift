import Pipeline
import Playbooks

/// What is shown or told while a tail runs.
protocol LiveOutput {
  /// Whether `LiveView.failures` is of use.
  var wantsFailures: Bool { get }
  /// What changed since the last tick; called at every tick, also without changes.
  mutating func tick(_ view: LiveView)
  /// A key was pressed.
  mutating func key(_ byte: UInt8, _ view: LiveView) -> LiveKey
  /// Tells the user what is no finding.
  mutating func say(_ sentence: String)
  /// The terminal is the report's again.
  mutating func finish()
}

/// What a key asks of the session.
enum LiveKey { case none, end, write }

extension LiveOutput {
  var wantsFailures: Bool { false }
  mutating func key(_ byte: UInt8, _ view: LiveView) -> LiveKey { .none }
  mutating func say(_ sentence: String) { Message.say(sentence) }
  mutating func finish() {}
}

/// What outputs see of a session.
struct LiveView {
  var ledger: FindingLedger
  var changes: [FindingLedger.Change] = []
  var failures = LiveFailures()
  /// The wall's and the logs' time, in milliseconds since 1970.
  var now: Int64 = 0
  var latest: Int64 = 0
  var logs = 0
  var lines = 0
  var rotations = 0
  /// Messages that a listener had to drop.
  var drops = 0
  var received = 0
  /// Records that could not be read.
  var unread = 0
  /// Bytes that are known and not yet read.
  var backlog: Int64 = 0
  /// Logs that fell silent, with the milliseconds since their last bytes.
  var silent: [(path: String, milliseconds: Int64)] = []
}

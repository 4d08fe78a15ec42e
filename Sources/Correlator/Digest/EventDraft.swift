import LogEvents

/// A `StoredEvent` to be, while its log is being read.
///
/// Most are replaced soon by one with a smaller hash, which uses the memory of its text again. (Strings at
/// once cost 1,226 instructions a served exchange, drafts 200.)
struct EventDraft: Ranked {
  private(set) var hash: UInt64
  private var time: Int64
  private var line: UInt32
  private var duration: Int32
  private(set) var outcome: Outcome
  private var namesGateway: Bool
  private var code: String?
  private var text: EventText

  /// A draft of the event, whose own code is `code`.
  ///
  /// `text` is memory that may be used again.
  init(
    _ event: Event, _ batch: borrowing EventBatch, code: String?, _ hash: UInt64,
    in text: consuming EventText = EventText()
  ) {
    self.hash = hash
    time = event.time.milliseconds
    line = event.line
    duration = event.durationMilliseconds
    outcome = event.outcome
    namesGateway = !event.gateway.isNone
    self.code = code
    self.text = text
    self.text.become(event, batch)
  }

  /// Puts the event into the place of `kept` if it precedes it.
  static func keep(
    _ event: Event, _ batch: borrowing EventBatch, code: String?, _ hash: UInt64,
    in kept: inout EventDraft?
  ) {
    guard let known = kept?.hash else {
      kept = EventDraft(event, batch, code: code, hash)
      return
    }
    if hash < known {
      kept?.become(event, batch, code: code, hash)
    } else if hash == known {
      let draft = EventDraft(event, batch, code: code, hash)
      if kept.map(draft.precedes) ?? true { kept = draft }
    }
  }

  private mutating func become(
    _ event: Event, _ batch: borrowing EventBatch, code: String?, _ hash: UInt64
  ) {
    var memory = EventText()
    swap(&memory, &text)
    self = EventDraft(event, batch, code: code, hash, in: memory)
  }

  func precedes(_ other: EventDraft) -> Bool {
    if hash != other.hash { return hash < other.hash }
    return stored(file: "", gateway: "named").precedes(other.stored(file: "", gateway: "named"))
  }

  /// The event as the digest keeps it; `gateway` is that of its part.
  func stored(file: String, gateway: String) -> StoredEvent {
    StoredEvent(
      hash: hash, time: time, outcome: outcome, line: line, duration: duration, file: file,
      gateway: namesGateway ? gateway : nil, code: code, text: text)
  }
}

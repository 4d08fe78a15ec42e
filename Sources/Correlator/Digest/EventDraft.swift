import LogEvents

/// A `StoredEvent` to be, while its log is being read.
///
/// Most are replaced soon by one with a smaller hash: text is copied into one array, which the next one
/// uses again, and becomes strings only at the end. (Strings at once cost 1,226 instructions a served
/// exchange, drafts 200.)
struct EventDraft: Ranked {
  private(set) var hash: UInt64
  private var time: Int64
  private var line: UInt32
  private var duration: Int32
  private(set) var outcome: Outcome
  private var namesGateway: Bool
  /// Client, URI, code and message, one behind the other.
  private var text: [UInt8] = []
  /// Where each of them ends in `text`.
  private var ends: (client: Int32, uri: Int32, code: Int32, message: Int32) = (0, 0, 0, 0)

  init(_ event: Event, _ batch: borrowing EventBatch, _ hash: UInt64) {
    self.hash = hash
    time = event.time.milliseconds
    line = event.line
    duration = event.durationMilliseconds
    outcome = event.outcome
    namesGateway = !event.gateway.isNone
    copyText(event, batch)
  }

  /// Puts the event into the place of `kept` if it precedes it.
  static func keep(
    _ event: Event, _ batch: borrowing EventBatch, _ hash: UInt64, in kept: inout EventDraft?
  ) {
    guard let known = kept?.hash else {
      kept = EventDraft(event, batch, hash)
      return
    }
    if hash < known {
      kept?.become(event, batch, hash)
    } else if hash == known {
      let draft = EventDraft(event, batch, hash)
      if kept.map(draft.precedes) ?? true { kept = draft }
    }
  }

  private mutating func become(_ event: Event, _ batch: borrowing EventBatch, _ hash: UInt64) {
    self.hash = hash
    time = event.time.milliseconds
    line = event.line
    duration = event.durationMilliseconds
    outcome = event.outcome
    namesGateway = !event.gateway.isNone
    text.removeAll(keepingCapacity: true)
    copyText(event, batch)
  }

  private mutating func copyText(_ event: Event, _ batch: borrowing EventBatch) {
    // Once, and enough for the next one: most have a client and a URI.
    text.reserveCapacity(96)
    append(event.client, BoundedText.nameBytes, batch)
    ends.client = Int32(truncatingIfNeeded: text.count)
    append(event.uri, BoundedText.uriBytes, batch)
    ends.uri = Int32(truncatingIfNeeded: text.count)
    if !event.code.isNone { text.append(contentsOf: batch.names.bytes(event.code)) }
    ends.code = Int32(truncatingIfNeeded: text.count)
    append(event.message, BoundedText.messageBytes, batch)
    ends.message = Int32(truncatingIfNeeded: text.count)
  }

  private mutating func append(
    _ range: TextRange, _ limit: Int, _ batch: borrowing EventBatch
  ) {
    guard !range.isEmpty else { return }
    let places = batch.places(range, limit)
    text.append(batch.text.span, places.lowerBound, places.upperBound)
  }

  func precedes(_ other: EventDraft) -> Bool {
    if hash != other.hash { return hash < other.hash }
    return stored(file: "", gateway: "named").precedes(other.stored(file: "", gateway: "named"))
  }

  /// The event as the digest keeps it; `gateway` is that of its part.
  func stored(file: String, gateway: String) -> StoredEvent {
    StoredEvent(
      hash: hash, time: time, outcome: outcome, line: line, duration: duration, file: file,
      gateway: namesGateway ? gateway : nil, client: string(0, ends.client),
      uri: string(ends.client, ends.uri), code: string(ends.uri, ends.code),
      message: string(ends.code, ends.message))
  }

  private func string(_ start: Int32, _ end: Int32) -> String? {
    start < end ? String(decoding: text[Int(start)..<Int(end)], as: UTF8.self) : nil
  }
}

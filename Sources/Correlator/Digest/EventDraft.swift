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
  private var code: String?
  /// Client, URI and message, one behind the other.
  private var text: [UInt8] = []
  /// Where the first two of them end in `text`.
  private var clientEnd: Int32 = 0
  private var uriEnd: Int32 = 0

  /// A draft of the event, whose own code is `code`.
  ///
  /// `memory` is used again for its text.
  init(
    _ event: Event, _ batch: borrowing EventBatch, code: String?, _ hash: UInt64,
    in memory: consuming [UInt8] = []
  ) {
    self.hash = hash
    time = event.time.milliseconds
    line = event.line
    duration = event.durationMilliseconds
    outcome = event.outcome
    namesGateway = !event.gateway.isNone
    self.code = code
    text = memory
    text.removeAll(keepingCapacity: true)
    copyText(event, batch)
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
    var memory: [UInt8] = []
    swap(&memory, &text)
    self = EventDraft(event, batch, code: code, hash, in: memory)
  }

  private mutating func copyText(_ event: Event, _ batch: borrowing EventBatch) {
    let client = batch.places(event.client, BoundedText.nameBytes)
    let uri = batch.places(event.uri, BoundedText.uriBytes)
    let message = batch.places(event.message, BoundedText.messageBytes)
    text.reserveCapacity(client.count + uri.count + message.count)
    let source = batch.text.span
    if client.upperBound == uri.lowerBound {
      text.append(source, client.lowerBound, uri.upperBound)
    } else {
      text.append(source, client.lowerBound, client.upperBound)
      text.append(source, uri.lowerBound, uri.upperBound)
    }
    clientEnd = Int32(truncatingIfNeeded: client.count)
    uriEnd = Int32(truncatingIfNeeded: client.count + uri.count)
    if !message.isEmpty { text.append(source, message.lowerBound, message.upperBound) }
  }

  func precedes(_ other: EventDraft) -> Bool {
    if hash != other.hash { return hash < other.hash }
    return stored(file: "", gateway: "named").precedes(other.stored(file: "", gateway: "named"))
  }

  /// The event as the digest keeps it; `gateway` is that of its part.
  func stored(file: String, gateway: String) -> StoredEvent {
    StoredEvent(
      hash: hash, time: time, outcome: outcome, line: line, duration: duration, file: file,
      gateway: namesGateway ? gateway : nil, client: string(0, clientEnd),
      uri: string(clientEnd, uriEnd), code: code, message: string(uriEnd, Int32(text.count)))
  }

  private func string(_ start: Int32, _ end: Int32) -> String? {
    start < end ? String(decoding: text[Int(start)..<Int(end)], as: UTF8.self) : nil
  }
}

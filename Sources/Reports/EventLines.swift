import LogEvents

/// A shape of text that events are written in, batch by batch.
package protocol EventText: Sendable {
  /// What was appended since it was cleared; a head stands there from the beginning.
  var bytes: [UInt8] { get }

  mutating func append(
    _ batch: borrowing EventBatch, file: String, format: (name: String, product: String))
  mutating func clear()
}

/// Writes events as `events --format ndjson` prints them: one object a line, key order fixed.
///
/// The only JSON writer of our own, because speed is its purpose; tests read it with a real parser.
package struct EventLines: EventText {
  package private(set) var bytes: [UInt8] = []

  private var redactor: Redactor?

  /// - Parameter redaction: what is taken out; nothing without it.
  package init(_ redaction: Redaction? = nil) { redactor = redaction.map { Redactor($0) } }

  package mutating func clear() { bytes.removeAll(keepingCapacity: true) }

  /// Appends one line per event of the batch.
  package mutating func append(
    _ batch: borrowing EventBatch, file: String, format: (name: String, product: String)
  ) {
    for event in batch.events {
      learn(event, batch)
      key("file", first: true)
      optional(redacted(file))
      key("line")
      bytes.append(contentsOf: String(event.line).utf8)
      key("time")
      if event.time.isKnown {
        bytes.append(.init(ascii: "\""))
        bytes.append(
          contentsOf: RFC3339.text(event.time, withMilliseconds: event.hasMilliseconds).utf8)
        bytes.append(.init(ascii: "\""))
      } else {
        null()
      }
      key("source")
      string(format.product.utf8)
      key("format")
      string(format.name.utf8)
      name("gateway", event.gateway, batch)
      key("severity")
      optional(event.severity.name)
      key("class")
      string(event.outcome.name.utf8)
      name("backend", event.backend, batch)
      name("pool", event.pool, batch)
      name("service", event.service, batch)
      text("transaction", event.transaction, batch)
      text("client", event.client, batch)
      name("code", event.code, batch)
      key("status")
      number(event.status == 0 ? nil : Int(event.status))
      key("duration_ms")
      number(event.durationMilliseconds < 0 ? nil : Int(event.durationMilliseconds))
      key("journal")
      string(event.journal.name.utf8)
      uri(event.uri, batch)
      text("message", event.message, batch)
      if event.count != 1 {
        key("count")
        number(Int(event.count))
      }
      if event.spanMilliseconds != 0 {
        key("span_ms")
        number(Int(event.spanMilliseconds))
      }
      if let note = event.note.name {
        key("note")
        string(note.utf8)
      }
      bytes.append(contentsOf: "}\n".utf8)
    }
  }

  /// Members and gateways are hosts wherever else they stand.
  private mutating func learn(_ event: Event, _ batch: borrowing EventBatch) {
    guard redactor != nil else { return }
    for id in [event.gateway, event.backend, event.address] where !id.isNone {
      if let name = batch.names.name(id) { redactor?.learn(host: name) }
    }
  }

  private mutating func key(_ name: String, first: Bool = false) {
    bytes.append(contentsOf: (first ? "{\"" : ",\"").utf8)
    bytes.append(contentsOf: name.utf8)
    bytes.append(contentsOf: "\":".utf8)
  }

  private mutating func null() { bytes.append(contentsOf: "null".utf8) }

  private mutating func number(_ value: Int?) {
    guard let value else { return null() }
    bytes.append(contentsOf: String(value).utf8)
  }

  private mutating func optional(_ value: String?) {
    guard let value else { return null() }
    string(value.utf8)
  }

  private mutating func name(_ key: String, _ id: NameID, _ batch: borrowing EventBatch) {
    self.key(key)
    optional(redacted(batch.names.name(id)))
  }

  private mutating func text(_ key: String, _ range: TextRange, _ batch: borrowing EventBatch) {
    self.key(key)
    optional(redacted(batch.string(range)))
  }

  private mutating func uri(_ range: TextRange, _ batch: borrowing EventBatch) {
    key("uri")
    let uri = batch.string(range)
    optional(redactor == nil ? uri : redactor?.uri(uri))
  }

  private mutating func redacted(_ value: String?) -> String? {
    redactor == nil ? value : redactor?.text(ifAny: value)
  }

  private mutating func string(_ text: some Sequence<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20, 0x7f:
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(digits[Int(byte >> 4)])
        bytes.append(digits[Int(byte & 15)])
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

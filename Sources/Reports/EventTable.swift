import LogEvents

/// Events as rows of one documented table: the columns of `events --format csv` and of the database.
///
/// Names, order and meaning are those of the NDJSON keys; what a record does not say is absent. `line`
/// is where the (first) record starts in its file, `time` is RFC 3339 in UTC, and the event stands for
/// `count` exchanges within [time, time + span_ms).
package struct EventTable: Sendable {
  package enum Cell: Sendable, Equatable {
    case text(String)
    case number(Int)
    case absent
  }

  package struct Column: Sendable {
    package var name: String
    package var isNumber = false
  }

  package static let columns: [Column] = {
    let names = [
      "file", "line", "time", "source", "format", "gateway", "severity", "class", "backend", "pool",
      "service", "transaction", "client", "code", "status", "duration_ms", "journal", "uri",
      "message", "count", "span_ms", "note",
    ]
    let numbers: Set = ["line", "status", "duration_ms", "count", "span_ms"]
    return names.map { Column(name: $0, isNumber: numbers.contains($0)) }
  }()

  private var redactor: Redactor?
  /// Whether every time is written with milliseconds, so that texts sort as times.
  private let hasEvenTimes: Bool

  /// - Parameters:
  ///   - redaction: what is taken out; nothing without it.
  ///   - hasEvenTimes: whether every time is written with milliseconds.
  package init(_ redaction: Redaction? = nil, hasEvenTimes: Bool = false) {
    redactor = redaction.map { Redactor($0) }
    self.hasEvenTimes = hasEvenTimes
  }

  package mutating func rows(
    _ batch: borrowing EventBatch, file: String, format: (name: String, product: String)
  ) -> [[Cell]] {
    var rows: [[Cell]] = []
    rows.reserveCapacity(batch.events.count)
    for event in batch.events {
      learn(event, batch)
      let time =
        event.time.isKnown
        ? RFC3339.text(event.time, withMilliseconds: hasEvenTimes || event.hasMilliseconds) : nil
      rows.append([
        text(file), .number(Int(event.line)), Self.cell(time), .text(format.product),
        .text(format.name), name(event.gateway, batch), Self.cell(event.severity.name),
        .text(event.outcome.name), name(event.backend, batch), name(event.pool, batch),
        name(event.service, batch), text(batch.string(event.transaction)),
        text(batch.string(event.client)), name(event.code, batch),
        event.status == 0 ? .absent : .number(Int(event.status)),
        event.durationMilliseconds < 0 ? .absent : .number(Int(event.durationMilliseconds)),
        .text(event.journal.name), uri(batch.string(event.uri)),
        text(batch.string(event.message)), .number(Int(event.count)),
        .number(Int(event.spanMilliseconds)), Self.cell(event.note.name),
      ])
    }
    return rows
  }

  /// Members and gateways are hosts wherever else they stand.
  private mutating func learn(_ event: Event, _ batch: borrowing EventBatch) {
    guard redactor != nil else { return }
    for id in [event.gateway, event.backend, event.address] where !id.isNone {
      if let name = batch.names.name(id) { redactor?.learn(host: name) }
    }
  }

  private static func cell(_ value: String?) -> Cell { value.map { .text($0) } ?? .absent }

  private mutating func text(_ value: String?) -> Cell {
    Self.cell(redactor == nil ? value : redactor?.text(ifAny: value))
  }

  private mutating func name(_ id: NameID, _ batch: borrowing EventBatch) -> Cell {
    text(batch.names.name(id))
  }

  private mutating func uri(_ value: String?) -> Cell {
    Self.cell(redactor == nil ? value : redactor?.uri(value))
  }
}

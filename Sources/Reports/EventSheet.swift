import LogEvents

/// Writes events as `events --format csv` prints them: RFC 4180, one header, and no cell that a sheet
/// would take for a formula.
package struct EventSheet: EventText {
  package private(set) var bytes: [UInt8] = []
  private var table: EventTable

  package init(_ redaction: Redaction? = nil) {
    table = EventTable(redaction)
    append(EventTable.columns.map { .text($0.name) })
  }

  package mutating func clear() { bytes.removeAll(keepingCapacity: true) }

  package mutating func append(
    _ batch: borrowing EventBatch, file: String, format: (name: String, product: String)
  ) {
    for row in table.rows(batch, file: file, format: format) { append(row) }
  }

  private mutating func append(_ row: [EventTable.Cell]) {
    for (index, cell) in row.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      switch cell {
      case .absent: break
      case .number(let number): bytes.append(contentsOf: String(number).utf8)
      case .text(let text):
        bytes.append(contentsOf: (Self.isPlain(text) ? text : SafeText.cell(text)).utf8)
      }
    }
    bytes.append(contentsOf: "\r\n".utf8)
  }

  /// Most cells are: looking at bytes is some twenty times as fast as at characters.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first else { return true }
    return !"=+-@".utf8.contains(first)
      && text.utf8.allSatisfy { (0x20...0x7e).contains($0) && !",\";".utf8.contains($0) }
  }
}

import Foundation
import GRDB
import Reports

/// Rows as text, written as they come.
enum SQLText {
  typealias Next = () throws -> [DatabaseValue]?

  /// Rows that the widths of the columns are taken from; longer cells further down stick out.
  private static let measured = 1000

  /// Columns below their names, numbers to the right.
  static func table(_ columns: [String], _ next: Next) throws {
    let head = columns.map(SafeText.terminal)
    var first: [[DatabaseValue]] = []
    while first.count < measured, let row = try next() { first.append(row) }
    let widths = head.indices.map { column in
      max(head[column].count, first.lazy.map { plain($0[column]).count }.max() ?? 0)
    }
    func line(_ row: [DatabaseValue]) -> String {
      padded(zip(row, widths).map { (plain($0), $1, isNumber($0)) })
    }
    let isNumeric = head.indices.map { column in first.contains { isNumber($0[column]) } }
    write(padded(zip(head, zip(widths, isNumeric)).map { ($0, $1.0, $1.1) }))
    write(widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ") + "\n")
    for row in first { write(line(row)) }
    while let row = try next() { write(line(row)) }
  }

  /// RFC 4180; no cell starts a formula.
  static func sheet(_ columns: [String], _ next: Next) throws {
    write(columns.map(SafeText.cell).joined(separator: ",") + "\r\n")
    while let row = try next() {
      let cells = row.map { value in
        value.isNull ? "" : isNumber(value) ? plain(value) : SafeText.cell(plain(value))
      }
      write(cells.joined(separator: ",") + "\r\n")
    }
  }

  /// An array with one object a line, keys in the order of the columns.
  static func objects(_ columns: [String], _ next: Next) throws {
    let names = try columns.map(quoted)
    var isFirst = true
    write("[")
    while let row = try next() {
      let members = try zip(names, row).map { name, value in
        "\(name):"
          + (value.isNull ? "null" : isNumber(value) ? plain(value) : try quoted(exact(value)))
      }
      write((isFirst ? "\n" : ",\n") + "{\(members.joined(separator: ","))}")
      isFirst = false
    }
    write("\n]\n")
  }

  private static func write(_ text: String) { StandardOutput.write(Array(text.utf8)) }

  private static func padded(_ cells: [(text: String, width: Int, isRight: Bool)]) -> String {
    let line = cells.map { cell in
      let blank = String(repeating: " ", count: max(0, cell.width - cell.text.count))
      return cell.isRight ? blank + cell.text : cell.text + blank
    }.joined(separator: "  ")
    return line.trimmingSuffix { $0 == " " } + "\n"
  }

  /// Infinity is no number in JSON and stands there as text.
  private static func isNumber(_ value: DatabaseValue) -> Bool {
    switch value.storage {
    case .int64: true
    case .double(let number): number.isFinite
    case .null, .string, .blob: false
    }
  }

  private static func plain(_ value: DatabaseValue) -> String { SafeText.terminal(exact(value)) }

  private static func exact(_ value: DatabaseValue) -> String {
    switch value.storage {
    case .null: ""
    case .int64(let number): String(number)
    case .double(let number): String(number)
    case .string(let text): text
    case .blob(let bytes): bytes.map { String(format: "%02x", $0) }.joined()
    }
  }

  private static func quoted(_ text: String) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return String(decoding: try encoder.encode(text), as: UTF8.self)
  }
}

extension String {
  fileprivate func trimmingSuffix(while isDropped: (Character) -> Bool) -> Substring {
    var rest = self[...]
    while let last = rest.last, isDropped(last) { rest.removeLast() }
    return rest
  }
}

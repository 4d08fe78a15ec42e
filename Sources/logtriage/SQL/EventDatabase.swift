import ArgumentParser
import Foundation
import GRDB
import LogEvents
import LogFormats
import Reports
import Synchronization

/// Events in an SQLite file: one table, `events`, with the columns of `EventTable`.
///
/// Times have milliseconds throughout, so that they sort as text and suit SQLite's date functions.
/// A batch is a transaction; nothing else is held in memory.
final class EventDatabase: EventSink {
  private let queue: DatabaseQueue
  private let table: Mutex<EventTable>
  private let path: String

  static let schema: String = {
    let columns = EventTable.columns.map { column in
      "  \"\(column.name)\" \(column.isNumber ? "INTEGER" : "TEXT")"
    }
    return "CREATE TABLE events (\n\(columns.joined(separator: ",\n"))\n)"
  }()

  private static let insertion =
    "INSERT INTO events VALUES (\(EventTable.columns.map { _ in "?" }.joined(separator: ",")))"

  /// Fills a database that stands at `path` only when it is whole.
  static func make(
    _ path: String, _ redaction: Redaction?, fill: (EventDatabase) throws -> Void
  ) throws {
    let part = path + ".part"
    let files = FileManager.default
    do {
      if files.fileExists(atPath: part) { try files.removeItem(atPath: part) }
      let database = try EventDatabase(part, redaction)
      try fill(database)
      try database.queue.close()
      if files.fileExists(atPath: path) { try files.removeItem(atPath: path) }
      try files.moveItem(atPath: part, toPath: path)
    } catch let error as DatabaseError {
      throw ValidationError("\(path) cannot be written: \(error.message ?? "damaged")")
    } catch let error as CocoaError {
      throw ValidationError("\(path) cannot be written: \(error.localizedDescription)")
    }
  }

  private init(_ path: String, _ redaction: Redaction?) throws {
    var configuration = Configuration()
    // Whoever stops the program finds no database, and thus needs no journal.
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
    }
    self.path = path
    queue = try DatabaseQueue(path: path, configuration: configuration)
    table = Mutex(EventTable(redaction, hasEvenTimes: true))
    try queue.write { try $0.execute(sql: Self.schema) }
  }

  func write(_ batch: borrowing EventBatch, file: String, format: FormatCard) {
    let rows = table.withLock { $0.rows(batch, file: file, format: (format.name, format.product)) }
    do {
      try queue.write { database in
        let statement = try database.cachedStatement(sql: Self.insertion)
        for row in rows {
          try statement.execute(arguments: StatementArguments(row.map(Self.value)))
        }
      }
    } catch {
      Message.cannotWrite(path, (error as? DatabaseError)?.message ?? "\(error)")
    }
  }

  private static func value(_ cell: EventTable.Cell) -> (any DatabaseValueConvertible)? {
    switch cell {
    case .text(let text): text
    case .number(let number): number
    case .absent: nil
    }
  }

  /// Whether the file is a database, of these or any other rows.
  static func isOne(_ path: String) -> Bool {
    guard let file = FileHandle(forReadingAtPath: path) else { return false }
    return (try? file.read(upToCount: 16)) == Data("SQLite format 3\0".utf8)
  }
}

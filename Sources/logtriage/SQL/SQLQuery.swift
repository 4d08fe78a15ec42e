import Foundation
import GRDB

/// One statement over a database that it can only read.
struct SQLQuery {
  /// What is wrong with it, in SQLite's words or ours.
  struct Flaw: Error { var sentence: String }

  let sql: String

  /// Hands over the names of the columns, then row by row.
  func run(
    on path: String, removing: Bool = false,
    _ rows: (_ next: () throws -> [DatabaseValue]?, _ columns: [String]) throws -> Void
  ) throws {
    do {
      var configuration = Configuration()
      configuration.readonly = true
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      // The open file stays readable; nothing is left over, however the program ends.
      if removing { try FileManager.default.removeItem(atPath: path) }
      try queue.read { database in
        let statement = try database.makeStatement(sql: sql)
        guard statement.isReadonly, statement.columnCount > 0 else {
          throw Flaw(sentence: "only statements that read are run, such as SELECT")
        }
        let cursor = try Row.fetchCursor(statement)
        try rows({ try cursor.next().map { Array($0.databaseValues) } }, statement.columnNames)
      }
    } catch let error as DatabaseError {
      let isMisuse = error.resultCode == .SQLITE_MISUSE
      throw Flaw(
        sentence: isMisuse
          ? "write one statement, such as SELECT"
          : error.message ?? "the database cannot be read")
    }
  }
}

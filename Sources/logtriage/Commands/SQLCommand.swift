import ArgumentParser
import Foundation
import GRDB
import Reports

/// `logtriage sql`: a question to the events.
struct SQLCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sql", abstract: "A question to the events, in SQL.",
    discussion: """
      logtriage sql "SELECT backend, class, sum(count) FROM events GROUP BY 1, 2 ORDER BY 3 DESC" logs
      logtriage sql --format csv "SELECT * FROM events WHERE status >= 500" run.db

      Inputs are logs, or one database that `logtriage events --format sqlite -o run.db` wrote, which \
      spares reading them again. The table is `events`, with the columns
      \(EventTable.columns.map(\.name).joined(separator: ", ")).
      `transaction` is a word of SQL and stands in double quotes. Times are UTC, as in \
      2026-11-20T07:00:00.000Z; SQLite's date functions read them. Nothing can be changed.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, csv, json }

  @Argument(help: "A SELECT.")
  var query: String

  @Option(help: "Shape of the output.")
  var format = Format.text

  @OptionGroup var redact: RedactOption

  @OptionGroup var input: InputOptions

  func run() throws {
    var status = ExitStatus.ran
    do {
      let paths = input.paths
      if paths.count == 1, EventDatabase.isOne(paths[0]) {
        guard redact.redact == nil else {
          throw ValidationError("a database is redacted when it is made: logtriage events --redact")
        }
        try SQLQuery(sql: query).run(on: paths[0], rows)
      } else {
        let file = FileManager.default.temporaryDirectory
          .appending(path: "logtriage-\(UUID().uuidString).db").path
        try EventDatabase.make(file, redact.redact) {
          try EventExport.run(input, into: $0, &status)
        }
        defer { try? FileManager.default.removeItem(atPath: file) }
        try SQLQuery(sql: query).run(on: file, removing: true, rows)
      }
    } catch let flaw as SQLQuery.Flaw {
      throw ValidationError(
        "\(SafeText.terminal(flaw.sentence)); `logtriage sql --help` has the table's columns")
    }
    throw status.exitCode
  }

  private func rows(next: () throws -> [DatabaseValue]?, columns: [String]) throws {
    switch format {
    case .text: try SQLText.table(columns, next)
    case .csv: try SQLText.sheet(columns, next)
    case .json: try SQLText.objects(columns, next)
    }
  }
}

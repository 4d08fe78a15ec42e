import Foundation
import Testing
import TestSupport

/// A command of the README and the output that stands below it.
struct ReadmeCommand: Sendable, CustomTestStringConvertible {
  var line: String
  var output: String

  var testDescription: String { line }

  /// Commands stand in console blocks, behind a dollar sign.
  static let all: [ReadmeCommand] = {
    let readme = Program.repository.appending(path: "README.md")
    guard let text = try? String(contentsOf: readme, encoding: .utf8) else { return [] }
    var commands: [ReadmeCommand] = []
    var isInside = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isInside = line == "```console"
      } else if isInside, line == "$ swift test" {
        // The tests do not run themselves.
        continue
      } else if isInside, line.hasPrefix("$ ") {
        commands.append(ReadmeCommand(line: String(line.dropFirst(2)), output: ""))
      } else if isInside, !commands.isEmpty {
        commands[commands.count - 1].output += line + "\n"
      }
    }
    return commands
  }()

  /// Without what runs the program.
  var arguments: [String] {
    let words = line.split(separator: " ").map(String.init)
    guard let program = words.firstIndex(of: "logtriage") else { return [] }
    return Array(words[(program + 1)...])
  }
}

@Suite("README")
struct ReadmeTests {
  @Test("has the main job and the commands used most")
  func hasCommands() {
    #expect(ReadmeCommand.all.count >= 8)
    #expect(ReadmeCommand.all.first?.output.contains("VERDICTS") == true)
  }

  @Test("every command runs, in order, and prints what stands below it")
  func runs() throws {
    // Several checkouts may run their tests at once.
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "logtriage-readme-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
    for command in ReadmeCommand.all {
      let told = try Program.run(
        command.arguments.map { $0.replacing("/tmp/", with: folder.path + "/") })
      #expect(told.status == 0, "\(command.line)")
      // What writes to a file says nothing.
      #expect(!told.output.isEmpty || command.line.contains(" -o "), "\(command.line)")
      if !command.output.isEmpty { #expect(told.output == command.output) }
    }
  }

  @Test("the incident fits one screen of 80 columns and 30 lines")
  func fitsOneScreen() throws {
    let report = try #require(ReadmeCommand.all.first).output
    let lines = report.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count <= 30)
    #expect(lines.allSatisfy { $0.count <= 80 })
    for pattern in ["CONSTANT", "CLUSTERED", "SPORADIC"] { #expect(report.contains(pattern)) }
  }
}

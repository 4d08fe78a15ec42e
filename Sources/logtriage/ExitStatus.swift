import ArgumentParser
import Foundation
import LogIntake

/// How the program ends.
///
/// Order is rank: a higher one wins.
struct ExitStatus {
  enum Rank: Int32 {
    case ran = 0
    /// What `--fail-on` names was found.
    case found = 1
    case unreadable = 3
    case nothingRecognized = 4
  }

  private(set) var rank: Rank

  static let ran = ExitStatus(rank: .ran)

  mutating func raise(_ other: Rank) {
    if other.rawValue > rank.rawValue { rank = other }
  }

  /// Tells of an input that could not be read.
  mutating func note(_ problem: SourceProblem) {
    Message.say("\(problem.path): \(problem.sentence)")
    raise(.unreadable)
  }

  var exitCode: ExitCode { ExitCode(rank.rawValue) }
}

/// Messages to the person, on standard error.
enum Message {
  /// What nobody reads any more is not said: a tail goes on without its standard error.
  static func say(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data("logtriage: \(text)\n".utf8))
  }

  /// Ends the program where nothing else can be done: events are written while logs are read.
  static func cannotWrite(_ path: String, _ words: String) -> Never {
    say("\(path) cannot be written: \(words)")
    Foundation.exit(ExitStatus.Rank.unreadable.rawValue)
  }
}

/// Results, on standard output.
///
/// A reader that left ends the program quietly; any other failure is told, with status 3.
enum StandardOutput {
  static func write(_ bytes: [UInt8]) {
    do {
      try FileHandle.standardOutput.write(contentsOf: bytes)
    } catch {
      let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError ?? error as NSError
      if cause.code == Int(EPIPE) { Foundation.exit(0) }
      Message.say("standard output cannot be written: \(error.localizedDescription)")
      Foundation.exit(ExitStatus.Rank.unreadable.rawValue)
    }
  }
}

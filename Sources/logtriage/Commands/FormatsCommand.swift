import ArgumentParser
import LogFormats

/// `logtriage formats`: what can be read.
struct FormatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "formats", abstract: "The log formats that can be read.")

  func run() throws {
    for format in FormatShelf.all {
      let card = format.card
      print("\(card.name)\n  \(card.title)\n  \(card.sample)")
    }
  }
}

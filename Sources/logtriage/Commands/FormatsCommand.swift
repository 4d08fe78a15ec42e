import ArgumentParser
import LogFormats

/// `logtriage formats`: what can be read.
struct FormatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "formats", abstract: "The log formats that can be read.")

  @Argument(help: "Show this format and a record of it; all are listed without.")
  var name: String?

  func validate() throws {
    if let name, FormatShelf.named(name) == nil {
      throw ValidationError("no such format: \(name); `logtriage formats` lists them")
    }
  }

  func run() throws {
    if let name, let card = FormatShelf.named(name)?.card {
      print("\(card.name)  (\(card.product))\n\(card.title)\n\n\(card.sample)")
      return
    }
    let cards = FormatShelf.all.map { $0.card }
    let width = cards.map(\.name.count).max() ?? 0
    for card in cards {
      print(card.name + String(repeating: " ", count: width + 2 - card.name.count) + card.title)
    }
  }
}

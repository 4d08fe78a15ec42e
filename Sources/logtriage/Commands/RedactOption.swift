import ArgumentParser
import Foundation
import Reports

/// `--redact`: what gets a pseudonym beside the secrets that reports never show.
struct RedactOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Pseudonyms for what the list names: ips, hosts, users; without a list, for all three. "
        + "Secrets are taken out in any case; `secrets` names them alone.",
      valueName: "list"), transform: Self.redaction)
  var redact: Redaction?

  /// Of a report: secrets are taken out in any case.
  var redaction: Redaction { redact ?? Redaction() }

  private static func redaction(_ list: String) throws -> Redaction {
    guard let redaction = Redaction(list: list) else {
      throw ValidationError(
        "name some of ips, hosts and users, as in --redact=ips,hosts,users; --redact alone means all "
          + "three, `secrets` none of them")
    }
    return redaction
  }

  /// The arguments with its list written out where `--redact` stands alone.
  ///
  /// What follows belongs to it when it is a list, or cannot be anything else: no option and no input.
  static func completed(_ arguments: [String]) -> [String] {
    let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
    return arguments.indices.map { index in
      guard arguments[index] == "--redact", index < end else { return arguments[index] }
      if index + 1 < end {
        let next = arguments[index + 1]
        let isInput = next.hasPrefix("-") || FileManager.default.fileExists(atPath: next)
        if Redaction(list: next) != nil || !isInput { return "--redact" }
      }
      return "--redact=" + Redaction.Kind.allCases.map(\.rawValue).joined(separator: ",")
    }
  }
}

extension Redaction {
  /// `ips,hosts`, `secrets`; `nil` where a word is none of a kind.
  init?(list: String) {
    var kinds: Set<Kind> = []
    for word in list.split(separator: ",", omittingEmptySubsequences: false) where word != "secrets"
    {
      guard let kind = Kind(rawValue: String(word)) else { return nil }
      kinds.insert(kind)
    }
    self.init(kinds)
  }
}

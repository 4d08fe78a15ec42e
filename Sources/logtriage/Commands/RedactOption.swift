import ArgumentParser
import Reports

/// `--redact`: what gets a pseudonym beside the secrets that reports never show.
struct RedactOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Pseudonyms for a list of ips, hosts, users; secrets alone: `secrets`.", valueName: "list"))
  var redact: KindList?

  /// Of a report: secrets are taken out in any case.
  var redaction: Redaction { redact?.redaction ?? Redaction() }

  struct KindList: ExpressibleByArgument {
    var redaction: Redaction

    init?(argument: String) {
      var kinds: Set<Redaction.Kind> = []
      for word in argument.split(separator: ",") where word != "secrets" {
        guard let kind = Redaction.Kind(rawValue: String(word)) else { return nil }
        kinds.insert(kind)
      }
      redaction = Redaction(kinds)
    }
  }
}

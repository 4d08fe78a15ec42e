import Correlator
import LogEvents
import Playbooks

/// Section 8: what failed requests have and served ones do not, or that there is no such thing.
struct PageTraits {
  struct Backend {
    var traitBackend: String
    var traitPlace: Int
    var traitVerdict: String
    var hasPattern: Bool
    var traitNote: String
    var traitRows: [Row]
    var hasTraitRows: Bool
    var knowsServed: Bool
  }

  struct Row {
    var traitName: String
    var traitValue: String
    var traitFailed: Counted
    var traitFailedShare: Counted
    var traitServed: Counted
    var traitServedShare: Counted
    var traitLift: Counted
    var traitChance: String
    var isPattern: Bool
  }

  var traitBackends: [Backend]
  var hasTraits: Bool

  init(_ facts: PageFacts) {
    traitBackends = facts.detail.traits.enumerated().map { Self.backend($1, number: $0, facts) }
    hasTraits = !traitBackends.isEmpty
  }

  private static func backend(
    _ shared: SharedTraits, number: Int, _ facts: PageFacts
  ) -> Backend {
    let patterns = shared.patterns
    let rows = shared.rows.enumerated().map { row(number, $0, $1) }
    var note =
      shared.failed.count < shared.failures
      ? "\(Words.number(shared.failed.count)) of \(Words.count(shared.failures, "failure")), an even sample"
      : "all \(Words.count(shared.failures, "failure"))"
    if let successes = shared.successes {
      note +=
        shared.served.count < successes
        ? ", against \(Words.number(shared.served.count)) of \(Words.number(successes)) served exchanges"
        : ", against all \(Words.number(successes)) served exchanges"
    }
    return Backend(
      traitBackend: TextLayout.fit(shared.backend, 80),
      traitPlace: facts.backendPlace(shared.backend) ?? 0,
      traitVerdict: Self.verdict(of: shared), hasPattern: !patterns.isEmpty, traitNote: note + ".",
      traitRows: rows, hasTraitRows: !rows.isEmpty, knowsServed: !shared.served.isEmpty)
  }

  /// One sentence: the pattern, that there is none, or what is missing to tell.
  static func verdict(of shared: SharedTraits) -> String {
    if let first = shared.patterns.first {
      let lift =
        first.served == 0
        ? "; of the \(Words.number(first.allServed)) served that were looked at none has it"
        : first.lift.map {
          ", \(Words.ratio(min($0.value, 9999))) times its share of the served"
        }
      return
        "\(Words.percent(first.failedShare)) of the failed requests share the \(first.trait.rawValue) "
        + "\(TextLayout.fit(first.shown, 100))\(lift ?? "")."
    }
    if shared.failed.count < 5 { return "Too few failures to compare." }
    if shared.served.isEmpty {
      return "The logs do not tell served requests: shares only, no comparison."
    }
    if shared.rows.isEmpty { return "The records tell no traits that differ." }
    return "No pattern: nothing that the failed requests share more than chance would give."
  }

  private static func row(_ number: Int, _ place: Int, _ row: TraitRow) -> Row {
    let ask = "\(number)/\(place)"
    var chance = ""
    if let value = row.chance {
      chance = row.isSignificant ? "p \(Self.power(value))" : "could be chance"
    }
    let lift = row.lift.map {
      row.served == 0
        ? "none served (at least ×\(Words.ratio(min($0.atLeast, 9999))))"
        : "×\(Words.ratio(min($0.value, 9999))) (at least ×\(Words.ratio(min($0.atLeast, 9999))))"
    }
    return Row(
      traitName: row.trait.rawValue, traitValue: TextLayout.fit(row.shown, 100),
      traitFailed: Tally.number(row.failed, "tf", ask),
      traitFailedShare: Counted(
        measure: "tp", ask: ask, shown: Words.percent(row.failedShare)),
      traitServed: Tally.number(row.served, "ts", ask),
      traitServedShare: Counted(
        measure: "tq", ask: ask, shown: row.allServed > 0 ? Words.percent(row.servedShare) : ""),
      traitLift: Counted(measure: "tl", ask: ask, shown: lift ?? "not known"),
      traitChance: chance, isPattern: row.isSignificant && (row.lift?.value ?? 0) >= 2)
  }

  /// `< 10^-6`, in powers of ten.
  private static func power(_ chance: Double) -> String {
    var exponent = 0
    var bound = 1.0
    while exponent < 30, chance < bound / 10 {
      bound /= 10
      exponent += 1
    }
    return "< 10^-\(exponent)"
  }
}

import Correlator
import LogEvents

extension JSONReport {
  /// What the failed exchanges of one backend share.
  struct TraitsRow: Encodable {
    var backend: String
    var failures: Int
    var failuresLookedAt: Int
    var successesLookedAt: Int
    /// In words: the pattern, that there is none, or what is missing to tell.
    var verdict: String
    var values: [ValueRow]

    init(_ shared: SharedTraits) {
      backend = shared.backend
      failures = shared.failures
      failuresLookedAt = shared.failed.count
      successesLookedAt = shared.served.count
      verdict = PageTraits.verdict(of: shared)
      values = shared.rows.map(ValueRow.init)
    }
  }

  struct ValueRow: Encodable {
    var trait: String
    var value: String
    var failed: Int
    var allFailed: Int
    var served: Int
    var allServed: Int
    var lift: Double?
    var liftAtLeast: Double?
    var isSignificant: Bool

    init(_ row: TraitRow) {
      trait = row.trait.rawValue
      value = row.shown
      failed = row.failed
      allFailed = row.allFailed
      served = row.served
      allServed = row.allServed
      lift = row.lift.map { Self.rounded($0.value) }
      liftAtLeast = row.lift.map { Self.rounded($0.atLeast) }
      isSignificant = row.isSignificant
    }

    private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
  }

  struct ChangeRow: Encodable {
    var time: String
    var kind: String
    var backend: String?
    var gateway: String?

    init(_ change: Change) {
      time = RFC3339.text(Timestamp(milliseconds: change.time))
      kind = change.kind.rawValue
      backend = change.backend.isEmpty ? nil : change.backend
      gateway = change.gateway.isEmpty ? nil : change.gateway
    }
  }
}

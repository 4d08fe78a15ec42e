import Correlator
import LogEvents

/// What playbooks say of a case's surroundings, each sentence with its numbers.
extension Case {
  var around: Surroundings { surroundings }

  /// `2026-11-20T07:12:04Z`.
  var from: String { RFC3339.text(interval.start, withMilliseconds: false) }
  var to: String { RFC3339.text(interval.end, withMilliseconds: false) }

  /// `from ... to ...`, for log readers.
  var window: String { "from \(from) to \(to)" }

  /// Whether other requests of the same backend succeed meanwhile.
  var hasSuccessesBetween: Bool {
    [.clustered, .sporadic, .periodic, .partial, .step, .ramp, .keepaliveRace].contains(pattern)
  }

  /// Whether a 5xx is known by its status alone: the gateway may have made the answer itself.
  ///
  /// httpd logs its own in the error log; access records that name no member have no word of it.
  var isStatusAlone: Bool {
    let isNameless = ["path ", "service "].contains { backend.hasPrefix($0) }
    return isNameless || around.products == ["apache-mod-proxy"] && !around.hasErrorLog
  }

  /// Whether a 502 stands for a refusal, a reset and a malformed answer alike.
  var hasVagueAnswers: Bool {
    around.products.contains { ["aws-elb", "traefik", "azure-appgw"].contains($0) }
  }

  /// `orders.example.com:8443 41 failed of 41`, at most `limit` of them.
  static func spelled(_ tallies: [Surroundings.Tally], limit: Int = 3) -> String {
    let shown = tallies.prefix(limit).map {
      "\($0.name) \(Words.number($0.failures)) failed of \(Words.number($0.failures + $0.successes))"
    }
    let more = tallies.count > limit ? " and \(tallies.count - limit) more" : ""
    return shown.joined(separator: ", ") + more
  }

  /// Whether the trouble is the port's, the host's, or cannot be told.
  var neighbours: String? {
    let fine = around.ports.filter(\.isFine)
    if !fine.isEmpty {
      return "other ports of the host were served meanwhile (\(Self.spelled(fine))): "
        + "the service rather than the host"
    }
    let bad = around.ports.filter { $0.failures > 0 && $0.successes == 0 }
    guard !bad.isEmpty, bad.count == around.ports.count else { return nil }
    return "other ports of the host failed too (\(Self.spelled(bad))): the host or its path"
  }

  /// Whether one gateway or all of them see it.
  var vantages: String? {
    guard around.gateways.count > 1 else { return nil }
    let failing = around.gateways.filter { $0.failures > 0 }
    let fine = around.gateways.filter(\.isFine)
    if failing.count == around.gateways.count {
      return "all \(failing.count) gateways see it (\(Self.spelled(failing)))"
    }
    guard !fine.isEmpty else { return nil }
    return "seen by \(Self.spelled(failing)), not by \(Self.spelled(fine))"
  }

  /// Sentences that are known, behind each other.
  static func joined(_ parts: String?...) -> String {
    parts.compactMap(\.self).joined(separator: "; ")
  }

  // MARK: Commands

  /// A ring of small captures, for as long as the pattern asks for.
  var capture: String? {
    endpoint.capture.map { "timeout \(captureSeconds) \($0)" }
  }

  /// Two periods, several failures or a minute: what must be seen to tell.
  var captureSeconds: Int {
    let length = Double(interval.end.milliseconds - interval.start.milliseconds) / 1000
    switch pattern {
    case .periodic: return Int(min(172_800, 2.2 * (seconds ?? 300)))
    case .constant, .backlogCapture: return 60
    case .keepaliveRace: return Int(min(86_400, max(300, 20 * (seconds ?? 60))))
    default:
      // Three failures, at the distance that they had.
      return Int(min(172_800, max(300, 3 * length / Double(max(1, failures)))).rounded())
    }
  }
}

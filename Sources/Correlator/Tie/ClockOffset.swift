import LogEvents

/// By how much a gateway's clock is ahead of the others, and how that is known.
package struct ClockOffset: Sendable, Hashable {
  package enum Source: Sendable, Hashable {
    /// Transactions that two gateways told of.
    case transactions(Int)
    /// Beginnings and ends of outages that two gateways saw.
    case edges(Int)
    /// The operator said so.
    case given
  }

  package var gateway: String
  /// The gateway whose clock is taken as right; `nil` where the operator gave the offset.
  package var reference: String?
  /// Ahead where positive.
  package var milliseconds: Int64
  package var source: Source

  package init(gateway: String, reference: String?, milliseconds: Int64, source: Source) {
    self.gateway = gateway
    self.reference = reference
    self.milliseconds = milliseconds
    self.source = source
  }
}

/// What the clocks of the gateways differ by (correlation.md §6.4).
///
/// Only what is clear is told: many differences that agree, and larger than what the way of a request
/// through two gateways takes. Everything else counts as right.
struct ClockComparison {
  /// Differences that must agree.
  private static let leastTransactions = 8
  private static let leastEdges = 4
  /// Below it the time that a request takes explains the difference; milliseconds.
  private static let leastOffset: Int64 = 1500

  private struct Pair {
    var milliseconds: Int64
    var source: ClockOffset.Source
  }

  private var pairs: [[String]: Pair] = [:]
  private let gateways: [String]

  init(_ digest: Digest, parts: [BackendKey: BackendDigest]) {
    let told = Set(parts.keys.map(\.gateway)).union(digest.transactions.keys)
    gateways = told.filter { !$0.isEmpty }.sorted()
    guard gateways.count >= 2 else { return }
    let edges = OutageEdges(digest, parts)
    for (number, first) in gateways.enumerated() {
      for second in gateways[(number + 1)...] {
        pairs[[first, second]] =
          Self.agreed(
            (digest.transactions[first] ?? TransactionSample())
              .differences(to: digest.transactions[second] ?? TransactionSample()))
          ?? Self.agreed(edges.differences(first, second))
      }
    }
  }

  /// Offsets against the gateway with which most others agree.
  var offsets: [ClockOffset] {
    func agreeing(_ gateway: String) -> Int {
      gateways.count { other in
        pair(gateway, other).map { abs($0.milliseconds) < Self.leastOffset } ?? false
      }
    }
    var open = gateways.sorted { (agreeing($1), $0) < (agreeing($0), $1) }
    var found: [ClockOffset] = []
    while let reference = open.first {
      open.removeFirst()
      let compared = open.filter { pair(reference, $0) != nil }
      for gateway in compared {
        guard let pair = pair(reference, gateway), abs(pair.milliseconds) >= Self.leastOffset else {
          continue
        }
        found.append(
          ClockOffset(
            gateway: gateway, reference: reference, milliseconds: pair.milliseconds,
            source: pair.source))
      }
      open.removeAll { compared.contains($0) }
    }
    return found.sorted { $0.gateway < $1.gateway }
  }

  private func pair(_ a: String, _ b: String) -> Pair? {
    if let known = pairs[[a, b]] { return known }
    guard let other = pairs[[b, a]] else { return nil }
    return Pair(milliseconds: -other.milliseconds, source: other.source)
  }

  private static func agreed(_ differences: [Int64]) -> Pair? {
    guard differences.count >= leastTransactions else { return nil }
    let middle = median(differences)
    let spread = quantile(differences.map { abs($0 &- middle) }, 0.8)
    guard spread <= max(500, abs(middle) / 5) else { return nil }
    return Pair(milliseconds: middle, source: .transactions(differences.count))
  }

  private static func agreed(_ edges: [OutageEdges.Difference]) -> Pair? {
    guard edges.count >= leastEdges else { return nil }
    let middle = median(edges.map(\.milliseconds))
    let spread = quantile(edges.map { abs($0.milliseconds &- middle) }, 0.8)
    let doubt = median(edges.map(\.doubt))
    // A quiet backend shows its edges late: then the difference may be chance.
    guard spread <= max(1000, abs(middle) / 5), abs(middle) < leastOffset || abs(middle) > 2 * doubt
    else { return nil }
    return Pair(milliseconds: middle, source: .edges(edges.count))
  }

  private static func median(_ values: [Int64]) -> Int64 { quantile(values, 0.5) }

  private static func quantile(_ values: [Int64], _ share: Double) -> Int64 {
    let sorted = values.sorted()
    return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
  }
}

/// When the outages of each backend began and ended, as each gateway's clock says.
struct OutageEdges {
  struct Difference {
    var milliseconds: Int64
    /// How long before and after the edge nothing was seen.
    var doubt: Int64
  }

  private struct Edge {
    var time: Int64
    var doubt: Int64
  }

  /// By backend, then by gateway, in order of time.
  private var edges: [String: [String: [Edge]]] = [:]

  init(_ digest: Digest, _ parts: [BackendKey: BackendDigest]) {
    let byBackend = Dictionary(grouping: parts.keys) { $0.backend }
    for (backend, keys) in byBackend where Set(keys.map(\.gateway)).count >= 2 {
      for (gateway, keys) in Dictionary(grouping: keys, by: \.gateway) where !gateway.isEmpty {
        var subject = Subject(backend: backend, gateways: [gateway], data: BackendDigest())
        for key in keys.sorted() { if let part = parts[key] { subject.data.merge(part) } }
        guard !subject.data.failures.isEmpty, subject.knowsSuccesses, let window = digest.window
        else { continue }
        let context = BackendContext(subject, digest: digest, window: window)
        edges[backend, default: [:]][gateway] = context.outages().flatMap {
          [Self.edge($0.lastSuccess, $0.firstFailure), Self.edge($0.lastFailure, $0.nextSuccess)]
        }.compactMap(\.self)
      }
    }
  }

  /// Between the last moment of one state and the first of the other.
  private static func edge(_ before: Int64?, _ after: Int64?) -> Edge? {
    guard let before, let after, after >= before else { return nil }
    return Edge(time: before + (after - before) / 2, doubt: after - before)
  }

  /// Of the backends that failed as often on one gateway as on the other.
  func differences(_ first: String, _ second: String) -> [Difference] {
    edges.sorted { $0.key < $1.key }.flatMap { _, byGateway -> [Difference] in
      guard let a = byGateway[first], let b = byGateway[second], a.count == b.count else {
        return []
      }
      return zip(a, b).map {
        Difference(milliseconds: $1.time - $0.time, doubt: $0.doubt + $1.doubt)
      }
    }
  }
}

import LogEvents

/// What one record of a transaction tells.
struct DataPowerTold: BitwiseCopyable, Sendable {
  var event: Event
  var side = DataPowerMessage.Side.neither
  var isGeneric = false
  /// A latency record: written whether or not the transaction failed.
  var isLatency = false
  /// Names a backend of the main exchange, which other records may take over.
  var givesBackend = false
  var takesBackend = false
  /// Where its text begins and how long it is, and where in it the parts stand.
  var text = 0
  var textCount = 0
  var client = TextRange.empty
  var transaction = TextRange.empty
  var message = TextRange.empty

  /// Strongest first (formats/datapower.md §3.4).
  private static let strength: [Outcome] = [
    .configError, .dnsFailure, .tlsFailure, .connectRefused, .responseTimeout,
    .badGatewayResponse, .connectTimeout, .connectionReset, .connectUnreachable,
  ]

  /// Where its text stands among those from `base` on.
  func textRange(from base: Int) -> Range<Int> {
    (text - base)..<(text - base + textCount)
  }

  /// All but its text.
  func tellOpen(to state: inout OpenState) {
    state.add(event)
    state.add(side)
    for flag in [isGeneric, isLatency, givesBackend, takesBackend] { state.add(flag) }
    for range in [client, transaction, message] { state.add(range) }
  }

  // MARK: One transaction

  /// What the records of one transaction tell together: each failure of a backend once, its class from the
  /// record that says most.
  static func joined(_ records: [Self], _ names: NameTable) -> [Self] {
    var records = records
    for index in records.indices where records[index].takesBackend {
      let earlier = records[..<index].last { $0.givesBackend }
      let later = records[index...].first { $0.givesBackend }
      if let source = earlier ?? later { records[index].event.backend = source.event.backend }
    }
    completeHosts(&records, names)
    let failed = records.filter { $0.side == .backend && $0.event.outcome != .ok }
    for index in records.indices where records[index].isGeneric {
      let backend = records[index].event.backend
      let strongest = failed.filter {
        $0.event.backend == backend || $0.event.backend.isNone || backend.isNone
      }.compactMap { strength.firstIndex(of: $0.event.outcome) }.min()
      if let strongest { records[index].event.outcome = strength[strongest] }
    }
    // A parser's terminal line speaks of the backend's answer if a response line does.
    let hasBadAnswer = records.contains { $0.event.outcome == .badGatewayResponse }
    for index in records.indices
    where hasBadAnswer && records[index].event.outcome == .other && records[index].side == .neither
    {
      records[index].event.outcome = .badGatewayResponse
      let source = records.first {
        $0.event.outcome == .badGatewayResponse && !$0.event.backend.isNone
      }
      if let source { records[index].event.backend = source.event.backend }
    }
    var told: [Self] = []
    for record in records {
      if record.event.outcome == .ok, record.isLatency, !failed.isEmpty { continue }
      let isRepeated = told.contains {
        $0.event.backend == record.event.backend && $0.event.outcome == record.event.outcome
      }
      if !isRepeated { told.append(record) }
    }
    return told
  }

  /// A host without port takes the port of a record that names the same host with one.
  private static func completeHosts(_ records: inout [Self], _ names: NameTable) {
    for index in records.indices where !records[index].event.backend.isNone {
      let host = names.bytes(records[index].event.backend)
      guard !host.contains(.colon) else { continue }
      let full = records.first {
        let name = names.bytes($0.event.backend)
        return $0.side == .backend && name.count > host.count && name.starts(with: host)
          && name[name.startIndex + host.count] == .colon
      }
      if let full { records[index].event.backend = full.event.backend }
    }
  }
}

import LogEvents

/// Makes one event of the records of one transaction.
///
/// A failed transaction writes two to four records, of which the last often names no backend and no
/// cause: the backend comes from the others, the class from the one that says most (§3.3, §3.4).
struct DataPowerJoiner: Sendable {
  /// One record of an open transaction.
  private struct Entry: Sendable {
    var event: Event
    var side: DataPowerMessage.Side
    var isGeneric: Bool
    /// A latency record: written whether or not the transaction failed.
    var isLatency: Bool
    /// Names a backend of the main exchange, which other records may take over.
    var givesBackend: Bool
    var takesBackend: Bool
    /// Client, transaction and message, one behind the other.
    var text: [UInt8]
    /// Where the first two of them end.
    var clientEnd: Int
    var transactionEnd: Int
  }

  private struct Transaction: Sendable {
    var key: UInt64
    var last: Timestamp
    var entries: [Entry] = []
  }

  /// Open transactions; the oldest is closed when there are more.
  private static let limit = 2048
  /// A transaction whose last record is older is closed, in milliseconds.
  ///
  /// Longer than the default time-outs of 120 s (back side) and 180 s (persistent connections).
  private static let patience: Int64 = 300_000

  private var clock: LocalClock
  private var open: [Transaction] = []
  private var places: [UInt64: Int] = [:]
  /// Transactions before this place are closed.
  private var head = 0

  init(_ settings: FormatSettings) { clock = LocalClock(settings) }

  mutating func take(
    _ entry: DataPowerEntry, _ record: Span<UInt8>, _ context: RecordContext,
    into batch: inout EventBatch
  ) throws(RecordFault) {
    var time = context.time
    var hasMilliseconds = context.hasMilliseconds
    if let epoch = entry.epochMilliseconds {
      time = Timestamp(milliseconds: Int64(epoch))
      hasMilliseconds = true
    } else if let civil = entry.time {
      time = clock.timestamp(civil)
      hasMilliseconds = civil.hasMilliseconds
    }
    guard time.isKnown else { throw .badTime }
    guard let kept = kept(entry, record, context, time, hasMilliseconds, &batch) else {
      batch.witness(time)
      return
    }
    guard entry.transaction > 0 else {
      append([kept], into: &batch)
      return
    }
    let key =
      textHash(record, entry.domain.start, entry.domain.end) &+ UInt64(entry.transaction)
      &* 0x9e37_79b9_7f4a_7c15
    if let place = places[key], place >= head {
      if time.milliseconds - open[place - base].last.milliseconds <= Self.patience {
        open[place - base].entries.append(kept)
        open[place - base].last = time
        // Memory stays bounded for a transaction that never ends.
        if open[place - base].entries.count >= 64 { close(place, into: &batch) }
        return
      }
      close(place, into: &batch)
    }
    closeOld(at: time, into: &batch)
    places[key] = base + open.count
    open.append(Transaction(key: key, last: time, entries: [kept]))
  }

  mutating func closeAll(into batch: inout EventBatch) {
    for transaction in open { append(transaction.entries, into: &batch) }
    open.removeAll()
    places.removeAll()
    head = 0
    base = 0
  }

  // MARK: Table

  /// Number of the transaction that stands first in `open`.
  private var base = 0

  private mutating func close(_ place: Int, into batch: inout EventBatch) {
    let transaction = open[place - base]
    append(transaction.entries, into: &batch)
    open[place - base].entries = []
    places[transaction.key] = nil
  }

  private mutating func closeOld(at time: Timestamp, into batch: inout EventBatch) {
    var done = head - base
    while done < open.count {
      let isOld = time.milliseconds - open[done].last.milliseconds > Self.patience
      guard isOld || open[done].entries.isEmpty || open.count - done > Self.limit else { break }
      if !open[done].entries.isEmpty { close(base + done, into: &batch) }
      done += 1
    }
    head = base + done
    if done >= 256 || done == open.count, done > 0 {
      open.removeFirst(done)
      base += done
    }
  }

  // MARK: One record

  private func kept(
    _ entry: DataPowerEntry, _ record: Span<UInt8>, _ context: RecordContext, _ time: Timestamp,
    _ hasMilliseconds: Bool, _ batch: inout EventBatch
  ) -> Entry? {
    let isBad = entry.severity.rawValue <= Severity.error.rawValue
    var outcome: Outcome = isBad ? .other : .info
    let message = DataPowerMessage.find(record, entry)
    var side = DataPowerMessage.Side.neither
    var backend: [UInt8] = []
    var givesBackend = false
    var takesBackend = false
    if let message {
      outcome = message.outcome
      side = message.side
      backend = message.backend(record, entry)
      refine(&outcome, &side, &backend, message, entry, record)
      givesBackend = side == .backend && !backend.isEmpty
      takesBackend = side == .backend && backend.isEmpty
    }
    guard outcome != .info else { return nil }
    var event = Event(time: time, line: context.line, outcome: outcome)
    event.hasMilliseconds = hasMilliseconds
    event.severity = entry.severity
    event.gateway = context.host
    event.code = code(entry, record, &batch)
    event.service = batch.names.id(record, entry.object)
    event.backend = batch.names.id(backend.span)
    switch outcome {
    case .ok, .http5xx: event.journal = .access
    case .serverDown, .serverUp: event.journal = .state
    default: event.journal = .error
    }
    var kept = Entry(
      event: event, side: side, isGeneric: message?.isGeneric ?? false,
      isLatency: record.find("atency:", in: entry.message) != nil,
      givesBackend: givesBackend, takesBackend: takesBackend, text: [], clientEnd: 0,
      transactionEnd: 0)
    kept.text.reserveCapacity(64)
    kept.text.append(record, entry.client.start, entry.client.end)
    kept.clientEnd = kept.text.count
    if !entry.globalTransaction.isEmpty {
      kept.text.append(record, entry.globalTransaction.start, entry.globalTransaction.end)
    } else if entry.transaction > 0 {
      kept.text += Array(String(entry.transaction).utf8)
    }
    kept.transactionEnd = kept.text.count
    if case .ok = outcome { return kept }
    kept.text.append(
      record, entry.message.start, min(entry.message.end, entry.message.start + 400))
    return kept
  }

  /// What a message's own words and object add to its class.
  private func refine(
    _ outcome: inout Outcome, _ side: inout DataPowerMessage.Side, _ backend: inout [UInt8],
    _ message: DataPowerMessage, _ entry: DataPowerEntry, _ record: Span<UInt8>
  ) {
    switch (message.outcome, message.place) {
    case (.ok, .quoted):
      guard let hit = record.find("HTTP response code ", in: entry.message) else { return }
      let start = hit + "HTTP response code ".utf8.count
      let status = record.integer(ByteRange(start, start + 3)) ?? 0
      outcome = status >= 500 ? .http5xx : .ok
    case (.ok, .lastBracket):
      if !DataPowerMessage.isServed(record, entry.message) { outcome = .info }
    case (.tlsFailure, _):
      if record.equals(entry.objectType, "ssl-server") || message.side == .front {
        side = .front
      } else if record.has("source-http", at: entry.objectType.start) {
        side = .front
      }
    case (.connectRefused, .hostAndPort):
      if record.find("imed out", in: entry.message) != nil
        || record.find("timeout", in: entry.message) != nil
      {
        outcome = .connectTimeout
      } else if record.find("refused", in: entry.message) == nil {
        switch SystemErrorText(record, entry.message) {
        case .refused: outcome = .connectRefused
        case .timedOut: outcome = .connectTimeout
        default: outcome = .connectUnreachable
        }
      }
    case (.connectUnreachable, .quoted) where message.side == .neither:
      // A side call to something that is not on the network is a missing file.
      if backend.isEmpty { outcome = .configError }
    case (.serverDown, .member):
      if record.find("marked up", in: entry.message) != nil { outcome = .serverUp }
    case (.serverDown, .object), (.serverUp, .object):
      if !record.equals(entry.objectType, "loadbalancer-group") { outcome = .info }
    case (.other, .url):
      if record.equals(entry.direction, "response") {
        outcome = .badGatewayResponse
        side = .backend
      } else {
        backend = []
      }
    default: break
    }
  }

  private func code(
    _ entry: DataPowerEntry, _ record: Span<UInt8>, _ batch: inout EventBatch
  ) -> NameID {
    guard !entry.code.isEmpty else { return .none }
    let hasCapitals = (entry.code.start..<entry.code.end).contains { record.byte($0) &- 65 < 26 }
    guard hasCapitals else { return batch.names.id(record, entry.code) }
    var lower: [UInt8] = []
    for at in entry.code.start..<entry.code.end { lower.append(lowercased(record.byte(at))) }
    return batch.names.id(lower.span)
  }

  // MARK: One transaction

  /// Strongest first (§3.4).
  private static let strength: [Outcome] = [
    .configError, .dnsFailure, .tlsFailure, .connectRefused, .responseTimeout,
    .badGatewayResponse, .connectTimeout, .connectionReset, .connectUnreachable,
  ]

  /// A host without port takes the port of a record that names the same host with one.
  private func completeHosts(_ entries: inout [Entry], _ names: NameTable) {
    for index in entries.indices where !entries[index].event.backend.isNone {
      let host = names.bytes(entries[index].event.backend)
      guard !host.contains(.colon) else { continue }
      let full = entries.first {
        let name = names.bytes($0.event.backend)
        return $0.side == .backend && name.count > host.count && name.starts(with: host)
          && name[name.startIndex + host.count] == .colon
      }
      if let full { entries[index].event.backend = full.event.backend }
    }
  }

  private func append(_ entries: [Entry], into batch: inout EventBatch) {
    if entries.count == 1 {
      append(entries[0], into: &batch)
      return
    }
    var entries = entries
    for index in entries.indices where entries[index].takesBackend {
      let earlier = entries[..<index].last { $0.givesBackend }
      let later = entries[index...].first { $0.givesBackend }
      if let source = earlier ?? later { entries[index].event.backend = source.event.backend }
    }
    completeHosts(&entries, batch.names)
    let failed = entries.filter { $0.side == .backend && $0.event.outcome != .ok }
    for index in entries.indices where entries[index].isGeneric {
      let backend = entries[index].event.backend
      let strongest = failed.filter {
        $0.event.backend == backend || $0.event.backend.isNone || backend.isNone
      }.compactMap { Self.strength.firstIndex(of: $0.event.outcome) }.min()
      if let strongest { entries[index].event.outcome = Self.strength[strongest] }
    }
    // A parser's terminal line speaks of the backend's answer if a response line does.
    let hasBadAnswer = entries.contains { $0.event.outcome == .badGatewayResponse }
    for index in entries.indices
    where hasBadAnswer && entries[index].event.outcome == .other && entries[index].side == .neither
    {
      entries[index].event.outcome = .badGatewayResponse
      let source = entries.first {
        $0.event.outcome == .badGatewayResponse && !$0.event.backend.isNone
      }
      if let source { entries[index].event.backend = source.event.backend }
    }
    var told: [(backend: NameID, outcome: Outcome)] = []
    for entry in entries {
      if entry.event.outcome == .ok, entry.isLatency, !failed.isEmpty { continue }
      let isRepeated = told.contains {
        $0.backend == entry.event.backend && $0.outcome == entry.event.outcome
      }
      if isRepeated { continue }
      told.append((entry.event.backend, entry.event.outcome))
      append(entry, into: &batch)
    }
  }

  private func append(_ entry: Entry, into batch: inout EventBatch) {
    var event = entry.event
    let text = entry.text.span
    event.client = batch.keep(text, 0, entry.clientEnd)
    event.transaction = batch.keep(text, entry.clientEnd, entry.transactionEnd)
    event.message = batch.keep(text, entry.transactionEnd, text.count)
    batch.append(event)
  }
}

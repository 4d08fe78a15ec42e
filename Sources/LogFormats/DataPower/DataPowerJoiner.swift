import LogEvents

/// Makes one event of the records of one transaction.
///
/// A failed transaction writes two to four records, of which the last often names no backend and no
/// cause: the backend comes from the others, the class from the one that says most (§3.3, §3.4).
struct DataPowerJoiner: RecordJoiner {
  private struct Transaction: Sendable {
    var last: Timestamp
    var first: DataPowerTold
    var more: [DataPowerTold] = []
    var isOpen = true
  }

  /// Open transactions; the oldest is closed when there are more.
  private static let limit = 2048
  /// A transaction whose last record is older is closed, in milliseconds.
  ///
  /// Longer than the default time-outs of 120 s (back side) and 180 s (persistent connections).
  private static let patience: Int64 = 300_000
  /// Memory stays bounded for a transaction that never ends.
  private static let mostEntries = 64

  private var clock: StampClock
  private var transactions: KeyedQueue<Transaction>
  /// What the entries keep, by place behind `textBase`.
  private var texts: [UInt8] = []
  private var textBase = 0
  private var heads = DataPowerHeads()
  private var endpoints = DataPowerEndpoints()

  init(_ settings: FormatSettings) {
    clock = StampClock(settings)
    let nothing = DataPowerTold(event: Event(time: .unknown, line: 0, outcome: .info))
    transactions = KeyedQueue(empty: Transaction(last: .unknown, first: nothing, isOpen: false))
  }

  /// Whether a line begins with a time of the same day as the one before.
  @inline(__always)
  func isSameDay(_ line: Span<UInt8>) -> Bool { clock.isSameDay(line, at: 0) }

  /// Takes a record in the text shape.
  mutating func take(
    text record: Span<UInt8>, _ context: RecordContext, into batch: inout EventBatch
  ) throws(RecordFault) {
    let known = clock.again(record, at: 0)
    let hasStart = known != nil || record.byte(0) == .openBracket
    if hasStart, let place = heads.place(record, at: known?.end ?? 0) {
      var entry = heads.heads[place].entry
      entry.moment = known?.moment
      entry.readBody(record)
      try take(entry, record, context, head: place, into: &batch)
    } else {
      var entry = try DataPowerEntry.text(record, known)
      let place = heads.note(record, entry)
      entry.readBody(record)
      try take(entry, record, context, head: place, into: &batch)
    }
  }

  mutating func take(
    _ entry: DataPowerEntry, _ record: Span<UInt8>, _ context: RecordContext, head: Int? = nil,
    into batch: inout EventBatch
  ) throws(RecordFault) {
    let moment = moment(of: entry, record, context)
    let time = moment.time
    guard time.isKnown else { throw .badTime }
    var kept = DataPowerTold(event: Event(time: time, line: context.line, outcome: .info))
    kept.event.hasMilliseconds = moment.hasMilliseconds
    kept.event.gateway = context.host
    guard read(entry, record, head, into: &kept, &batch.names) else {
      batch.witness(time)
      return
    }
    guard entry.transaction > 0 else {
      append(kept, into: &batch)
      texts.removeSubrange((kept.text - textBase)...)
      return
    }
    let domain =
      head.map { heads.heads[$0].domainHash }
      ?? textHash(record, entry.domain.start, entry.domain.end)
    let key = domain &+ UInt64(entry.transaction) &* 0x9e37_79b9_7f4a_7c15
    if let place = transactions.place(of: key), transactions.values[place].isOpen {
      if time.milliseconds - transactions.values[place].last.milliseconds <= Self.patience {
        transactions.values[place].more.append(kept)
        transactions.values[place].last = time
        if transactions.values[place].more.count >= Self.mostEntries - 1 {
          close(place, into: &batch)
        }
        return
      }
      close(place, into: &batch)
    }
    closeOld(at: time, into: &batch)
    let place = transactions.append(key: key)
    transactions.values[place].last = time
    transactions.values[place].first = kept
    transactions.values[place].isOpen = true
  }

  mutating func closeAll(into batch: inout EventBatch) {
    while let place = transactions.oldest {
      if transactions.values[place].isOpen { close(place, into: &batch) }
      transactions.removeOldest()
    }
    forgetTexts()
  }

  /// Those that are open, in their order, and those that count among them until they are the oldest.
  func tellOpen(to state: inout OpenState) {
    for place in transactions.places.drop(while: { !transactions.values[$0].isOpen }) {
      let transaction = transactions.values[place]
      state.add(transaction.isOpen)
      guard transaction.isOpen else { continue }
      state.add(transactions.key(at: place))
      state.add(transaction.last.milliseconds)
      for told in [transaction.first] + transaction.more {
        told.tellOpen(to: &state)
        state.add(texts[told.textRange(from: textBase)])
      }
      state.add(transaction.more.count)
    }
  }

  private mutating func moment(
    of entry: DataPowerEntry, _ record: Span<UInt8>, _ context: RecordContext
  ) -> LocalClock.Moment {
    if let epoch = entry.epochMilliseconds {
      return LocalClock.Moment(
        time: Timestamp(milliseconds: Int64(epoch)), hasMilliseconds: true)
    }
    return clock.moment(
      again: entry.moment, entry.time, readFrom: entry.stamp, of: record, context)
  }

  // MARK: Table

  private mutating func close(_ place: Int, into batch: inout EventBatch) {
    transactions.values[place].isOpen = false
    if transactions.values[place].more.isEmpty {
      append(transactions.values[place].first, into: &batch)
    } else {
      let records = [transactions.values[place].first] + transactions.values[place].more
      for told in DataPowerTold.joined(records, batch.names) { append(told, into: &batch) }
      transactions.values[place].more = []
    }
  }

  private mutating func closeOld(at time: Timestamp, into batch: inout EventBatch) {
    while let place = transactions.oldest {
      let age = time.milliseconds - transactions.values[place].last.milliseconds
      guard
        age > Self.patience || !transactions.values[place].isOpen
          || transactions.count > Self.limit
      else { break }
      if transactions.values[place].isOpen { close(place, into: &batch) }
      transactions.removeOldest()
    }
    forgetTexts()
  }

  /// Drops the texts before those of the oldest transaction, when they are most.
  private mutating func forgetTexts() {
    let kept = transactions.oldest.map { transactions.values[$0].first.text - textBase }
    let dead = kept ?? texts.count
    guard dead >= 1 << 16, dead * 2 >= texts.count else { return }
    texts.removeFirst(dead)
    textBase += dead
  }

  // MARK: One record

  /// Reads what a record tells; `false` when that is nothing.
  private mutating func read(
    _ entry: DataPowerEntry, _ record: Span<UInt8>, _ head: Int?, into kept: inout DataPowerTold,
    _ names: inout NameTable
  ) -> Bool {
    if let place = DataPowerMessage.find(record, entry) {
      let meaning = DataPowerMessage.meanings[place]
      if meaning.isLatency {
        judge(latency: entry, record, &kept, &names)
      } else {
        Self.judge(meaning, entry, record, &kept, &names)
      }
    } else if entry.severity.rawValue <= Severity.error.rawValue {
      kept.event.outcome = .other
    }
    if case .info = kept.event.outcome { return false }
    kept.event.severity = entry.severity
    (kept.event.code, kept.event.service) = headNames(entry, record, head, &names)
    switch kept.event.outcome {
    case .ok, .http5xx: kept.event.journal = .access
    case .serverDown, .serverUp: kept.event.journal = .state
    default: kept.event.journal = .error
    }
    keepText(entry, record, &kept)
    return true
  }

  private mutating func keepText(
    _ entry: DataPowerEntry, _ record: Span<UInt8>, _ kept: inout DataPowerTold
  ) {
    let start = texts.count
    kept.text = textBase + start
    defer { kept.textCount = texts.count - start }
    let (client, digits) = (entry.client, entry.transactionDigits)
    let hasNumber = entry.transaction > 0 && entry.globalTransaction.isEmpty
    let isPlain = hasNumber && Self.isPlain(record, digits)
    if isPlain, client.start > digits.end, client.end - digits.start <= 64 {
      // At once, with the bracket between them.
      texts.append(record, digits.start, client.end)
      kept.transaction = TextRange(start: 0, count: UInt32(clamping: digits.count))
      kept.client = TextRange(
        start: UInt32(clamping: client.start - digits.start), count: UInt32(clamping: client.count))
    } else {
      kept.client = keep(record, client, from: start)
      if !entry.globalTransaction.isEmpty {
        kept.transaction = keep(record, entry.globalTransaction, from: start)
      } else if isPlain {
        kept.transaction = keep(record, digits, from: start)
      } else if hasNumber {
        let number = Array(String(entry.transaction).utf8)
        kept.transaction = keep(number.span, ByteRange(0, number.count), from: start)
      }
    }
    // Evidence is for failures.
    if case .ok = kept.event.outcome { return }
    let end = min(entry.message.end, entry.message.start + 400)
    kept.message = keep(record, ByteRange(entry.message.start, end), from: start)
  }

  /// Whether a number stands there as it is told again: without sign and leading zeros.
  private static func isPlain(_ record: Span<UInt8>, _ digits: ByteRange) -> Bool {
    !digits.isEmpty && record.byte(digits.start) &- UInt8(ascii: "1") < 9
  }

  /// Appends a part to a text that begins at `start`, and tells where in it.
  private mutating func keep(
    _ bytes: Span<UInt8>, _ range: ByteRange, from start: Int
  ) -> TextRange {
    let at = texts.count
    texts.append(bytes, range.start, range.end)
    return TextRange(
      start: UInt32(clamping: at - start), count: UInt32(clamping: texts.count - at))
  }

  /// Side and backend of a latency record, if it tells that the transaction was served.
  private mutating func judge(
    latency entry: DataPowerEntry, _ record: Span<UInt8>, _ kept: inout DataPowerTold,
    _ names: inout NameTable
  ) {
    guard DataPowerLatencies.isServed(record, entry.message) else { return }
    kept.event.outcome = .ok
    kept.side = .backend
    kept.isLatency = true
    if let url = DataPowerMessage.Meaning.lastBracket(record, entry.message) {
      kept.event.backend = backend(of: url, record, &names)
    }
    kept.givesBackend = !kept.event.backend.isNone
    kept.takesBackend = kept.event.backend.isNone
  }

  private mutating func backend(
    of url: ByteRange, _ record: Span<UInt8>, _ names: inout NameTable
  ) -> NameID {
    if let known = endpoints.name(record, url) { return known }
    let backend = DataPowerURL.endpoint(record, url)
    let name = backend.id(record, &names)
    if case .endpoint(let range) = backend { endpoints.note(record, url, range.end, name) }
    return name
  }

  /// Class, side and backend of a record whose message is known.
  private static func judge(
    _ message: DataPowerMessage.Meaning, _ entry: DataPowerEntry, _ record: Span<UInt8>,
    _ kept: inout DataPowerTold, _ names: inout NameTable
  ) {
    var (outcome, side) = (message.outcome, message.side)
    kept.isLatency = record.find("atency:", in: entry.message) != nil
    var backend = message.backend(record, entry)
    DataPowerVerdict.refine(&outcome, &side, &backend, message, entry, record)
    kept.event.outcome = outcome
    kept.event.backend = backend.id(record, &names)
    kept.side = side
    kept.isGeneric = message.isGeneric
    if case .backend = side {
      kept.givesBackend = !backend.isEmpty
      kept.takesBackend = backend.isEmpty
    }
  }

  /// Code and object, which entries with the same head share.
  private mutating func headNames(
    _ entry: DataPowerEntry, _ record: Span<UInt8>, _ head: Int?, _ names: inout NameTable
  ) -> (code: NameID, service: NameID) {
    if let head, let known = heads.heads[head].names { return known }
    let told = (Self.code(entry, record, &names), names.id(record, entry.object))
    if let head { heads.name(head, told) }
    return told
  }

  private static func code(
    _ entry: DataPowerEntry, _ record: Span<UInt8>, _ names: inout NameTable
  ) -> NameID {
    var lower: [UInt8] = []
    for at in entry.code.start..<entry.code.end { lower.append(lowercased(record.byte(at))) }
    return names.id(lower.span)
  }

  private mutating func append(_ told: DataPowerTold, into batch: inout EventBatch) {
    var event = told.event
    let range = told.textRange(from: textBase)
    let text = batch.keep(texts.span, range.lowerBound, range.upperBound)
    func part(_ range: TextRange) -> TextRange {
      range.isEmpty ? .empty : TextRange(start: text.start + range.start, count: range.count)
    }
    event.client = part(told.client)
    event.transaction = part(told.transaction)
    event.message = part(told.message)
    batch.append(event)
  }
}

import LogEvents

/// Sampled exchanges in a few arrays: as values that own strings each takes twice the memory, and moving
/// one from sample to sample costs ten times as much.
struct PackedExchanges: Sendable {
  struct Row: BitwiseCopyable {
    var hash: UInt64
    var time: Int64
    /// Where its client stands in `text`, and behind it path and service.
    fileprivate var start: Int
    fileprivate var clientCount: Int32
    fileprivate var pathCount: Int32
    fileprivate var serviceCount: Int32
    /// Its place among `origins`.
    fileprivate var origin: Int32
    var line: UInt32
    fileprivate var duration: Int32
    fileprivate var status: UInt16
    fileprivate var outcome: Outcome

    fileprivate var textCount: Int { Int(clientCount) + Int(pathCount) + Int(serviceCount) }
  }

  private struct Origin: Equatable {
    var file: String
    var gateway: String
  }

  /// Bytes of text that may be unused, beside as many as are used.
  private static let spareText = 1 << 12

  private(set) var rows: [Row] = []
  private var text: [UInt8] = []
  /// Bytes of `text` that belong to rows.
  private var usedText = 0
  private var origins: [Origin] = []

  subscript(place: Int) -> SampledExchange { exchange(rows[place]) }

  /// Whether an exchange precedes one of others.
  func precedes(_ place: Int, _ others: PackedExchanges, _ other: Int) -> Bool {
    let (ours, theirs) = (rows[place].hash, others.rows[other].hash)
    return ours != theirs ? ours < theirs : self[place].precedes(others[other])
  }

  mutating func append(_ exchange: SampledExchange) {
    rows.append(
      Row(
        hash: exchange.hash, time: exchange.time, start: text.count, clientCount: 0, pathCount: 0,
        serviceCount: 0, origin: origin(exchange.file, exchange.gateway), line: exchange.line,
        duration: exchange.duration, status: exchange.status, outcome: exchange.outcome))
    rows[rows.count - 1].clientCount = add(exchange.client)
    rows[rows.count - 1].pathCount = add(exchange.path)
    rows[rows.count - 1].serviceCount = add(exchange.service)
  }

  /// An event as a row that is not there yet; `origin` is one that `origin` told.
  private mutating func row(
    _ event: Event, _ batch: borrowing EventBatch, _ hash: UInt64, origin: Int32
  ) -> Row {
    var row = Row(
      hash: hash, time: event.time.milliseconds, start: text.count, clientCount: 0, pathCount: 0,
      serviceCount: 0, origin: origin, line: event.line, duration: event.durationMilliseconds,
      status: event.status, outcome: event.outcome)
    let source = batch.text.span
    row.clientCount = add(source, batch.places(event.client, BoundedText.nameBytes))
    row.pathCount = add(source, batch.places(ofPath: event.uri, BoundedText.uriBytes))
    let service = batch.names.bytes(event.service)
    text += service
    usedText += service.count
    row.serviceCount = Int32(truncatingIfNeeded: service.count)
    return row
  }

  mutating func append(
    _ event: Event, _ batch: borrowing EventBatch, _ hash: UInt64, origin: Int32
  ) {
    rows.append(row(event, batch, hash, origin: origin))
  }

  /// Puts an event into the place of another row if it precedes that.
  mutating func replace(
    _ place: Int, _ event: Event, _ batch: borrowing EventBatch, _ hash: UInt64, origin: Int32
  ) -> Bool {
    // First: where it stands is seldom in the cache, and is fetched meanwhile.
    let old = rows[place]
    let row = row(event, batch, hash, origin: origin)
    let isBetter =
      row.hash != old.hash ? row.hash < old.hash : exchange(row).precedes(exchange(old))
    if isBetter { rows[place] = row }
    usedText -= isBetter ? old.textCount : row.textCount
    dropUnusedText(beyond: usedText + Self.spareText)
    return isBetter
  }

  /// The place of a file and a gateway among those of the rows.
  mutating func origin(_ file: String, _ gateway: String) -> Int32 {
    let origin = Origin(file: file, gateway: gateway)
    if let known = origins.firstIndex(of: origin) { return Int32(truncatingIfNeeded: known) }
    origins.append(origin)
    return Int32(truncatingIfNeeded: origins.count - 1)
  }

  /// The first `limit` in order, of those whose hash is not greater than `bound`.
  mutating func sort(upTo limit: Int, bound: UInt64 = .max) {
    var order: [(hash: UInt64, place: Int32)] = []
    order.reserveCapacity(rows.count)
    for place in rows.indices where rows[place].hash <= bound {
      order.append((rows[place].hash, Int32(truncatingIfNeeded: place)))
    }
    order.sort { $0.hash < $1.hash }
    if zip(order, order.dropFirst()).contains(where: { $0.hash == $1.hash }) {
      order.sort { a, b in
        a.hash != b.hash ? a.hash < b.hash : self[Int(a.place)].precedes(self[Int(b.place)])
      }
    }
    rows = order.prefix(limit).map { rows[Int($0.place)] }
    usedText = rows.reduce(0) { $0 + $1.textCount }
    dropUnusedText(beyond: 0)
  }

  /// The first `limit`, where they are in order.
  mutating func reduce(to limit: Int) {
    cut(to: limit)
    rows.shrink(to: limit)
    dropUnusedText(beyond: 0)
  }

  /// Takes over the first `count` of others; both are in order, and so is what comes of it, of at most
  /// `limit`.
  mutating func merge(_ others: PackedExchanges, first count: Int, limit: Int) {
    let origins = others.origins.map { origin($0.file, $0.gateway) }
    var merged: [Row] = []
    let total = min(limit, rows.count + count)
    merged.reserveCapacity(total)
    var (ours, theirs) = (0, 0)
    while merged.count < total {
      if theirs == count || ours < rows.count && !others.precedes(theirs, self, ours) {
        merged.append(rows[ours])
        ours += 1
      } else {
        var row = others.rows[theirs]
        let start = row.start
        row.start = text.count
        row.origin = origins[Int(row.origin)]
        text.append(others.text.span, start, start + row.textCount)
        usedText += row.textCount
        merged.append(row)
        theirs += 1
      }
    }
    for row in rows[ours...] { usedText -= row.textCount }
    rows = merged
    dropUnusedText(beyond: Self.spareText)
    dropUnusedOrigins(beyond: limit)
  }

  mutating func change(_ change: (inout Row) -> Void) {
    for place in rows.indices { change(&rows[place]) }
  }

  // MARK: Text and origins

  private func exchange(_ row: Row) -> SampledExchange {
    let path = row.start + Int(row.clientCount)
    let service = path + Int(row.pathCount)
    let origin = origins[Int(row.origin)]
    return SampledExchange(
      hash: row.hash, time: row.time, outcome: row.outcome, line: row.line,
      duration: row.duration, status: row.status, file: origin.file, gateway: origin.gateway,
      client: string(row.start, path), path: string(path, service),
      service: string(service, service + Int(row.serviceCount)))
  }

  private func string(_ start: Int, _ end: Int) -> String? {
    start < end ? String(decoding: text[start..<end], as: UTF8.self) : nil
  }

  private mutating func add(_ source: Span<UInt8>, _ places: Range<Int>) -> Int32 {
    text.append(source, places.lowerBound, places.upperBound)
    usedText += places.count
    return Int32(truncatingIfNeeded: places.count)
  }

  private mutating func add(_ string: String?) -> Int32 {
    let bytes = Array((string ?? "").utf8)
    return add(bytes.span, bytes.indices)
  }

  private mutating func cut(to limit: Int) {
    while rows.count > limit, let last = rows.popLast() { usedText -= last.textCount }
  }

  /// Moves texts together where more is unused.
  private mutating func dropUnusedText(beyond most: Int) {
    guard text.count - usedText > most else { return }
    var used: [UInt8] = []
    used.reserveCapacity(usedText)
    for place in rows.indices {
      let start = rows[place].start
      rows[place].start = used.count
      used.append(text.span, start, start + rows[place].textCount)
    }
    text = used
  }

  private mutating func dropUnusedOrigins(beyond most: Int) {
    guard origins.count > 2 * most else { return }
    let all = origins
    origins = []
    for place in rows.indices {
      let told = all[Int(rows[place].origin)]
      rows[place].origin = origin(told.file, told.gateway)
    }
  }
}

extension PackedExchanges: Equatable {
  static func == (a: PackedExchanges, b: PackedExchanges) -> Bool {
    a.rows.count == b.rows.count && a.rows.indices.allSatisfy { a[$0] == b[$0] }
  }
}

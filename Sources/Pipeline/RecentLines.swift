import LogEvents
import LogFormats

/// The last lines of a log, from which a fresh reader comes to where another one is.
///
/// Readers hold exchanges open and learn layouts; instead of writing all that to disk, the lines
/// that lead there are kept. `warmUp` proves that they do: it has a fresh reader read them and
/// compares what both would tell if the log ended now.
struct RecentLines: Sendable {
  /// Twins and layouts are learned from fewer lines than these bytes hold.
  static let leastBytes = 4 * 1024
  static let mostBytes = 256 * 1024

  private(set) var bytes: [UInt8] = []
  /// Bytes and lines of the log before the first of `bytes`.
  private(set) var bytesBefore = 0
  private(set) var linesBefore = 0

  init() {}

  init(_ bytes: [UInt8], bytesBefore: Int, linesBefore: Int) {
    self.bytes = bytes
    self.bytesBefore = bytesBefore
    self.linesBefore = linesBefore
  }

  mutating func append(_ lines: Span<UInt8>) {
    bytes.append(lines, 0, lines.count)
    guard bytes.count > 2 * Self.mostBytes else { return }
    drop(start(ofLast: Self.mostBytes))
  }

  private mutating func drop(_ count: Int) {
    bytesBefore += count
    linesBefore += bytes[..<count].count { $0 == 10 }
    bytes.removeFirst(count)
  }

  /// Where the first line starts that lies whole in the last `count` bytes.
  private func start(ofLast count: Int) -> Int {
    guard bytes.count > count else { return 0 }
    let newline = bytes[(bytes.count - count - 1)...].firstIndex(of: 10)
    return newline.map { $0 + 1 } ?? bytes.count
  }

  /// The fewest lines that lead a fresh reader to where `reader` is.
  func warmUp(
    leadingTo reader: RecordReader, names: NameTable, makeReader: () -> RecordReader?
  ) -> RecentLines? {
    let wanted = OpenExchanges(reader, names)
    var size = Self.leastBytes
    while true {
      let start = start(ofLast: size)
      var lines = self
      lines.drop(start)
      guard var fresh = makeReader() else { return nil }
      fresh.begin(afterBytes: lines.bytesBefore, lines: lines.linesBefore)
      var batch = EventBatch()
      _ = fresh.consume(lines.bytes.span, atEnd: false, into: &batch) { batch, _ in batch.clear() }
      batch.clear()
      if OpenExchanges(fresh, batch.names) == wanted { return lines }
      guard start > 0 else { return nil }
      size *= 4
    }
  }
}

/// What a reader would still tell if its log ended now.
private struct OpenExchanges: Equatable {
  private struct Told: Equatable {
    var time: Int64
    var line: UInt32
    var outcome: Outcome
    var count: UInt32
    var status: UInt16
    var names: [String?]
  }

  private var told: [Told] = []
  private var records = 0
  private var chatter = 0
  private var faults = 0

  init(_ reader: RecordReader, _ names: NameTable) {
    var reader = reader
    let before = reader.counts
    var batch = EventBatch(names: names)
    var told: [Told] = []
    reader.finish(into: &batch) { batch, _ in
      for event in batch.events {
        let ids = [
          event.backend, event.address, event.pool, event.service, event.code, event.gateway,
        ]
        told.append(
          Told(
            time: event.time.milliseconds, line: event.line, outcome: event.outcome,
            count: event.count, status: event.status,
            names: ids.map { batch.names.name($0) }
              + [event.client, event.transaction, event.uri, event.message].map { batch.string($0) }
          ))
      }
      batch.clear()
    }
    self.told = told
    records = reader.counts.records - before.records
    chatter = reader.counts.chatter - before.chatter
    faults = reader.counts.faultCount - before.faultCount
  }
}

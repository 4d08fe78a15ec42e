import LogEvents

/// The failed transactions that each stream of a file told last.
///
/// Streams and backends go by the hashes of their names, so that it can be written to a file and read
/// by another process.
package struct TransactionMemory: Sendable, Codable {
  private struct Stream {
    var recent = RecentHashes()
    /// The first ones: what was told before could have changed only what they told.
    var first: [UInt64] = []
  }

  private var streams: [UInt64: Stream] = [:]

  package init() {}

  package init(from decoder: any Decoder) throws {
    let hashes = try [UInt64: [UInt64]](from: decoder)
    streams = hashes.mapValues { Stream(recent: RecentHashes($0)) }
  }

  package func encode(to encoder: any Encoder) throws {
    try streams.mapValues(\.recent.inOrder).encode(to: encoder)
  }

  /// Whether the event is a further attempt of a transaction that has failed already.
  mutating func isKnown(_ event: Event, _ batch: borrowing EventBatch) -> Bool {
    guard !event.transaction.isEmpty else { return false }
    let start = Int(event.transaction.start)
    let text = textHash(batch.text.span, start, start + Int(event.transaction.count))
    let id = text &+ mixed(batch.names.hash(event.backend))
    return !insert(id, batch.names.hash(event.stream))
  }

  private mutating func insert(_ id: UInt64, _ stream: UInt64) -> Bool {
    guard streams[stream, default: Stream()].recent.insert(id) else { return false }
    if let told = streams[stream]?.first.count, told < RecentHashes.usualLimit {
      streams[stream]?.first.append(id)
    }
    return true
  }

  /// Whether a piece of the log might have been told otherwise after this memory: it met a transaction
  /// that is known here.
  package func touches(_ piece: TransactionMemory) -> Bool {
    piece.streams.contains { name, told in
      guard let known = streams[name]?.recent else { return false }
      return told.first.contains { known.contains($0) }
    }
  }

  /// Goes on with what a piece told that it does not touch.
  package mutating func goOn(with piece: TransactionMemory) {
    for (name, told) in piece.streams {
      for id in told.recent.inOrder { _ = insert(id, name) }
    }
  }
}

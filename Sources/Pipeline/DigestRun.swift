import Correlator
import LogEvents
import LogFormats
import LogIntake

/// Digests what it is handed.
package struct DigestConsumer: EventConsumer {
  /// `nil` when there is a digest.
  private var builder: DigestBuilder?
  private(set) var memory: TransactionMemory
  private var told = Digest()

  package init(
    file: String, gateway: String, piece: Piece = .whole,
    memory: TransactionMemory = TransactionMemory(), bounds: DigestBounds = DigestBounds()
  ) {
    builder = DigestBuilder(
      file: file, piece: piece, log: LogSet.name(of: file), gateway: gateway, bounds: bounds)
    self.memory = memory
  }

  /// Of what pieces of a file told.
  init(_ told: Digest) {
    self.told = told
    memory = TransactionMemory()
  }

  package var digest: Digest { builder?.finish() ?? told }

  /// There is no further event: what gathered them makes room for their digest.
  package mutating func finish() {
    var last: DigestBuilder?
    swap(&last, &builder)
    if let last { told = last.finish() }
  }

  /// The file goes on behind the piece, which ends there.
  mutating func endPiece(at end: Int) { builder?.endPiece(at: UInt64(end)) }

  /// Has a reader count successes instead of telling each.
  func lend(to batch: inout EventBatch) { builder?.lend(to: &batch) }

  package mutating func take(_ batch: borrowing EventBatch, format: FormatCard) {
    let before = builder?.resolution
    builder?.add(batch, of: format, memory: &memory)
    if builder?.resolution != before { Heap.trim() }
  }

  /// Keeps nothing that a union with a digest that has come so far would not: it will be merged with that.
  mutating func fit(to bounds: DigestBounds) {
    let before = builder?.resolution
    builder?.fit(to: bounds)
    if builder?.resolution != before { Heap.trim() }
  }
}

extension DigestBuilder {
  /// Adds what a format read; normalized events tell of no product.
  mutating func add(
    _ batch: borrowing EventBatch, of format: FormatCard, memory: inout TransactionMemory
  ) {
    read(format.product == "events" ? "" : format.product)
    add(batch, memory: &memory)
  }
}

extension Run {
  /// Reads all sources, each to a digest of its own.
  ///
  /// `roots` are the paths that the user named: a log whose records do not name their gateway is of
  /// the directory below them, as in `logs/gw1/error.log`.
  package func digests(
    _ sources: [Source], roots: [String]
  ) -> [FileResult<DigestConsumer>] {
    let gateway = { @Sendable (source: Source) in
      GatewayName.guess(path: source.path, roots: roots)
    }
    return read(sources, known: readInPieces(sources, gateway)) {
      DigestConsumer(file: $0.path, gateway: gateway($0))
    }
  }

  /// Reads all sources and merges what they say.
  package func digest(
    _ sources: [Source], roots: [String]
  ) -> (digest: Digest, files: [FileResult<DigestConsumer>]) {
    let files = digests(sources, roots: roots)
    return (Digest(merging: files.lazy.compactMap(\.digest)), files)
  }
}

extension FileResult where Consumer == DigestConsumer {
  /// What the file told; `nil` for what is no log, or was counted under another name.
  package var digest: Digest? {
    format == nil || sameAs != nil ? nil : consumer.digest
  }
}

extension Digest {
  package init(merging parts: some Sequence<Digest>) {
    self.init()
    for part in parts { merge(part) }
  }
}

enum GatewayName {
  /// The directory below the path that was named; a bundle is a directory, and so are those in it.
  static func guess(path: String, roots: [String]) -> String {
    for root in roots {
      let below = root.hasSuffix("/") ? [root] : [root + "/", root + "!"]
      guard let start = below.first(where: { path.hasPrefix($0) }) else { continue }
      let rest = path.dropFirst(start.count).split { $0 == "/" || $0 == "!" }
      guard let first = rest.first, rest.count > 1 else { return "" }
      // The rest of a bundle's name says how it was packed.
      let isBundle = path.dropFirst(start.count + first.count).first == "!"
      return String(isBundle ? first.prefix { $0 != "." } : first)
    }
    return ""
  }
}

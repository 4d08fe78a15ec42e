import Synchronization

/// How far a run has come; its workers add to it block by block.
package final class ReadingMeter: Sendable {
  private let consumed = Atomic<Int>(0)
  private let passed = Atomic<Int>(0)

  package init() {}

  /// Bytes of logs that were read, unpacked.
  package var bytes: Int { consumed.load(ordering: .relaxed) }

  /// Bytes of the sources that were read: of packed ones, when they have been read whole.
  package var sourceBytes: Int { passed.load(ordering: .relaxed) }

  func read(_ bytes: Int, isPlain: Bool) {
    consumed.add(bytes, ordering: .relaxed)
    if isPlain { passed.add(bytes, ordering: .relaxed) }
  }

  /// A source has been read whole whose bytes are not those of a log.
  func finish(_ source: Int) { passed.add(source, ordering: .relaxed) }
}

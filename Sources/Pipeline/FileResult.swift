import LogEvents
import LogFormats
import LogIntake

/// What takes the events of one file, batch by batch.
package protocol EventConsumer: Sendable {
  mutating func take(_ batch: borrowing EventBatch, format: FormatCard)
}

/// What became of one file.
package struct FileResult<Consumer: EventConsumer>: Sendable {
  package var source: Source
  /// `nil` when no format knows the file.
  package var format: FormatCard?
  package var counts = ReadingCounts()
  package var consumer: Consumer
  package var problem: SourceProblem?
  /// Events that lie outside the asked window; the consumer was not given them.
  package var outside = 0
  /// The file was left unread, because it was last changed before the asked window.
  package var isTooOld = false
  /// What its records left out, so that it had to be assumed.
  package var assumed: (zone: String?, year: Bool) = (nil, false)
  /// Set for a bundle, whose logs have results of their own.
  package var tally: BundleTally?
  package var rejects: Rejects?
  /// What the content is told apart by.
  package var contentHash: ContentHash.Value?
  /// The file of the same content that was counted instead.
  package var sameAs: String?

  init(_ source: Source, _ consumer: Consumer) {
    self.source = source
    self.consumer = consumer
  }
}

/// The same content under two names: copied, or compressed again.
package enum Twins {
  /// Shorter logs can be alike by chance: two gateways that failed in the same second.
  package static let leastBytes = 512

  /// Marks all but one of the files that have the same content; the first by name stays.
  ///
  /// What is marked tells nothing more: its counts are empty.
  static func mark<Consumer>(_ results: inout [FileResult<Consumer>]) {
    var first: [ContentHash.Value: String] = [:]
    let inOrder = results.indices.sorted { results[$0].source.path < results[$1].source.path }
    for index in inOrder where results[index].sameAs == nil && results[index].format != nil {
      guard results[index].problem == nil, let hash = results[index].contentHash,
        hash.count >= leastBytes
      else { continue }
      if let other = first[hash] {
        results[index].sameAs = other
        results[index].counts = ReadingCounts()
        results[index].outside = 0
        results[index].rejects = nil
        results[index].assumed = (nil, false)
      } else {
        first[hash] = results[index].source.path
      }
    }
  }
}

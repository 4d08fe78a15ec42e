import LogEvents
import LogFormats
import LogIntake

/// What takes the events of one file, batch by batch.
package protocol EventConsumer: Sendable {
  mutating func take(_ batch: borrowing EventBatch, format: FormatCard)
  /// There is no further event.
  mutating func finish()
}

extension EventConsumer {
  package mutating func finish() {}
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
  /// What the content looks like; `nil` where that does not matter.
  var glance: ContentGlance?
  /// What the content is told apart by, where that was asked for.
  package var contentHash: ContentHash.Value?
  /// The file that can be read again for it: the bundle, of a log within one.
  var container: Source
  /// The file of the same content that was counted instead.
  package var sameAs: String?

  init(_ source: Source, _ consumer: Consumer) {
    self.source = source
    container = source
    self.consumer = consumer
  }
}

/// The same content under two names: copied, or compressed again.
package enum Twins {
  /// Shorter logs can be alike by chance: two gateways that failed in the same second.
  package static let leastBytes = 512

  /// Marks all but one of the files that have the same content; the first by name stays.
  ///
  /// Only those are read again for their hashes that begin alike and are of one length. What is marked
  /// tells nothing more: its counts are empty.
  static func mark<Consumer>(_ results: inout [FileResult<Consumer>]) {
    let candidates = results.indices.filter {
      let result = results[$0]
      return result.sameAs == nil && result.format != nil && result.problem == nil
        && (result.glance?.count ?? 0) >= leastBytes
    }
    for alike in Dictionary(grouping: candidates, by: { results[$0].glance }).values
    where alike.count > 1 {
      var first: [ContentHash.Value: String] = [:]
      for index in alike.sorted(by: { results[$0].source.path < results[$1].source.path }) {
        let result = results[index]
        let hash =
          result.contentHash ?? Contents.hash(of: result.source.path, in: result.container)
        guard let hash else { continue }
        if let other = first[hash] {
          results[index].sameAs = other
          results[index].counts = ReadingCounts()
          results[index].outside = 0
          results[index].rejects = nil
          results[index].assumed = (nil, false)
        } else {
          first[hash] = result.source.path
        }
      }
    }
  }
}

/// How a content begins, and how many bytes it has: equal contents share both.
struct ContentGlance: Hashable, Sendable {
  var head: ContentHash.Value
  var count: Int
}

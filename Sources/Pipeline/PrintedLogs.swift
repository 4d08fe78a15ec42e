import LogIntake
import Synchronization

/// The contents that were printed already, for what is written out as it is read.
///
/// A file is read for its hash, ahead of being read, only where it begins as another one does.
package final class PrintedLogs: Sendable {
  private struct Content {
    var path: String
    var hash: ContentHash.Value
  }

  private let contents = Mutex<[ContentHash.Value: [Content]]>([:])

  package init() {}

  /// The path of a log with the same content; `source` is where `log` can be read again.
  func twin(of log: OpenLog, in source: Source) -> String? {
    let head = log.headHash
    let alike = contents.withLock { $0[head] } ?? []
    guard head.count >= Twins.leastBytes, !alike.isEmpty,
      let hash = Contents.hash(of: log.source.path, in: source)
    else { return nil }
    return alike.first { $0.hash == hash }?.path
  }

  func note(_ log: OpenLog) {
    let content = Content(path: log.source.path, hash: log.contentHash)
    contents.withLock { $0[log.headHash, default: []].append(content) }
  }
}

import Dispatch
import LogEvents
import LogFormats
import LogIntake
import Synchronization

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
}

/// Reads files with one worker a core.
///
/// Nothing is shared between workers but the list of files.
package struct Run: Sendable {
  package var settings: @Sendable (Source) -> FormatSettings
  package var workers: Int

  package init(workers: Int, settings: @escaping @Sendable (Source) -> FormatSettings) {
    self.workers = max(1, workers)
    self.settings = settings
  }

  /// Results in the order of `sources`, whatever the number of workers.
  package func read<Consumer: EventConsumer>(
    _ sources: [Source], _ makeConsumer: @Sendable (Source) -> Consumer
  ) -> [FileResult<Consumer>] {
    let results = Mutex<[(Int, FileResult<Consumer>)]>([])
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: min(workers, max(1, sources.count))) { _ in
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < sources.count else { return }
        let result = readFile(sources[index], makeConsumer(sources[index]))
        results.withLock { $0.append((index, result)) }
      }
    }
    return results.withLock { $0 }.sorted { $0.0 < $1.0 }.map(\.1)
  }

  /// Reads one file from start to end.
  package func readFile<Consumer: EventConsumer>(
    _ source: Source, _ consumer: Consumer
  ) -> FileResult<Consumer> {
    var result = FileResult(source: source, format: nil, consumer: consumer)
    let settings = settings(source)
    var reader: RecordReader?
    var isDecided = false
    var batch = EventBatch()
    do throws(SourceProblem) {
      try ChunkReader.read(source) { block, atEnd in
        if !isDecided {
          isDecided = true
          if let choice = Sniffer.choose(block, settings) {
            reader = RecordReader(choice, settings)
          }
          result.format = reader?.card
        }
        guard reader != nil else { return block.count }
        let deliver: RecordReader.Deliver = { batch, card in
          result.consumer.take(batch, format: card)
          batch.clear()
        }
        let used = reader?.consume(block, atEnd: atEnd, into: &batch, deliver: deliver)
        if atEnd { reader?.finish(into: &batch, deliver: deliver) }
        return used ?? block.count
      }
    } catch {
      result.problem = error
    }
    result.counts = reader?.counts ?? ReadingCounts()
    return result
  }
}

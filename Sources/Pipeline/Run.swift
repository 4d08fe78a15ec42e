import Dispatch
import LogEvents
import LogFormats
import LogIntake
import Synchronization

/// Reads files with one worker a core.
///
/// Nothing is shared between workers but the list of logs. The files that rotation made of one log
/// are read by one worker, one after the other, because exchanges may lie over their seams; so are
/// the files of a bundle.
package struct Run: Sendable {
  package var settings: @Sendable (Source) -> FormatSettings
  package var workers: Int
  /// What lies outside is read, counted and not given to consumers.
  package var asked = AskedWindow()
  /// What was printed already, for consumers that print; read with one worker.
  package var printed: PrintedLogs?
  /// Whether results tell what their contents are told apart by, for others than this run.
  package var hashesContents = false
  /// Whether records that could not be read are kept.
  package var keepsRejects = false
  /// Told how far reading has come.
  package var meter: ReadingMeter?
  /// Size of the pieces that large files are read in; `nil` for what suits.
  package var pieceBytes: Int?
  /// How much is read before a piece to find out what is open there; `nil` for what suits.
  package var overlapBytes: Int?

  package init(workers: Int, settings: @escaping @Sendable (Source) -> FormatSettings) {
    self.workers = max(1, workers)
    self.settings = settings
  }

  /// Whether a log is hashed while it is read: what cannot be read again, and what others ask for.
  func hashes(_ source: Source) -> Bool {
    hashesContents || printed != nil || source.path == Source.standardInput.path
  }

  /// Results in the order of `sources`, whatever the number of workers; what a bundle held follows
  /// the bundle.
  ///
  /// Of files with the same content one is counted; the others say which. `known` are results that are
  /// there already, by the places of their sources.
  package func read<Consumer: EventConsumer>(
    _ sources: [Source], known: [Int: FileResult<Consumer>] = [:],
    _ makeConsumer: @escaping @Sendable (Source) -> Consumer
  ) -> [FileResult<Consumer>] {
    typealias Told = (index: Int, result: FileResult<Consumer>)
    let units = LogSet.units(sources).filter { unit in unit.allSatisfy { known[$0] == nil } }
    let told = Mutex<[Told]>(known.map { (index: $0.key, result: $0.value) })
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: min(workers, max(1, units.count))) { _ in
      while true {
        let unit = next.add(1, ordering: .relaxed).oldValue
        guard unit < units.count else { return }
        let reader = LogReader(run: self, makeConsumer)
        let results = reader.read(units[unit].map { (index: $0, source: sources[$0]) })
        told.withLock { $0 += results }
      }
    }
    // Several results of one source are in the order in which they were read.
    let inOrder = told.withLock { $0 }.enumerated().sorted {
      ($0.element.index, $0.offset) < ($1.element.index, $1.offset)
    }
    var results = inOrder.map(\.element.result)
    Twins.mark(&results)
    return results
  }
}

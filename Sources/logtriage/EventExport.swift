import ArgumentParser
import Foundation
import LogEvents
import LogFormats
import LogIntake
import Pipeline
import Reports
import Synchronization

/// Where events go, batch by batch.
protocol EventSink: Sendable {
  func write(_ batch: borrowing EventBatch, file: String, format: FormatCard)
}

/// Hands the events of all inputs to one sink, in order, and keeps none.
enum EventExport {
  static func run(
    _ input: InputOptions, into sink: some EventSink, _ status: inout ExitStatus
  ) throws {
    let settings = try input.runSettings()
    let (sources, problems) = try input.sources(settings)
    var run = try input.run(settings, over: sources, workers: 1)
    run.printed = PrintedLogs()
    for problem in problems { status.note(problem) }
    // What is piped in cannot be read twice, to be compared with a file.
    let inOrder = sources.filter { $0 == .standardInput } + sources.filter { $0 != .standardInput }
    // Not between events on the same screen.
    let progress = isatty(STDOUT_FILENO) == 1 ? nil : input.progress(over: sources)
    run.meter = progress?.meter
    let results = run.read(inOrder) { Consumer(file: $0.path, sink: sink) }
    progress?.end()
    try input.coverage.write(results)
    for result in results {
      if let problem = result.problem { status.note(problem) }
      if let other = result.sameAs, result.format == nil {
        Message.say("\(result.source.path): same as \(other), printed once")
      } else if result.format == nil, result.problem == nil, result.tally == nil, !result.isTooOld {
        Message.say("\(result.source.path): no known format; `logtriage sniff --explain` says why")
      }
    }
    input.coverage.check(results.map { FileSummary($0, year: input.assumeYear) }, &status)
    let used = results.compactMap(\.format)
    settings.tellUnused(used)
    if used.isEmpty { status.raise(.nothingRecognized) }
  }

  private struct Consumer<Sink: EventSink>: EventConsumer {
    let file: String
    let sink: Sink

    func take(_ batch: borrowing EventBatch, format: FormatCard) {
      sink.write(batch, file: file, format: format)
    }
  }
}

/// The one text of all files.
final class EventWriter<Text: EventText>: EventSink {
  private let text: Mutex<Text>
  private let output: EventOutput

  init(_ text: Text, to output: EventOutput) {
    self.text = Mutex(text)
    self.output = output
  }

  func write(_ batch: borrowing EventBatch, file: String, format: FormatCard) {
    text.withLock { text in
      text.append(batch, file: file, format: (format.name, format.product))
      output.write(text.bytes)
      text.clear()
    }
  }

  /// Writes what no batch took along: a head without rows.
  func finish() { text.withLock { output.write($0.bytes) } }
}

/// A file that is written as it comes, or standard output.
struct EventOutput: Sendable {
  private let path: String
  private let handle: FileHandle?

  /// - Parameter path: `nil` and `-` are standard output.
  /// - Throws: `ValidationError` where it cannot be written.
  init(_ path: String?) throws {
    self.path = path ?? "-"
    guard let path, path != "-" else {
      handle = nil
      return
    }
    do {
      // A file of this name is replaced; pipes and devices are written to as they are.
      if !path.hasPrefix("/dev/") { try Data().write(to: URL(fileURLWithPath: path)) }
      handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    } catch {
      throw ValidationError("\(path) cannot be written: \(error.localizedDescription)")
    }
  }

  func write(_ bytes: [UInt8]) {
    guard let handle else { return StandardOutput.write(bytes) }
    do {
      try handle.write(contentsOf: bytes)
    } catch {
      Message.cannotWrite(path, error.localizedDescription)
    }
  }
}

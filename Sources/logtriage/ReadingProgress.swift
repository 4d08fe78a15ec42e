import Dispatch
import Foundation
import Pipeline
import Playbooks

/// Tells on standard error how far reading has come, where that is a terminal and takes longer than a
/// second.
///
///     logtriage: 1 310 MB read, 830 MB/s, 41 %, 2 s left
final class ReadingProgress {
  private static let patience = 1.0
  private static let pause = 0.25

  let meter = ReadingMeter()
  private let queue = DispatchQueue(label: "progress")
  private let timer: any DispatchSourceTimer

  /// Of sources of so many bytes in all; `nil` where nobody could see it.
  init?(ofBytes total: Int) {
    let isDumb = ["", "dumb"].contains(ProcessInfo.processInfo.environment["TERM"] ?? "")
    guard isatty(STDERR_FILENO) == 1, !isDumb else { return nil }
    timer = DispatchSource.makeTimerSource(queue: queue)
    let start = ContinuousClock.now
    timer.setEventHandler { [meter] in
      let line = Self.line(
        read: meter.bytes, of: (meter.sourceBytes, total),
        seconds: (ContinuousClock.now - start) / .seconds(1))
      Self.write("\rlogtriage: \(line)\u{1b}[K")
    }
    timer.schedule(deadline: .now() + Self.patience, repeating: Self.pause)
    timer.activate()
  }

  /// Nothing more is told; what was, is erased.
  func end() {
    timer.cancel()
    // The handler may be at work.
    queue.sync { Self.write("\r\u{1b}[K") }
  }

  /// `sources`: the bytes of them that have been read, and all.
  static func line(read: Int, of sources: (read: Int, all: Int), seconds: Double) -> String {
    var parts = ["\(megabytes(read)) MB read"]
    if seconds > 0 { parts.append("\(megabytes(Int(Double(read) / seconds))) MB/s") }
    if sources.all > 0, sources.read > 0 {
      let share = min(1, Double(sources.read) / Double(sources.all))
      parts.append("\(Int(share * 100)) %")
      let left = seconds * (1 - share) / share
      if share >= 0.02, left < 360_000 { parts.append("\(Int(left.rounded(.up))) s left") }
    }
    return parts.joined(separator: ", ")
  }

  private static func megabytes(_ bytes: Int) -> String { Words.number(bytes / 1_000_000) }

  private static func write(_ text: String) {
    // What nobody reads any more is not said.
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }
}

import LogEvents
import LogFormats

extension RecordReader {
  /// Reads a log to its end in blocks of so many bytes, each behind what was left of the one before.
  ///
  /// `pause` is called behind each block.
  package mutating func read(
    _ log: [UInt8], inBlocksOf size: Int, into batch: inout EventBatch, deliver: Deliver,
    pause: (inout RecordReader, inout EventBatch) -> Void = { _, _ in }
  ) {
    var rest: [UInt8] = []
    var at = 0
    repeat {
      let end = min(log.count, at + size)
      rest += log[at..<end]
      at = end
      rest.removeFirst(consume(rest.span, atEnd: at == log.count, into: &batch, deliver: deliver))
      pause(&self, &batch)
    } while at < log.count
    finish(into: &batch, deliver: deliver)
  }
}

import LogEvents
import LogFormats

/// What libFuzzer calls: sniffs, reads and joins its input as one file.
///
/// Blocks of another size must tell the same: a difference stops the run as a trap does. The first
/// byte chooses the size. Built and run by `Tests/Fuzz/fuzz.sh`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzReading(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let start, count > 1 else { return 0 }
  let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  let bytes = Array(input.dropFirst())
  let size = [1, 7, 64, 4096][Int(input[0] & 3)]
  let whole = told(bytes, blockSize: bytes.count)
  precondition(told(bytes, blockSize: size) == whole, "blocks of \(size) bytes tell otherwise")
  return 0
}

/// What was told of each event, and the counts, as one hash.
private func told(_ bytes: [UInt8], blockSize: Int) -> Int {
  var settings = FormatSettings()
  settings.assumedYear = 2026
  guard let choice = Sniffer.choose(bytes.span, settings) else { return 0 }
  var reader = RecordReader(choice, settings)
  var batch = EventBatch()
  var hasher = Hasher()
  let deliver: RecordReader.Deliver = { batch, card in
    for event in batch.events {
      hasher.combine(card.name)
      hasher.combine(event.time)
      hasher.combine(event.line)
      hasher.combine(event.outcome)
      hasher.combine(batch.names.name(event.backend))
      hasher.combine(batch.string(event.uri))
      hasher.combine(batch.string(event.message))
    }
    batch.clear()
  }
  var at = 0
  var filled = 0
  while true {
    filled = min(bytes.count, filled + max(1, blockSize))
    let isLast = filled == bytes.count
    at += reader.consume(
      bytes.span.extracting(at..<filled), atEnd: isLast, into: &batch, deliver: deliver)
    if isLast { break }
  }
  reader.finish(into: &batch, deliver: deliver)
  precondition(
    reader.counts.chatter + reader.counts.faultCount <= reader.counts.records + reader.counts.lines)
  hasher.combine(reader.counts)
  return hasher.finalize()
}

import LogEvents
import TestSupport
import Testing

@testable import LogFormats

struct RecordReaderTests {
  private let lines = """
    Nov 20 23:57:51 lb1 haproxy[30495]: 203.0.113.7:57315 [20/Nov/2026:23:57:51.236] fe_shop be_orders/ord1 0/0/0/3/3 200 87 - - ---- 1/1/0/0/0 0/0 "GET / HTTP/1.1"
    <134>1 2026-11-20T23:57:51.236Z lb1 haproxy 1 - - 203.0.113.7:57315 [20/Nov/2026:23:57:52.236] fe_shop be_orders/ord1 0/0/-1/-1/3 503 87 - - SC-- 1/1/0/0/0 0/0 "GET / HTTP/1.1"
    {"log":"203.0.113.7:57315 [20/Nov/2026:23:57:53.236] fe_shop be_orders/ord1 0/0/0/3/3 200 87 - - ---- 1/1/0/0/0 0/0 \\"GET / HTTP/1.1\\"\\n","time":"2026-11-20T23:57:53.3Z"}

    """

  private func read(_ text: String, blocks size: Int) -> [String] {
    var settings = FormatSettings()
    settings.assumedYear = 2026
    var reader = RecordReader(HAProxyLog.self, settings)
    var batch = EventBatch()
    var told: [String] = []
    let deliver: RecordReader.Deliver = { batch, _ in
      for event in batch.events {
        told.append(
          "\(event.line) \(RFC3339.text(event.time)) \(event.outcome.name) "
            + "\(batch.names.name(event.backend) ?? "-") \(batch.string(event.client) ?? "-")")
      }
      batch.clear()
    }
    reader.read(Array(text.utf8), inBlocksOf: size, into: &batch, deliver: deliver)
    return told
  }

  @Test("envelopes are peeled in any nesting, and blocks of any size tell the same")
  func chunking() {
    let whole = read(lines, blocks: 1 << 20)
    #expect(
      whole == [
        "1 2026-11-20T23:57:51.236Z ok ord1 203.0.113.7",
        "2 2026-11-20T23:57:52.236Z connect-refused ord1 203.0.113.7",
        "3 2026-11-20T23:57:53.236Z ok ord1 203.0.113.7",
      ])
    for size in [1, 2, 7, 64, 200] { #expect(read(lines, blocks: size) == whole) }
  }

  @Test("a line as long as may be is read the same when a block ends within its line end")
  func longestLine() {
    for excess in -2...2 {
      let size = RecordReader.longestRecord + excess
      let line = String(repeating: "x", count: size) + "\r\n"
      var counts: Set<ReadingCounts> = []
      for block in [size - 1, size, size + 1, size + 2] {
        var reader = RecordReader(HAProxyLog.self, FormatSettings())
        var batch = EventBatch()
        let bytes = Array(line.utf8)
        var at = 0
        for end in [block, bytes.count] {
          at += reader.consume(
            bytes.span.extracting(at..<end), atEnd: end == bytes.count, into: &batch
          ) { batch, _ in batch.clear() }
        }
        counts.insert(reader.counts)
      }
      #expect(counts.count == 1)
    }
  }
}

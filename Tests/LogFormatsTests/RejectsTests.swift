import LogEvents
import TestSupport
import Testing

@testable import LogFormats

/// Issue 3: what `--rejects` keeps are the faults that the ledger counts, also where lines were read
/// again for a dialect that was found behind the head.
struct RejectsTests {
  /// Reads with copies of rejected records; the head that is sniffed ends after `head` bytes.
  private func read(
    _ bytes: [UInt8], _ settings: FormatSettings, head: Int
  ) -> (counts: ReadingCounts, rejects: [Rejects.Record])? {
    let sniffed = bytes.span.extracting(0..<min(head, bytes.count))
    guard let choice = Sniffer.choose(sniffed, settings) else { return nil }
    var reader = RecordReader(choice, settings)
    reader.rejects = Rejects()
    var batch = EventBatch()
    _ = reader.consume(bytes.span, atEnd: true, into: &batch) { batch, _ in batch.clear() }
    reader.finish(into: &batch) { batch, _ in batch.clear() }
    return (reader.counts, reader.rejects?.records ?? [])
  }

  @Test("rejects and ledger reconcile", arguments: Sample.all)
  func reconcile(_ sample: Sample) throws {
    let (settings, _) = try sample.expected()
    let bytes = try sample.bytes()
    var random = Dice(UInt64(bytes.count))
    let damage = bytes.map { byte in
      byte != UInt8(ascii: "\n") && random.next() % 200 == 0 ? UInt8(0xff) : byte
    }
    let rubbish = Array("neither this\n nor\n\tthat\nis a record\n".utf8)
    let heads: [any LogFormat.Type] = [
      HAProxyLog.self, CAGatewayLog.self, GoogleLoadBalancer.self,
    ]
    for (index, first) in heads.enumerated() where index != bytes.count % 3 {
      let head = Array(Array(repeating: first.card.sample + "\n", count: 20).joined().utf8)
      for log in [damage, head + damage + rubbish, head + rubbish + bytes + rubbish + head] {
        guard let result = read(log, settings, head: head.count) else { continue }
        var kept: [RecordFault: Int] = [:]
        for record in result.rejects { kept[record.fault, default: 0] += 1 }
        #expect(kept == result.counts.faults, "\(sample.testDescription) behind \(first.card.name)")
        let lines = log.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for record in result.rejects {
          // The copy is of the lines from the one it names on.
          let line = lines[record.line - 1]
          #expect(record.bytes.starts(with: line.prefix(RecordReader.longestRecord)))
        }
        for (kind, first) in result.counts.firstFaults {
          #expect(result.rejects.first { $0.fault == kind }?.line == first.line, "\(kind)")
        }
      }
    }
  }
}

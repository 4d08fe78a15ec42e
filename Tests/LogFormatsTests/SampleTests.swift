import Foundation
import LogEvents
import LogFormats
import TestSupport
import Testing

/// Every sample of the repository against what must be read, and the laws of reading.
struct SampleTests {
  @Test("every sample reads as its expectations say", arguments: Sample.all)
  func readsAsExpected(_ sample: Sample) throws {
    let (settings, rows) = try sample.expected()
    let told = read(try sample.bytes(), settings).told.filter {
      $0.fields["class"] != .string("info")
    }
    var open = told
    for row in rows where row["class"]?.string != "info" {
      let match = open.firstIndex { event in
        row.allSatisfy { key, value in
          guard let got = event.fields[key] else { return true }
          return got == value || key == "status" && value == .null
        }
      }
      if let match {
        open.remove(at: match)
      } else {
        let near = told.filter { .number(Double($0.line)) == row["line"] }
        Issue.record("\(sample.testDescription): expected \(row), got \(near)")
      }
    }
    #expect(open.isEmpty, "events that nobody expects")
  }

  @Test("blocks of any size tell the same", arguments: Sample.all)
  func chunking(_ sample: Sample) throws {
    let (settings, _) = try sample.expected()
    let bytes = try sample.bytes()
    let whole = read(bytes, settings)
    for size in [1, 61, 1024] {
      let parts = read(bytes, settings, blockSize: size)
      #expect(parts.told == whole.told)
      #expect(parts.counts == whole.counts)
    }
  }

  @Test("every record is an event, chatter or a fault", arguments: Sample.all)
  func reconciles(_ sample: Sample) throws {
    let (settings, _) = try sample.expected()
    let counts = read(try sample.bytes(), settings).counts
    #expect(counts.records > 0)
    #expect(counts.chatter + counts.faultCount <= counts.records)
  }

  @Test("cut, flipped and doubled bytes never stop any format", arguments: Sample.all)
  func mutations(_ sample: Sample) throws {
    let (settings, _) = try sample.expected()
    let bytes = try sample.bytes()
    var random = Dice(UInt64(bytes.count))
    let marks = Array("-:/[]\"<>{}= 9\\".utf8)
    for round in 0..<24 {
      var mutant = bytes
      for _ in 0..<(1 + round * 4) {
        guard !mutant.isEmpty else { break }
        let at = Int(random.next() % UInt64(mutant.count))
        switch random.next() % 4 {
        case 0: mutant[at] = UInt8(truncatingIfNeeded: random.next())
        case 1: mutant.removeSubrange(at..<min(mutant.count, at + Int(random.next() % 40)))
        case 2:
          mutant.insert(contentsOf: mutant[at..<min(mutant.count, at + 9)], at: at)
        default: mutant[at] = marks[Int(random.next() % UInt64(marks.count))]
        }
      }
      let counts = read(mutant, settings).counts
      #expect(counts.chatter + counts.faultCount <= counts.records)
      // Foreign formats see it too: sniffing runs every one of them over the head.
      let cut = Array(mutant.prefix(Int(random.next() % UInt64(max(1, mutant.count)))))
      _ = Sniffer.scores(cut.span, settings)
    }
  }
}

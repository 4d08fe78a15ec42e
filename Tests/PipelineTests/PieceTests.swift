import Correlator
import Foundation
import LogFormats
import LogIntake
import TestSupport
import Testing

@testable import Pipeline

@Suite("A file read in pieces")
struct PieceTests {
  private typealias Told = (digest: Digest, files: [FileResult<DigestConsumer>])

  private func told(
    _ sources: [Source], _ settings: FormatSettings, pieceBytes: Int?
  ) -> Told {
    run(settings, pieceBytes).digest(sources, roots: [])
  }

  private func run(_ settings: FormatSettings, _ pieceBytes: Int?) -> Run {
    var run = Run(workers: pieceBytes == nil ? 1 : 3) { _ in settings }
    run.pieceBytes = pieceBytes
    // Often less than what the records of an exchange lie apart.
    run.overlapBytes = pieceBytes
    return run
  }

  /// Whether the file could be cut.
  @discardableResult
  private func expectSame(
    _ bytes: some Sequence<UInt8>, _ settings: FormatSettings, pieceBytes: Int
  ) throws -> Bool {
    let directory = try LogDirectory()
    defer { directory.remove() }
    try directory.write(bytes, to: "x.log")
    let whole = told(directory.sources, settings, pieceBytes: nil)
    let pieces = told(directory.sources, settings, pieceBytes: pieceBytes)
    #expect(pieces.digest == whole.digest)
    let (ours, theirs) = (try #require(pieces.files.first), try #require(whole.files.first))
    #expect(ours.counts == theirs.counts)
    #expect(ours.format?.name == theirs.format?.name)
    #expect(ours.assumed == theirs.assumed)
    #expect(ours.contentHash == theirs.contentHash)
    #expect(ours.problem?.kind == theirs.problem?.kind)
    return !run(settings, pieceBytes).readInPieces(directory.sources) { _ in "" }.isEmpty
  }

  @Test("tells what the whole tells, whatever the size of the pieces", arguments: Sample.all)
  func samples(sample: Sample) throws {
    let (settings, _) = try sample.expected()
    for size in [300, 1500, 7000] {
      try expectSame(sample.bytes(), settings, pieceBytes: size)
    }
    try expectSame(gzipped(Array(sample.bytes())), settings, pieceBytes: 1500)
  }

  @Test("is unpacked once, and read as it was packed", arguments: [900, 4000, 70_001])
  func packed(size: Int) throws {
    let text = Array(proxyLog(lines: 3000) { $0 % 50 == 0 }.utf8)
    let packed = gzipped(text)
    #expect(try expectSame(packed, FormatSettings(), pieceBytes: size))
    // An endless line is not held in memory.
    let endless = text + [UInt8](repeating: 0x61, count: 900_000) + text
    #expect(try !expectSame(gzipped(endless, level: 0), FormatSettings(), pieceBytes: size))
    // Damage is told by the reader of the whole, after all that came before it.
    #expect(try !expectSame(packed.dropLast(200), FormatSettings(), pieceBytes: size))
  }

  /// One exchange every 10 ms, some of them failed; `odd` says which lines are written twice.
  private func proxyLog(lines: Int, twin odd: (Int) -> Bool) -> String {
    var text = ""
    for number in 0..<lines {
      let time = String(
        format: "20/Nov/2026:07:%02d:%02d.%03d", number / 6000, number / 100 % 60, number % 100 * 10
      )
      let isFailed = number % 97 < 5
      let line =
        "203.0.113.\(number % 250):\(40000 + number % 20000) [\(time)] fe be_\(number % 3)/srv1 "
        + (isFailed ? "0/0/-1/-1/3002 503 212 - - sC--" : "0/0/1/9/10 200 87 - - ----")
        + " 1/1/0/0/3 0/0 \"GET /a/\(number) HTTP/1.1\"\n"
      text += odd(number) ? line + line : line
    }
    return text
  }

  @Test("cuts no twin lines apart", arguments: [900, 4000, 70_001])
  func twins(size: Int) throws {
    let wasCut = try expectSame(
      proxyLog(lines: 3000) { $0 % 3 == 0 }.utf8, FormatSettings(), pieceBytes: size)
    #expect(wasCut)
    let same = String(repeating: proxyLog(lines: 1) { _ in false }, count: 999)
    try expectSame(same.utf8, FormatSettings(), pieceBytes: size)
  }

  @Test("knows transactions that failed before a cut", arguments: [700, 5000, 100_000])
  func transactions(size: Int) throws {
    var text = ""
    for number in 0..<4000 {
      let second = String(format: "%02d:%02d", number / 60 % 60, number % 60)
      // Every seventh transaction fails again 40 lines later, every hundredth 3,000 lines later.
      let back = number % 7 == 0 && number > 40 ? 40 : number % 100 == 3 && number > 3000 ? 3000 : 0
      text += #"{"file":"a","line":\#(number),"time":"2026-11-20T07:\#(second)Z","#
      text += #""class":"connect-refused","backend":"b\#(number % 2):80","#
      text += #""transaction":"t\#(number - back)"}"# + "\n"
    }
    let wasCut = try expectSame(text.utf8, FormatSettings(), pieceBytes: size)
    #expect(wasCut)
  }

  /// Transactions of three records, thirty lines and a third of a second apart; some have a trace.
  private func gatewayLog(transactions: Int) -> [String] {
    var lines: [(place: Int, text: String)] = []
    for number in 0..<transactions {
      for step in 0..<3 {
        let place = number * 3 + step * 30
        let stamp = String(
          format: "20261120T07%02d%02d.%03dZ", place / 6000 % 60, place / 100 % 60, place % 100 * 10
        )
        let head =
          "\(stamp) [0x80e00126][mpgw][error] mpgw(Orders): tid(\(7000 + number))[192.0.2.21]"
        let url = "https://app\(number % 3).example.com:8443/submit"
        let text =
          switch step {
          case 0: " Valid backside connection could not be established: refused, url: \(url)"
          case 1: " Failed to establish a backside connection, url: \(url)\n  at line\n  at other"
          default: " Backside header failed to parse due to: no answer, url: \(url)"
          }
        lines.append((place, head + text + "\n"))
      }
    }
    return lines.sorted { $0.place < $1.place }.map(\.text)
  }

  @Test(
    "goes on with what the piece before left open, known or not",
    arguments: [600, 5000, 30_000], [100, 8000, 1_000_000])
  func openRecords(size: Int, overlap: Int) throws {
    let directory = try LogDirectory()
    defer { directory.remove() }
    try directory.write(gatewayLog(transactions: 600).joined().utf8, to: "x.log")
    let whole = told(directory.sources, FormatSettings(), pieceBytes: nil)
    #expect(whole.digest.backends.count == 3)
    var run = run(FormatSettings(), size)
    run.overlapBytes = overlap
    let pieces = run.readInPieces(directory.sources) { _ in "" }
    #expect(pieces[0]?.digest == whole.digest)
    #expect(pieces[0]?.counts == whole.files.first?.counts)
  }

  @Test("may end amid a line, or with lines that nobody knows", arguments: [900, 4000])
  func unfinished(size: Int) throws {
    let text = Array(proxyLog(lines: 400) { _ in false }.utf8)
    for cut in [1, 30, 90, 140] {
      #expect(try expectSame(text.dropLast(cut), FormatSettings(), pieceBytes: size))
    }
    for count in 1...6 {
      let strange = Array(String(repeating: "what nobody knows\n", count: count).utf8)
      #expect(try expectSame(text + strange, FormatSettings(), pieceBytes: size))
      try expectSame(text + strange + text, FormatSettings(), pieceBytes: size)
    }
  }

  @Test("is read whole where something reaches over a cut")
  func readsWhole() throws {
    let header = "2026-11-20T07:00:00.001+00:00 lb1 haproxy[9]: "
    let lines = proxyLog(lines: 400) { _ in false }.split(separator: "\n").map {
      header + $0 + "\n"
    }
    let repeated = lines.joined(separator: header + "last message repeated 3 times\n")
    let wasCut = try expectSame(repeated.utf8, FormatSettings(), pieceBytes: 2000)
    #expect(!wasCut)
  }
}

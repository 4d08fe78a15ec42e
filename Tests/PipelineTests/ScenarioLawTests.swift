import Correlator
import Foundation
import LogEvents
import LogIntake
import TestSupport
import Testing

/// Scenarios of known truth, where they are: beside the checkout in `../shared`.
///
/// Every fiftieth, or all with `LOGTRIAGE_SCENARIOS=all` in the environment.
enum Scenarios {
  static let paths: [URL] = {
    let folder = Sample.root.deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "shared/correlator-bench/dev")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let found = names.filter { $0.hasSuffix(".ndjson.gz") }.sorted()
    let step = ProcessInfo.processInfo.environment["LOGTRIAGE_SCENARIOS"] == "all" ? 1 : 50
    return stride(from: 0, to: found.count, by: step).map { folder.appending(path: found[$0]) }
  }()
}

/// One line of a scenario.
struct ScenarioLine: Decodable {
  var time: Double
  var source: String
  var gateway: String?
  var backend: String?
  var ok: Bool?
  var client: String?
  var url: String?
  var transaction: String?
  var n: Int?
  var span: Double?
  var `class`: String?
}

@Suite("The digest's law on scenarios of known truth")
struct ScenarioLawTests {
  @Test(
    "Any partition of a scenario's logs, merged in any order, is the digest of the whole",
    .enabled(if: !Scenarios.paths.isEmpty), arguments: Scenarios.paths)
  func mergesAnyPartition(of path: URL) throws {
    let logs = Dictionary(grouping: try Self.lines(of: path), by: \.source)
    var whole = Digest()
    var pieces: [Digest] = []
    var dice = SystemRandomNumberGenerator()
    for (log, lines) in logs {
      var memory = TransactionMemory()
      whole.merge(Self.digest(lines[...], of: log, .whole, &memory))
      memory = TransactionMemory()
      let cuts = [0] + (0..<4).map { _ in Int.random(in: 0...lines.count) }.sorted() + [lines.count]
      for (number, (start, end)) in zip(cuts, cuts.dropFirst()).enumerated() {
        let piece = Piece(
          start: number == 0 ? 0 : UInt64(start * 8 + number),
          end: number == cuts.count - 2 ? .max : UInt64(end * 8 + number + 1))
        pieces.append(Self.digest(lines[start..<end], of: log, piece, &memory))
      }
    }
    while pieces.count > 1 {
      let piece = pieces.remove(at: Int.random(in: pieces.indices, using: &dice))
      pieces[Int.random(in: pieces.indices, using: &dice)].merge(piece)
    }
    #expect(pieces.first == whole)
  }

  private static func lines(of path: URL) throws -> [ScenarioLine] {
    var bytes: [UInt8] = []
    try ChunkReader.read(Source(path: path.path, size: 0, modifiedMilliseconds: nil)) { block, _ in
      for at in block.indices { bytes.append(block[at]) }
      return block.count
    }
    return try bytes.split(separator: 10).map {
      try JSONDecoder().decode(ScenarioLine.self, from: Data($0))
    }
  }

  private static func digest(
    _ lines: ArraySlice<ScenarioLine>, of log: String, _ piece: Piece,
    _ memory: inout TransactionMemory
  ) -> Digest {
    var builder = DigestBuilder(file: log, piece: piece, gateway: log)
    var batch = EventBatch()
    for (number, line) in zip(lines.indices, lines) {
      let time = Timestamp(milliseconds: Int64((line.time * 1000).rounded()))
      var event = Event(time: time, line: UInt32(number + 1), outcome: line.outcome)
      event.hasMilliseconds = time != time.wholeSecond
      event.count = UInt32(line.n ?? 1)
      event.spanMilliseconds = UInt32(((line.span ?? 0) * 1000).rounded())
      event.note =
        line.class == "suppressed" ? .suppressed : line.class == "deploy" ? .deploy : .none
      if let name = line.backend { event.backend = batch.names.id(name) }
      if let name = line.gateway { event.gateway = batch.names.id(name) }
      if let text = line.client { event.client = batch.keep(Array(text.utf8)) }
      if let text = line.url { event.uri = batch.keep(Array(text.utf8)) }
      if let text = line.transaction { event.transaction = batch.keep(Array(text.utf8)) }
      batch.stand(at: Int(event.line))
      batch.append(event)
      guard batch.isFull else { continue }
      builder.add(batch, memory: &memory)
      batch.clear()
    }
    builder.add(batch, memory: &memory)
    return builder.finish()
  }
}

extension ScenarioLine {
  fileprivate var outcome: Outcome {
    switch (ok, self.class) {
    case (true, _): .ok
    case (nil, "health_down"): .serverDown
    case (nil, "health_up"): .serverUp
    case (nil, "client_abort"): .clientAbort
    case (nil, _): .info
    case (_, "connect_refused"): .connectRefused
    case (_, "connect_timeout"): .connectTimeout
    case (_, "reset"): .connectionReset
    case (_, "http_5xx"): .http5xx
    default: .other
    }
  }
}

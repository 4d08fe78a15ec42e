import LogEvents
import TestSupport

@testable import Correlator

/// Events made up by a test, digested as one log or as several.
struct Story {
  struct Moment {
    var time: Int64
    var outcome: Outcome
    var backend: String
    var log: String
  }

  /// 2026-11-20T07:00:00Z in milliseconds.
  static let start: Int64 = 1_795_158_000_000
  var moments: [Moment] = []

  mutating func tell(
    _ seconds: Double, _ outcome: Outcome, _ backend: String = "be1.example.com:8443",
    log: String = "gw1.log"
  ) {
    moments.append(
      Moment(
        time: Self.start + Int64(seconds * 1000), outcome: outcome, backend: backend, log: log))
  }

  /// One success a second from `from` to `to`, a fraction off the second so that stamps have
  /// milliseconds.
  mutating func succeed(
    from: Int, to: Int, every: Int = 1, _ backend: String = "be1.example.com:8443",
    log: String = "gw1.log"
  ) {
    for second in stride(from: from, to: to, by: every) {
      tell(Double(second) + 0.137, .ok, backend, log: log)
    }
  }

  /// The digest of the moments of some logs, in order of time.
  func digest(of logs: [String]? = nil) -> Digest {
    var digest = Digest()
    for log in Set(moments.map(\.log)).sorted() where logs?.contains(log) ?? true {
      var memory = TransactionMemory()
      digest.merge(Self.digest(lines(of: log)[...], of: log, .whole, &memory))
    }
    return digest
  }

  /// Digests of pieces of the logs, each log cut at as many places, in order.
  func pieces(cuts: Int, _ dice: inout Dice) -> [Digest] {
    var pieces: [Digest] = []
    for log in Set(moments.map(\.log)).sorted() {
      let lines = lines(of: log)
      var places = (0..<cuts).map { _ in Int.random(in: 0...lines.count, using: &dice) }.sorted()
      places = [0] + places + [lines.count]
      var memory = TransactionMemory()
      for (number, (start, end)) in zip(places, places.dropFirst()).enumerated() {
        // Sixteen to a line, so that an empty piece has a place as well.
        let piece = Piece(
          start: number == 0 ? 0 : UInt64(start * 16 + number),
          end: number == cuts ? .max : UInt64(end * 16 + number + 1))
        pieces.append(Self.digest(lines[start..<end], of: log, piece, &memory))
      }
    }
    return pieces
  }

  private func lines(of log: String) -> [Moment] {
    moments.filter { $0.log == log }.sorted { $0.time < $1.time }
  }

  private static func digest(
    _ lines: ArraySlice<Moment>, of log: String, _ piece: Piece, _ memory: inout TransactionMemory
  ) -> Digest {
    let builder = DigestBuilder(file: log, piece: piece, gateway: String(log.prefix(3)))
    return digested(builder, &memory, lines.count) { number, batch in
      let moment = lines[lines.startIndex + number]
      var event = Event(
        time: Timestamp(milliseconds: moment.time), line: UInt32(lines.startIndex + number + 1),
        outcome: moment.outcome)
      event.hasMilliseconds = true
      event.backend = batch.names.id(moment.backend)
      return event
    }
  }

  func cases() -> [Case] { Classifier.classify(digest()).cases }
}

/// The digest of `count` events, each made from its number.
func digested(
  _ builder: consuming DigestBuilder, _ memory: inout TransactionMemory, _ count: Int,
  _ event: (Int, inout EventBatch) -> Event
) -> Digest {
  var builder = builder
  var batch = EventBatch()
  for number in 0..<count {
    let event = event(number, &batch)
    batch.stand(at: Int(event.line))
    batch.append(event)
    if batch.isFull {
      builder.add(batch, memory: &memory)
      batch.clear()
    }
  }
  builder.add(batch, memory: &memory)
  return builder.finish()
}

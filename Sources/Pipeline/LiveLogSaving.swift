import Correlator
import Foundation
import LogEvents
import LogFormats
import LogIntake

extension LiveLog {
  /// What another process needs to go on; `nil` when the lines at hand do not lead a fresh reader
  /// to where this one is.
  mutating func saved() -> SavedLog? {
    var saved = SavedLog(path: source.path, gateway: gateway)
    saved.lastPart = lastPart
    if let head {
      saved.head = Data(head)
      return saved
    }
    settle()
    cutSlice()
    guard let reader else {
      saved.choice = []
      return saved
    }
    guard
      let warmUp = recent.warmUp(leadingTo: reader, names: batch.names, makeReader: { restored() })
    else { return nil }
    saved.choice = choice
    saved.warmUp = Data(warmUp.bytes)
    (saved.bytesBefore, saved.linesBefore) = (warmUp.bytesBefore, warmUp.linesBefore)
    saved.counts = SavedCounts(counts)
    saved.account = account
    saved.pieceStart = pieceStart
    saved.memory = memory
    (saved.assumesZone, saved.assumesYear) = assumptions
    saved.outside = outside
    saved.slices = joinedSlices()
    saved.latest = latest
    saved.partials = partials.mapValues { Data($0) }
    return saved
  }

  /// Fewer and longer slices: they are most of a saved log, and a window that goes back a little
  /// further after a restart does no harm.
  private func joinedSlices() -> [Slice] {
    let length = max(1000, windowMilliseconds / 4)
    var joined: [Slice] = []
    for slice in slices {
      if let last = joined.last, last.last / length == slice.last / length {
        joined[joined.count - 1].last = slice.last
        joined[joined.count - 1].digest.merge(slice.digest)
      } else {
        joined.append(slice)
      }
    }
    return joined
  }

  private func restored() -> RecordReader? {
    let settings = run.settings(source)
    let known = FormatShelf.all + OwnerFormat.Dialect.allCases.map(\.reader)
    let types = choice.compactMap { name in known.first { $0.card.name == name } }
    guard let first = types.first, types.count == choice.count else { return nil }
    var choice = Sniffer.Choice(format: first)
    choice.companions = Array(types.dropFirst())
    return RecordReader(choice, settings)
  }

  /// Goes on where another process stopped.
  mutating func restore(_ saved: SavedLog, at now: Int64) {
    lastPart = saved.lastPart
    if let head = saved.head.map(Array.init) {
      take(head.span, part: saved.lastPart, at: now)
      isDirty = false
      return
    }
    head = nil
    choice = saved.choice
    guard var reader = restored() else { return }
    reader.begin(afterBytes: saved.bytesBefore, lines: saved.linesBefore)
    let warmUp = Array(saved.warmUp)
    _ = reader.consume(warmUp.span, atEnd: false, into: &batch) { batch, _ in batch.clear() }
    batch.clear()
    recent = RecentLines(
      warmUp, bytesBefore: saved.bytesBefore, linesBefore: saved.linesBefore)
    countsBefore = saved.counts.counts.subtracting(reader.counts)
    self.reader = reader
    pieceStart = saved.pieceStart
    memory = saved.memory
    assumedBefore = (saved.assumesZone, saved.assumesYear)
    outside = saved.outside
    builder = Self.newBuilder(source, gateway, pieceStart: pieceStart)
    account = saved.account
    slices = saved.slices
    window = nil
    latest = saved.latest
    partials = saved.partials.mapValues(Array.init)
  }
}

import LogEvents
import TestSupport
import Testing

@testable import Correlator

@Suite("The digest is a commutative monoid")
struct DigestTests {
  /// A few backends, a few logs, many moments: enough that cells coarsen and samples shrink.
  private static func story(_ seed: UInt64, moments: Int) -> Story {
    var dice = Dice(seed)
    var story = Story()
    let outcomes: [Outcome] = [.ok, .ok, .ok, .connectRefused, .http5xx, .serverDown, .clientAbort]
    for _ in 0..<moments {
      story.tell(
        Double(Int.random(in: 0..<2_000_000, using: &dice)) / 100,
        outcomes.randomElement(using: &dice) ?? .ok,
        ["a:1", "b:2", "c:3"].randomElement(using: &dice) ?? "a:1",
        log: ["gw1.log", "gw2.log", "gw3.log"].randomElement(using: &dice) ?? "gw1.log")
    }
    return story
  }

  @Test("Any order and grouping of merges gives the same digest", arguments: [1, 2, 3] as [UInt64])
  func mergesInAnyOrder(seed: UInt64) {
    let story = Self.story(seed, moments: 20_000)
    let (a, b, c) = (
      story.digest(of: ["gw1.log"]), story.digest(of: ["gw2.log"]), story.digest(of: ["gw3.log"])
    )
    func merged(_ parts: Digest...) -> Digest {
      var sum = Digest()
      for part in parts { sum.merge(part) }
      return sum
    }
    let all = merged(a, b, c)
    #expect(merged(c, a, b) == all)
    #expect(merged(b, merged(c, a)) == all)
    #expect(merged(all, Digest()) == all)
    #expect(all == story.digest())
    #expect(a != all)
  }

  @Test("Cells coarsen to the same grid whatever the split")
  func coarsensCanonically() {
    var dice = Dice(7)
    var whole = CellSeries(limit: 64)
    var parts = [CellSeries](repeating: CellSeries(limit: 64), count: 5)
    for _ in 0..<3000 {
      let time = Int64.random(in: -5_000_000...90_000_000, using: &dice)
      whole.add(at: time, count: 2)
      parts[Int.random(in: 0..<5, using: &dice)].add(at: time, count: 2)
    }
    var merged = CellSeries(limit: 64)
    for part in parts.reversed() { merged.merge(part) }
    #expect(merged == whole)
    #expect(whole.total == 6000)
    #expect(whole.cells.count <= 64)
    #expect(whole.level > 0)
  }

  @Test("Pieces in the order of time sum to the same cells, also where a cell lies over a cut")
  func appendsCells() {
    var dice = Dice(11)
    var (whole, sum) = (CellSeries(limit: 64), CellSeries(limit: 64))
    var time: Int64 = 0
    for _ in 0..<200 {
      var piece = CellSeries(limit: 64)
      for _ in 0..<Int.random(in: 0...20, using: &dice) {
        time += Int64.random(in: 0...3000, using: &dice)
        whole.add(at: time, count: 1)
        piece.add(at: time, count: 1)
      }
      sum.merge(piece)
    }
    #expect(sum == whole)
    #expect(whole.level > 0)
  }

  @Test("A full sample takes few and many others as a sample of all would have them")
  func mergesSamples() {
    var dice = Dice(5)
    func exchange(_ line: Int) -> SampledExchange {
      SampledExchange(
        hash: UInt64.random(in: 0..<4000, using: &dice), time: 0, outcome: .ok,
        line: UInt32(line), duration: 1, status: 200, file: "\(line).log", gateway: "gw1",
        client: "2001:db8:0:0:0:0:0:\(line)", path: line % 3 == 0 ? nil : "/orders/\(line)")
    }
    var all: [SampledExchange] = []
    var sum = ExchangeSample(limit: 64)
    for count in [10, 200, 3, 1, 90, 7, 40, 0, 5] {
      let part = (0..<count).map { exchange(all.count + $0) }
      all += part
      sum.merge(ExchangeSample(limit: 64, of: part))
    }
    #expect(sum == ExchangeSample(limit: 64, of: all))
    #expect(sum.exchanges.count == 64)
  }

  @Test("A transaction that fails twice in one log is one failure and one more attempt")
  func countsAttemptsApart() {
    var memory = TransactionMemory()
    var builder = DigestBuilder(file: "gw1.log", gateway: "gw1")
    var batch = EventBatch()
    for line in 1...3 as ClosedRange<UInt32> {
      var event = Event(
        time: Timestamp(milliseconds: Story.start + Int64(line) * 100), line: line,
        outcome: .connectRefused)
      event.backend = batch.names.id("be1:80")
      event.transaction = batch.keep(Array((line < 3 ? "tx-1" : "tx-2").utf8))
      batch.append(event)
    }
    builder.add(batch, memory: &memory)
    let backend = builder.finish().backends.values.first
    #expect(backend?.failures.total == 2)
    #expect(backend?.attempts == 1)
    #expect(backend?.entries == 3)
  }

  @Test("Health checks and client aborts are not a backend's failed exchanges")
  func leavesOutWhatIsNoExchange() {
    var memory = TransactionMemory()
    var builder = DigestBuilder(file: "lb1.log", gateway: "lb1")
    var batch = EventBatch()
    var check = Event(
      time: Timestamp(milliseconds: Story.start), line: 1, outcome: .connectRefused)
    check.journal = .state
    check.backend = batch.names.id("ord1")
    var abort = Event(time: check.time, line: 2, outcome: .clientAbort)
    abort.backend = check.backend
    batch.append(check)
    batch.append(abort)
    builder.add(batch, memory: &memory)
    let digest = builder.finish()
    #expect(digest.backends.isEmpty)
    #expect(digest.clientAborts == 1)
  }

  @Test("Files cut anywhere, merged in any order, give the digest of the whole files")
  func joinsPieces() {
    for seed in 1...12 as ClosedRange<UInt64> {
      let story = Self.story(seed, moments: 3000)
      var dice = Dice(seed)
      var pieces = story.pieces(cuts: Int.random(in: 1...9, using: &dice), &dice)
      pieces.shuffle(using: &dice)
      // In a tree, as workers and machines merge.
      while pieces.count > 1 {
        let a = pieces.remove(at: Int.random(in: pieces.indices, using: &dice))
        let b = Int.random(in: pieces.indices, using: &dice)
        pieces[b].merge(a)
      }
      #expect(pieces.first == story.digest())
    }
  }

  @Test("Pieces that are not all there still tell the runs that they hold")
  func keepsRunsOfPieces() {
    var story = Story()
    story.succeed(from: 0, to: 100)
    for second in 100..<160 { story.tell(Double(second), .connectRefused) }
    story.succeed(from: 160, to: 200)
    var dice = Dice(5)
    let pieces = story.pieces(cuts: 3, &dice)
    var two = pieces[0]
    two.merge(pieces[2])
    #expect(two != story.digest())
    let told = two.backends.values.first?.knownRuns.reduce(0) { $0 + $1.failures } ?? 0
    #expect(told == two.backends.values.first?.failures.total)
    two.merge(pieces[3])
    two.merge(pieces[1])
    #expect(two == story.digest())
  }

  @Test("Servers of one name in two pools are two backends")
  func namesMembersByTheirPool() {
    var builder = DigestBuilder(file: "lb1.log", gateway: "lb1")
    var memory = TransactionMemory()
    var batch = EventBatch()
    for line in 1...40 as ClosedRange<UInt32> {
      var event = Event(
        time: Timestamp(milliseconds: Story.start + Int64(line) * 100), line: line,
        outcome: line % 2 == 0 ? .ok : .connectRefused)
      event.journal = .access
      event.backend = batch.names.id("s1")
      event.pool = batch.names.id(line % 2 == 0 ? "be_a" : "be_b")
      batch.append(event)
    }
    builder.add(batch, memory: &memory)
    let backends = builder.finish().backends
    #expect(backends.keys.map(\.backend).sorted() == ["be_a/s1", "be_b/s1"])
    #expect(backends.values.map(\.failures.total).sorted() == [0, 20])
  }

  @Test("Backends beyond the limit are told as one, and nothing is lost")
  func joinsBackendsBeyondTheLimit() {
    var builder = DigestBuilder(file: "lb1.log", gateway: "lb1")
    var memory = TransactionMemory()
    var batch = EventBatch()
    let limit = UInt32(DigestBuilder.backendLimit)
    for line in 1...(limit + 500) {
      var event = Event(
        time: Timestamp(milliseconds: Story.start + Int64(line)), line: line,
        outcome: line % 5 == 0 ? .connectRefused : .ok)
      event.journal = .access
      event.backend = batch.names.id("s\(line)")
      event.pool = batch.names.id("be_\(line % 3)")
      batch.append(event)
    }
    builder.add(batch, memory: &memory)
    let digest = builder.finish()
    #expect(digest.backends.count == Int(limit) + 1)
    #expect(digest.joinedNames == [BackendKey.otherBackends])
    #expect(digest.backends.values.reduce(0) { $0 + $1.failures.total } == (Int(limit) + 500) / 5)
    let others = BackendKey(backend: BackendKey.otherBackends, gateway: "lb1", journal: .access)
    #expect(digest.backends[others]?.successes.total == 400)
  }
}

/// Which bytes of a file a digest was made from: [start, end), or any other measure of place that
/// grows along the file.
///
/// The last piece of a file ends at `.max`.
package struct Piece: Sendable, Hashable, Codable {
  package var start: UInt64
  package var end: UInt64

  package init(start: UInt64, end: UInt64) {
    self.start = start
    self.end = end
  }

  package static let whole = Piece(start: 0, end: .max)
}

/// What one piece of a file told of a backend and what its neighbours must know to go on: a run
/// without success and an idle time may begin in one piece and end in another.
///
/// Joining is associative: the stretches of all pieces give the runs and idle times of the whole file,
/// in whatever order they come together. What is first, last and next goes by the order of records,
/// so that a clock that goes back changes nothing.
package struct Stretch: Sendable, Equatable, Codable {
  /// Failures without a success between them.
  package struct Failures: Sendable, Equatable, Codable {
    var count: Int
    /// Milliseconds since 1970.
    var first: Int64
    var last: Int64

    static func joined(_ a: Failures?, _ b: Failures?) -> Failures? {
      guard let a else { return b }
      guard let b else { return a }
      return Failures(
        count: a.count + b.count, first: min(a.first, b.first), last: max(a.last, b.last))
    }
  }

  /// The first request: the time since the one before it is known only where that is.
  struct Opening: Sendable, Equatable, Codable {
    var time: Int64
    /// Failures for which the idle time counts; 0 for a success, `nil` where it says nothing.
    var failures: Int?
  }

  /// The file of which `piece` is a part, and the stream in it.
  var file: String
  var stream: String
  var piece = Piece.whole
  var opening: Opening?
  var lastRequest: Int64?
  /// Failures before the first success, or all where none succeeded.
  var head: Failures?
  var firstSuccess: Int64?
  var lastSuccess: Int64?
  /// Failures after the last success.
  var tail: Failures?

  init(file: String, stream: String) {
    self.file = file
    self.stream = stream
  }

  mutating func succeed(at time: Int64, _ digest: inout BackendDigest) {
    request(at: time, failures: 0, &digest)
    if let lastSuccess, let tail {
      digest.runs.add(run(tail, since: lastSuccess, until: time))
    }
    tail = nil
    if firstSuccess == nil { firstSuccess = time }
    lastSuccess = time
  }

  /// Goes on behind successes whose idle times have been counted, the last of them at `time`.
  mutating func goOn(to time: Int64) {
    lastRequest = time
    lastSuccess = time
  }

  /// `span`: the count covers [time, time + span), in milliseconds; then it says nothing of idle times.
  mutating func fail(at time: Int64, span: Int64, count: Int, _ digest: inout BackendDigest) {
    request(at: time, failures: span == 0 ? count : nil, &digest)
    let more = Failures(count: count, first: time, last: time &+ span)
    if firstSuccess == nil {
      head = .joined(head, more)
    } else {
      tail = .joined(tail, more)
    }
  }

  private mutating func request(at time: Int64, failures: Int?, _ digest: inout BackendDigest) {
    let next = Opening(time: time, failures: failures)
    if let lastRequest {
      digest.idle.add(from: lastRequest, to: next)
    } else {
      opening = next
    }
    lastRequest = time
  }

  /// Goes on with what the piece behind this one told.
  mutating func join(_ next: Stretch, _ digest: inout BackendDigest) {
    if let lastRequest, let opening = next.opening {
      digest.idle.add(from: lastRequest, to: opening)
    }
    opening = opening ?? next.opening
    lastRequest = next.lastRequest ?? lastRequest
    let middle = Failures.joined(firstSuccess == nil ? head : tail, next.head)
    if let lastSuccess, let success = next.firstSuccess, let middle {
      digest.runs.add(run(middle, since: lastSuccess, until: success))
    }
    if firstSuccess == nil {
      head = middle
      tail = next.tail
    } else {
      tail = next.firstSuccess == nil ? middle : next.tail
    }
    firstSuccess = firstSuccess ?? next.firstSuccess
    lastSuccess = next.lastSuccess ?? lastSuccess
  }

  /// Runs at the ends of the log; none where the stream tells no success.
  var openRuns: [SuccessFreeRun] {
    guard firstSuccess != nil else { return [] }
    let first = head.map { run($0, since: nil, until: firstSuccess) }
    let last = tail.map { run($0, since: lastSuccess, until: nil) }
    return [first, last].compactMap(\.self)
  }

  private func run(
    _ failures: Failures, since last: Int64?, until next: Int64?
  ) -> SuccessFreeRun {
    SuccessFreeRun(
      stream: stream, failures: failures.count, lastSuccess: last, firstFailure: failures.first,
      lastFailure: failures.last, nextSuccess: next)
  }
}

extension IdleHistogram {
  /// A clock that went back tells no idle time.
  fileprivate mutating func add(from last: Int64, to next: Stretch.Opening) {
    guard let failures = next.failures, next.time >= last else { return }
    add(
      gapMilliseconds: next.time &- last, isFailure: failures > 0, count: max(1, failures))
  }
}

/// The pieces that a digest was made from, of files that it was not made from as a whole.
package struct PieceList: Sendable, Equatable, Codable {
  /// By file, in order; neighbours that touch are one.
  private(set) var pieces: [String: [Piece]] = [:]

  var isEmpty: Bool { pieces.isEmpty }

  mutating func insert(_ piece: Piece, of file: String) {
    guard piece != .whole else { return }
    pieces[file] = Self.joined((pieces[file] ?? []) + [piece])
  }

  mutating func merge(_ other: PieceList) {
    for (file, theirs) in other.pieces {
      pieces[file] = Self.joined((pieces[file] ?? []) + theirs)
    }
  }

  /// A file of which all pieces are there is a whole one.
  mutating func removeWhole() {
    pieces = pieces.filter { $0.value != [.whole] }
  }

  /// The touching pieces among which `piece` lies.
  func around(_ piece: Piece, of file: String) -> Piece {
    pieces[file]?.last { $0.start <= piece.start && piece.end <= $0.end } ?? piece
  }

  private static func joined(_ pieces: [Piece]) -> [Piece] {
    var joined: [Piece] = []
    for piece in pieces.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
      if let last = joined.last, last.end == piece.start {
        joined[joined.count - 1].end = piece.end
      } else {
        joined.append(piece)
      }
    }
    return joined
  }
}

extension BackendDigest {
  /// Joins the stretches of neighbouring pieces, and closes those of whole logs.
  mutating func joinStretches(_ list: PieceList) {
    guard !stretches.isEmpty else { return }
    var joined: [Stretch] = []
    for var stretch in stretches.sorted(by: { $0.precedes($1) }) {
      let hull = list.around(stretch.piece, of: stretch.file)
      if let last = joined.last, last.file == stretch.file, last.stream == stretch.stream,
        last.piece == hull
      {
        joined[joined.count - 1].join(stretch, &self)
      } else {
        stretch.piece = hull
        joined.append(stretch)
      }
    }
    stretches = []
    for stretch in joined { add(stretch) }
    runs.trim()
  }

  /// Keeps a stretch until its neighbours are there; a whole log has none.
  mutating func add(_ stretch: Stretch) {
    guard stretch.piece == .whole else {
      stretches.append(stretch)
      return
    }
    for run in stretch.openRuns { runs.add(run) }
  }

  /// Every run, those included whose ends lie in pieces that are not there.
  var knownRuns: [SuccessFreeRun] { runs.runs + stretches.flatMap(\.openRuns) }
}

extension Stretch {
  fileprivate func precedes(_ other: Stretch) -> Bool {
    (file, stream, piece.start, piece.end) < (
      other.file, other.stream, other.piece.start, other.piece.end
    )
  }
}

import LogEvents

/// The parts of a usual line, by the masks of their delimiters.
extension HAProxyRun {
  /// Where the client with its port ends that begins at `start`, before the first bracket.
  @inline(__always)
  static func endOfClient(_ block: Span<UInt8>, from start: Int) -> Int? {
    guard let half = HalfChunk(block, from: start), block[start].isDigit else { return nil }
    // Nearly all are IPv4 addresses, behind which nothing but the space stands.
    let space = half.placesBeyondAddresses.lowestBit
    let before = space &- 1
    let end = start &+ space.trailingZeroBitCount
    // Of none all are before it; of one in the last byte there is none behind it to look at.
    guard before < 1 << 30, half.places(of: .colon) & before != 0, block[end] == .space,
      block[end &+ 1] == .openBracket
    else { return endOfOtherClient(block, from: start) }
    return end
  }

  /// As `endOfClient`, of any bytes but blanks and brackets.
  @inline(never)
  private static func endOfOtherClient(_ block: Span<UInt8>, from start: Int) -> Int? {
    guard let chunk = Chunk(block, from: start), block[start &+ 10] != UInt8(ascii: "T") else {
      return nil
    }
    let space = chunk.places(of: .space).lowestBit
    let before = space &- 1
    let others = chunk.places(of: .openBracket) | chunk.places(of: .newline)
    guard before < 1 << 62, chunk.places(of: .colon) & before != 0, others & before == 0 else {
      return nil
    }
    let end = start &+ space.trailingZeroBitCount
    return block[end &+ 1] == .openBracket ? end : nil
  }

  /// What stands between the names and the queues, in so few words that registers hold it.
  struct Fields: BitwiseCopyable {
    /// Where the state begins.
    var state = 0
    /// Behind the counts of connections.
    var end = 0
    /// Where the status begins, which is three digits.
    var status = 0
    var duration: Int32 = 0
    /// Whether cookies and state are those that were known.
    var hasKnownWords = true

    /// `0/0/0/3/3 200 87 - - ---- 1/1/0/0/0 ` in 64 bytes, numbers without a plus.
    ///
    /// `words` are cookies and state of a session before that ended well, `- - ----`, which most lines share.
    @inline(__always)
    init?(_ block: Span<UInt8>, from start: Int, words known: UInt64) {
      guard let chunk = Chunk(block, from: start) else { return nil }
      let spaces = chunk.places(of: .space)
      let (slashes, digits) = (chunk.places(of: .slash), chunk.placesOfDigits)
      // Each a bit: where the timers end, the status three digits behind, the bytes, and the state.
      let timers = spaces.lowestBit
      let status = timers &<< 4
      let bytes = (spaces & (0 &- status &<< 1)).lowestBit
      guard timers < 1 << 32, spaces & status != 0, bytes != status &<< 1, bytes &- 1 < 1 << 47
      else { return nil }
      let words = bytes.trailingZeroBitCount &+ 1
      var state = bytes &<< 9
      if block.word(at: start &+ words) != known || spaces & state == 0 {
        guard let end = Self.otherWords(words, spaces, slashes, digits),
          chunk.places(of: .newline) & UInt64.ones(below: end) == 0
        else { return nil }
        state = 1 &<< UInt64(truncatingIfNeeded: end)
        hasKnownWords = false
      }
      let counts = 0 &- state &<< 1
      let end = (spaces & counts).lowestBit
      guard end != 0 else { return nil }
      // Five timers and five counts of connections, and no other byte between numbers than one space.
      let inTimers = timers &- 1
      let inCounts = (end &- 1) & counts
      let marks = slashes & (inTimers | inCounts)
      let inWords = state &<< 1 &- bytes
      let signs = (end &- 1) & ~(digits | marks | timers | status | inWords)
      guard
        (marks &>> 1) & ~digits | (marks &<< 1) & ~(digits | signs) | marks & 1 == 0,
        let fourth = Self.fourth(marks & inTimers), Self.fourth(marks & inCounts) != nil
      else { return nil }
      var total = start &+ fourth &+ 1
      var isNegative = false
      if signs != 0 {
        // Minus signs, before timers that never ran.
        guard signs & ~inTimers == 0, chunk.places(of: .dash) & signs == signs,
          (slashes &<< 1 | 1) & signs == signs, digits &>> 1 & signs == signs
        else { return nil }
        isNegative = signs &>> UInt64(truncatingIfNeeded: fourth &+ 1) & 1 == 1
        if isNegative { total &+= 1 }
      }
      // All bytes between the marks are known to be digits now.
      let timersEnd = start &+ timers.trailingZeroBitCount
      guard let length = block.knownNumber(total, timersEnd) else { return nil }
      duration = Int32(truncatingIfNeeded: isNegative ? 0 &- length : length)
      self.status = timersEnd &+ 1
      self.state = start &+ state.trailingZeroBitCount &- 4
      self.end = start &+ end.trailingZeroBitCount
    }

    /// Where the fourth of four marks stands; `nil` where there are less or more.
    @inline(__always)
    private static func fourth(_ marks: UInt64) -> Int? {
      var left = marks & (marks &- 1)
      left &= left &- 1
      left &= left &- 1
      return left != 0 && left & (left &- 1) == 0 ? left.trailingZeroBitCount : nil
    }

    /// Where the words end that begin at `words`: two cookies, none of which looks like a number, and the
    /// state.
    private static func otherWords(
      _ words: Int, _ spaces: UInt64, _ slashes: UInt64, _ digits: UInt64
    ) -> Int? {
      var left = spaces & ~UInt64.ones(below: words)
      let (cookie, setCookie, state) = (left.takeLowest(), left.takeLowest(), left.takeLowest())
      guard cookie > words, setCookie > cookie &+ 1, state == setCookie &+ 5, state < 64,
        slashes & UInt64.ones(below: state) & ~UInt64.ones(below: words) == 0,
        (digits &>> UInt64(truncatingIfNeeded: words)
          | digits &>> UInt64(truncatingIfNeeded: cookie &+ 1)) & 1 == 0
      else { return nil }
      return state
    }
  }
}

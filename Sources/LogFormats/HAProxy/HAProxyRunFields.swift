import LogEvents

/// The parts of a usual line, by the masks of their delimiters.
extension HAProxyRun {
  /// The client with its port, which is all before the first bracket.
  struct Client: BitwiseCopyable {
    var end = 0
    /// The last colon in it.
    var colon = 0

    @inline(__always)
    init?(_ block: Span<UInt8>, _ line: ByteRange) {
      guard line.start &+ 64 <= block.count, block[line.start].isDigit,
        block[line.start &+ 10] != UInt8(ascii: "T")
      else { return nil }
      // Nearly all clients are shorter than half a chunk.
      let half = HalfChunk(block, from: line.start)
      var (spaces, colons) = (half.places(of: .space), half.places(of: .colon))
      var brackets = half.places(of: .openBracket)
      if spaces == 0 {
        let chunk = Chunk(block, from: line.start)
        (spaces, colons) = (chunk.places(of: .space), chunk.places(of: .colon))
        brackets = chunk.places(of: .openBracket)
      }
      let space = spaces.trailingZeroBitCount
      let before = UInt64.ones(below: space)
      colons &= before
      guard space < 63, colons != 0, brackets & before == 0 else { return nil }
      end = line.start &+ space
      colon = line.start &+ 63 &- colons.leadingZeroBitCount
      guard end &+ 40 < line.end, block[end &+ 1] == .openBracket else { return nil }
    }
  }

  /// What stands between the names and the queues.
  struct Fields: BitwiseCopyable {
    var duration = 0
    var status = 0
    /// Where cookies and state begin, and the state among them.
    var words = 0
    var state = 0
    /// Behind the counts of connections.
    var end = 0

    /// `0/0/0/3/3 200 87 - - ---- 1/1/0/0/0 ` in 64 bytes, numbers without a plus.
    ///
    /// `words` are cookies and state of a line before, `- - ----`, which most lines share.
    @inline(__always)
    init?(_ block: Span<UInt8>, from start: Int, words known: UInt64) {
      guard start &+ 64 <= block.count else { return nil }
      let chunk = Chunk(block, from: start)
      let spaces = chunk.places(of: .space)
      let (slashes, digits) = (chunk.places(of: .slash), chunk.placesOfDigits)
      let timers = spaces.trailingZeroBitCount
      guard timers < 32, spaces &>> UInt64(truncatingIfNeeded: timers &+ 4) & 1 == 1 else {
        return nil
      }
      let bytes = timers &+ 5
      let words = (spaces & ~UInt64.ones(below: bytes)).trailingZeroBitCount &+ 1
      guard words > bytes &+ 1, words < 48 else { return nil }
      // Where the state's four letters end.
      var last = words &+ 8
      if block.word(at: start &+ words) != known
        || spaces &>> UInt64(truncatingIfNeeded: last) & 1 == 0
      {
        guard let end = Self.otherWords(words, spaces, slashes, digits) else { return nil }
        last = end
      }
      let connections = (spaces & ~UInt64.ones(below: last &+ 1)).trailingZeroBitCount
      guard connections < 64 else { return nil }
      // Five timers and five counts of connections, the numbers between them and the spaces behind.
      let (inTimers, inWords) = (UInt64.ones(below: timers), UInt64.ones(below: words &- 1))
      let inCounts = UInt64.ones(below: connections) & ~UInt64.ones(below: last &+ 1)
      let numbers =
        inWords & ~(inTimers | 1 &<< UInt64(truncatingIfNeeded: timers))
        & ~(1 &<< UInt64(truncatingIfNeeded: bytes &- 1))
      let marks = slashes & (inTimers | inCounts)
      let signs = inTimers & ~(digits | slashes)
      guard numbers & ~digits | inCounts & ~(digits | slashes) == 0,
        (marks &>> 1) & ~digits | (marks &<< 1) & ~(digits | signs) == 0,
        let fourth = Self.fourth(marks & inTimers), Self.fourth(marks & inCounts) != nil
      else { return nil }
      if signs != 0 {
        // Minus signs, before timers that never ran.
        guard chunk.places(of: .dash) & signs == signs, (slashes &<< 1 | 1) & signs == signs,
          digits &>> 1 & signs == signs
        else { return nil }
      }
      let isNegative = signs &>> UInt64(truncatingIfNeeded: fourth &+ 1) & 1 == 1
      let total = fourth &+ (isNegative ? 2 : 1)
      guard let length = block.plainNumber(start &+ total, start &+ timers),
        let code = Span<UInt8>.threeDigits(block.word(at: start &+ timers &+ 1))
      else { return nil }
      duration = isNegative ? -length : length
      status = code
      self.words = start &+ words
      state = start &+ last &- 4
      end = start &+ connections
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

import LogEvents

/// The traffic lines that HAProxy writes by default (`option httplog`, `option tcplog`), read in one pass
/// from left to right.
///
/// Nearly all lines are of these shapes. Any other one is left to `HAProxyTraffic`, which finds the parts
/// by their shapes and reads these lines alike, at four times the cost.
struct HAProxyStandardLine {
  var exchange = HAProxyExchange()
  /// Milliseconds of the whole exchange; negative where there is no such number.
  var duration = -1
  /// Where the counts of connections end, and the queues begin.
  var rest = 0

  /// Reads from `start`, where the frontend stands; `nil` for any other shape.
  init?(_ record: Span<UInt8>, from start: Int) {
    var line = Cursor(record, start)
    exchange.frontend = line.word()
    // A colon ends the frontend of an error.
    guard line.isGood, record.byte(exchange.frontend.end - 1) != .colon else { return nil }
    exchange.pool = line.word(until: .slash)
    exchange.server = line.word()
    let timers = line.numbers()
    guard line.isGood, timers.slashes == 4 || timers.slashes == 2 else { return nil }
    duration = timers.last
    exchange.isHTTP = timers.slashes == 4
    if exchange.isHTTP {
      let status = line.digits(3)
      exchange.status = ByteRange(line.at - 4, line.at - 1)
      exchange.statusCode = UInt16(truncatingIfNeeded: status)
    }
    _ = line.numbers()
    if exchange.isHTTP {
      line.cookie()
      line.cookie()
    }
    exchange.state = line.word()
    guard line.isGood, HAProxyTermination.isState(record, exchange.state) else { return nil }
    let connections = line.numbers()
    guard line.isGood, connections.slashes == 4, record.byte(line.at) > .space else { return nil }
    rest = line.at
  }

  /// Goes over the line; once something does not fit, nothing does.
  private struct Cursor: ~Escapable {
    let bytes: Span<UInt8>
    private(set) var at: Int
    private(set) var isGood = true

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, _ start: Int) {
      self.bytes = bytes
      at = start
    }

    /// The bytes up to the space, which is passed; there must be some.
    mutating func word() -> ByteRange {
      let start = at
      while at < bytes.count, bytes[at] > .space { at &+= 1 }
      return end(start, .space)
    }

    /// The bytes up to `mark`, which is passed and must come before a space.
    mutating func word(until mark: UInt8) -> ByteRange {
      let start = at
      while at < bytes.count, bytes[at] != mark, bytes[at] > .space { at &+= 1 }
      return end(start, mark)
    }

    private mutating func end(_ start: Int, _ mark: UInt8) -> ByteRange {
      if at == start || at >= bytes.count || bytes[at] != mark { isGood = false }
      defer { at &+= 1 }
      return ByteRange(start, at)
    }

    /// A cookie with its name, or `-`.
    mutating func cookie() {
      if at >= bytes.count || bytes[at].isDigit { isGood = false }
      _ = word()
    }

    /// Numbers with signs, up to the space: how many slashes divide them, and the last one.
    mutating func numbers() -> (slashes: Int, last: Int) {
      var slashes = 0
      while true {
        let sign = at < bytes.count ? bytes[at] : 0
        if sign == .dash || sign == UInt8(ascii: "+") { at &+= 1 }
        let start = at
        var value = 0
        while at < bytes.count, bytes[at].isDigit, at &- start < 18 {
          value = value &* 10 &+ Int(bytes[at] &- 48)
          at &+= 1
        }
        guard at > start, at < bytes.count else { break }
        if sign == .dash { value = -value }
        let mark = bytes[at]
        at &+= 1
        if mark == .space { return (slashes, value) }
        guard mark == .slash else { break }
        slashes &+= 1
      }
      isGood = false
      return (slashes, -1)
    }

    /// A number of so many digits, and the space behind it.
    mutating func digits(_ count: Int) -> Int {
      let start = at
      let number = numbers()
      if number.slashes > 0 || number.last < 0 || at &- start != count &+ 1 { isGood = false }
      return number.last
    }
  }
}

import LogEvents

/// A part of a record: [start, end) of its bytes.
struct ByteRange: BitwiseCopyable, Hashable, Sendable {
  var start: Int
  var end: Int

  init(_ start: Int, _ end: Int) {
    self.start = start
    self.end = end
  }

  static let empty = ByteRange(0, 0)
  var isEmpty: Bool { start >= end }
  var count: Int { max(0, end - start) }
}

/// Questions about the bytes of a record. Positions outside answer no; nothing here traps.
///
/// Literals are compared as what they are when this is compiled, a fifth of the cost of a `String`; texts
/// out of tables are disfavoured, so that a literal never becomes one.
extension Span<UInt8> {
  /// The byte at `index`, or 0 outside.
  func byte(_ index: Int) -> UInt8 { index >= 0 && index < count ? self[index] : 0 }

  /// Whether `literal` stands at `index`.
  @inline(__always)
  func has(_ literal: StaticString, at index: Int) -> Bool { begins(with: literal, at: index) }

  /// Whether `text` stands at `index`.
  @_disfavoredOverload
  func has(_ text: String, at index: Int) -> Bool { holds(text.utf8.span, at: index) }

  /// Whether the range is exactly `literal`.
  @inline(__always)
  func equals(_ range: ByteRange, _ literal: StaticString) -> Bool {
    range.count == literal.utf8CodeUnitCount && begins(with: literal, at: range.start)
  }

  /// Whether the range is exactly `text`.
  @_disfavoredOverload
  func equals(_ range: ByteRange, _ text: String) -> Bool {
    range.count == text.utf8.count && has(text, at: range.start)
  }

  /// Whether the range is `literal`, ASCII letters compared without case.
  func equalsIgnoringCase(_ range: ByteRange, _ literal: String) -> Bool {
    let wanted = literal.utf8.span
    guard range.count == wanted.count, range.start >= 0, range.end <= count else { return false }
    for offset in 0..<wanted.count
    where lowercased(self[range.start + offset]) != lowercased(wanted[offset]) {
      return false
    }
    return true
  }

  /// The first position of `byte` in [start, end), or `nil`.
  func find(_ byte: UInt8, _ start: Int, _ end: Int) -> Int? {
    let stop = Swift.min(end, count)
    let at = position(of: byte, in: self, start, stop)
    return at < stop ? at : nil
  }

  /// The first position of `literal` that lies wholly in [start, end), or `nil`.
  func find(_ literal: StaticString, _ start: Int, _ end: Int) -> Int? {
    let last = Swift.min(end, count) - literal.utf8CodeUnitCount
    var at = Swift.max(start, 0)
    while at <= last {
      guard let hit = find(literal.firstByte, at, last + 1) else { return nil }
      if begins(with: literal, at: hit) { return hit }
      at = hit + 1
    }
    return nil
  }

  /// The first position of `literal` in the range, or `nil`.
  func find(_ literal: StaticString, in range: ByteRange) -> Int? {
    find(literal, range.start, range.end)
  }

  /// The first position of `text` that lies wholly in [start, end), or `nil`.
  @_disfavoredOverload
  func find(_ text: String, _ start: Int, _ end: Int) -> Int? {
    guard let first = text.utf8.first else { return nil }
    let last = Swift.min(end, count) - text.utf8.count
    var at = Swift.max(start, 0)
    while at <= last {
      guard let hit = find(first, at, last + 1) else { return nil }
      if has(text, at: hit) { return hit }
      at = hit + 1
    }
    return nil
  }

  /// The first position of `text` in the range, or `nil`.
  @_disfavoredOverload
  func find(_ text: String, in range: ByteRange) -> Int? { find(text, range.start, range.end) }

  /// The last position of `byte` in the range, or `nil`.
  func findLast(_ byte: UInt8, in range: ByteRange) -> Int? {
    var at = Swift.min(range.end, count) - 1
    while at >= Swift.max(range.start, 0) {
      if self[at] == byte { return at }
      at -= 1
    }
    return nil
  }

  /// The range without spaces, tabs and line ends at its ends.
  func trimmed(_ range: ByteRange) -> ByteRange {
    var start = Swift.max(range.start, 0)
    var end = Swift.min(range.end, count)
    while start < end, isBlank(self[start]) { start += 1 }
    while end > start, isBlank(self[end - 1]) { end -= 1 }
    return ByteRange(start, end)
  }

  /// The range without one pair of double quotes around it.
  func unquoted(_ range: ByteRange) -> ByteRange {
    guard range.count >= 2, byte(range.start) == .quote, byte(range.end - 1) == .quote else {
      return range
    }
    return ByteRange(range.start + 1, range.end - 1)
  }

  /// The decimal number that the whole range spells, sign allowed; `nil` for anything else or more
  /// than 18 digits.
  func integer(_ range: ByteRange) -> Int? {
    var at = range.start
    guard at < range.end, at >= 0, range.end <= count, range.count <= 19 else { return nil }
    let isNegative = self[at] == UInt8(ascii: "-")
    if isNegative || self[at] == UInt8(ascii: "+") { at += 1 }
    guard at < range.end, range.end - at <= 18 else { return nil }
    if range.end - at <= 8 {
      guard let value = Self.number(word(at, range.end), digits: range.end - at) else { return nil }
      return isNegative ? -value : value
    }
    var value = 0
    while at < range.end {
      let digit = self[at] &- 48
      guard digit < 10 else { return nil }
      value = value &* 10 &+ Int(digit)
      at += 1
    }
    return isNegative ? -value : value
  }

  /// The number that the lowest `digits` bytes of `word` spell, 1...8 of them; `nil` if one is no digit.
  ///
  /// All at once: pairs of digits become one number, then pairs of those.
  @inline(__always)
  static func number(_ word: UInt64, digits: Int) -> Int? {
    let shift = UInt64(truncatingIfNeeded: 8 &* (8 &- digits))
    let x = (word ^ 0x3030_3030_3030_3030) &<< shift
    let tooLarge = (x | (x &+ 0x0606_0606_0606_0606)) & 0xf0f0_f0f0_f0f0_f0f0
    guard tooLarge == 0 else { return nil }
    return knownNumber(word, digits: digits)
  }

  /// As `number`, of bytes that are known to be digits.
  @inline(__always)
  static func knownNumber(_ word: UInt64, digits: Int) -> Int {
    let shift = UInt64(truncatingIfNeeded: 8 &* (8 &- digits))
    var x = (word ^ 0x3030_3030_3030_3030) &<< shift
    x = x &* 10 &+ (x >> 8)
    let upper = (x & 0x0000_00ff_0000_00ff) &* 0x000f_4240_0000_0064
    let lower = (x >> 16 & 0x0000_00ff_0000_00ff) &* 0x0000_2710_0000_0001
    return Int(truncatingIfNeeded: (upper &+ lower) >> 32)
  }

  /// Whether the lowest bytes of `word` are digits, so many of 1...8.
  @inline(__always)
  static func spellsDigits(_ word: UInt64, count: Int) -> Bool {
    let x = (word ^ 0x3030_3030_3030_3030) &<< UInt64(truncatingIfNeeded: 8 &* (8 &- count))
    return (x | (x &+ 0x0606_0606_0606_0606)) & 0xf0f0_f0f0_f0f0_f0f0 == 0
  }

  /// The number that the lowest three bytes of `word` spell; `nil` if one is no digit.
  @inline(__always)
  static func threeDigits(_ word: UInt64) -> Int? {
    let digits = UInt32(truncatingIfNeeded: word) & 0xff_ffff ^ 0x30_3030
    guard (digits | (digits &+ 0x06_0606)) & 0xf0_f0f0 == 0 else { return nil }
    return Int((digits & 0xff) &* 100 &+ (digits &>> 8 & 0xff) &* 10 &+ digits &>> 16)
  }

  /// Seconds with a decimal point, such as `0.173`, in whole milliseconds.
  func milliseconds(ofSeconds range: ByteRange) -> Int? {
    let point = find(UInt8(ascii: "."), range.start, range.end) ?? range.end
    guard let whole = integer(ByteRange(range.start, point)), abs(whole) < 1 << 40 else {
      return nil
    }
    var fraction = 0
    for place in 1...3 {
      let at = point + place
      let digit = at < range.end ? byte(at) &- 48 : 0
      guard digit < 10 else { return nil }
      fraction = fraction * 10 + Int(digit)
    }
    return whole * 1000 + fraction
  }

  /// The text of a range, with invalid UTF-8 repaired.
  ///
  /// For faults and settings, not per record.
  func string(_ range: ByteRange) -> String {
    var copy: [UInt8] = []
    copy.append(self, range.start, range.end)
    return String(decoding: copy, as: UTF8.self)
  }

  var whole: ByteRange { ByteRange(0, count) }
}

extension EventBatch {
  mutating func keep(_ bytes: Span<UInt8>, _ range: ByteRange) -> TextRange {
    keep(bytes, range.start, range.end)
  }
}

extension NameTable {
  mutating func id(_ bytes: Span<UInt8>, _ range: ByteRange) -> NameID {
    id(bytes, range.start, range.end)
  }
}

extension UInt8 {
  static let space = UInt8(ascii: " ")
  static let tab = UInt8(ascii: "\t")
  static let newline = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let quote = UInt8(ascii: "\"")
  static let colon = UInt8(ascii: ":")
  static let comma = UInt8(ascii: ",")
  static let slash = UInt8(ascii: "/")
  static let dash = UInt8(ascii: "-")
  static let openBracket = UInt8(ascii: "[")
  static let closeBracket = UInt8(ascii: "]")
  static let openParenthesis = UInt8(ascii: "(")
  static let closeParenthesis = UInt8(ascii: ")")

  var isDigit: Bool { self &- 48 < 10 }
}

func isBlank(_ byte: UInt8) -> Bool {
  byte == .space || byte == .tab || byte == .carriageReturn || byte == .newline
}

func lowercased(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte | 0x20 : byte }

/// Walks the bytes of one record and names its parts.
///
/// Each verb moves forward or throws; none looks outside [at, end).
struct ByteScanner: ~Escapable {
  let bytes: Span<UInt8>
  private(set) var at: Int
  let end: Int

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>, from start: Int = 0) {
    self.bytes = bytes
    at = min(max(start, 0), bytes.count)
    end = bytes.count
  }

  var isAtEnd: Bool { at >= end }

  /// The next byte, or 0 at the end.
  var next: UInt8 { bytes.byte(at) }

  mutating func move(to position: Int) { at = min(max(position, at), end) }

  /// Passes `byte`, which must come next.
  mutating func skip(_ byte: UInt8) throws(RecordFault) {
    guard at < end, bytes[at] == byte else { throw .badShape }
    at += 1
  }

  /// Passes `literal`, which must come next.
  mutating func skip(_ literal: StaticString) throws(RecordFault) {
    guard bytes.has(literal, at: at) else { throw .badShape }
    at += literal.utf8CodeUnitCount
  }

  /// Passes `literal` if it comes next.
  mutating func skipIf(_ literal: StaticString) -> Bool {
    guard bytes.has(literal, at: at) else { return false }
    at += literal.utf8CodeUnitCount
    return true
  }

  /// Passes `text` if it comes next.
  @_disfavoredOverload
  mutating func skipIf(_ text: String) -> Bool {
    guard bytes.has(text, at: at) else { return false }
    at += text.utf8.count
    return true
  }

  mutating func skipSpaces() {
    while at < end, bytes[at] == .space || bytes[at] == .tab { at += 1 }
  }

  /// Passes everything up to and including the next `literal`.
  mutating func skip(through literal: StaticString) throws(RecordFault) {
    guard let hit = bytes.find(literal, at, end) else { throw .badShape }
    at = hit + literal.utf8CodeUnitCount
  }

  /// The bytes up to `byte`, which is passed too.
  mutating func field(until byte: UInt8) throws(RecordFault) -> ByteRange {
    guard let hit = bytes.find(byte, at, end) else { throw .badShape }
    let field = ByteRange(at, hit)
    at = hit + 1
    return field
  }

  /// The bytes up to the next space, or to the end; the spaces are passed too.
  mutating func word() throws(RecordFault) -> ByteRange {
    guard at < end else { throw .badShape }
    let stop = bytes.find(.space, at, end) ?? end
    let word = ByteRange(at, stop)
    at = stop
    skipSpaces()
    return word
  }

  /// The digits that come next, as a number of at most 18 digits.
  mutating func number() throws(RecordFault) -> Int {
    let start = at
    var value = 0
    while at < end, at - start < 18, bytes[at].isDigit {
      value = value * 10 + Int(bytes[at] &- 48)
      at += 1
    }
    guard at > start else { throw .badNumber }
    return value
  }

  var rest: ByteRange { ByteRange(at, end) }
}

import LogEvents

/// The beginnings of URLs that last named a backend, and its name: few URLs of all begin otherwise.
struct DataPowerEndpoints: Sendable {
  private struct Slot: BitwiseCopyable, Sendable {
    /// `https://shop.example.com:8443/` in `texts`, its end being that of the name and one byte.
    var start = 0
    var count = 0
    var last: UInt64 = 0
    var name = NameID.none
  }

  /// A power of two.
  private static let size = 128
  /// Where so many bytes are kept, all is forgotten.
  private static let limit = 64 * 1024

  private var slots = [Slot](repeating: Slot(), count: size)
  private var texts: [UInt8] = []

  func name(_ record: Span<UInt8>, _ url: ByteRange) -> NameID? {
    guard url.count >= 24 else { return nil }
    let slot = slots[Self.place(record, url)]
    guard slot.count > 0, slot.count <= url.count,
      record.word(at: url.start + slot.count - 8) == slot.last,
      record.holds(texts.span.extracting(slot.start..<slot.start + slot.count), at: url.start)
    else { return nil }
    return slot.name
  }

  /// Remembers the name of a URL that it stands in, in small letters, with its port and up to `end`.
  mutating func note(_ record: Span<UInt8>, _ url: ByteRange, _ end: Int, _ name: NameID) {
    // With the byte behind the name, which ends it.
    let count = end + 1 - url.start
    guard url.count >= 24, count >= 8, count <= url.count, !name.isNone else { return }
    if texts.count + count > Self.limit {
      texts.removeAll(keepingCapacity: true)
      slots = [Slot](repeating: Slot(), count: Self.size)
    }
    let start = texts.count
    texts.append(record, url.start, end + 1)
    slots[Self.place(record, url)] = Slot(
      start: start, count: count, last: record.word(at: end - 7), name: name)
  }

  /// By what stands behind the scheme.
  private static func place(_ record: Span<UInt8>, _ url: ByteRange) -> Int {
    let words = record.word(at: url.start + 8) ^ (record.word(at: url.start + 16) &* 31)
    let mixed = words &* 0x9e37_79b9_7f4a_7c15
    return Int(truncatingIfNeeded: mixed >> 48) & (size - 1)
  }
}

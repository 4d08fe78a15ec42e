/// A name's place in a worker's `NameTable`.
public struct NameID: BitwiseCopyable, Hashable, Sendable {
  public var index: UInt32

  public init(index: UInt32) { self.index = index }

  /// The record has no such name.
  public static let none = NameID(index: 0)

  @inlinable
  public var isNone: Bool { index == 0 }
}

/// The distinct names that one worker has met, each stored once.
///
/// Open addressing with linear probing; the table grows at half load. Lookup of a known name
/// allocates nothing. When `limit` names are known, further ones all become `NameID.overflow`, so
/// that hostile input cannot fill the memory; the report says so.
public struct NameTable: Sendable {
  /// What names beyond the limit become.
  public static let overflow = NameID(index: 1)

  /// Names that one worker tells apart.
  public static let mostNames = 1 << 20

  /// What a name is told apart by before its bytes are compared; names of up to 32 bytes are told apart
  /// by it alone.
  private struct Key: BitwiseCopyable, Equatable {
    /// Longer names are compared byte by byte.
    static let longest = 32

    var first: UInt64 = 0
    /// What stands between the first and the last eight bytes; the words may overlap.
    var second: UInt64 = 0
    var third: UInt64 = 0
    var last: UInt64 = 0
    var count = 0

    init() {}

    @inline(__always)
    init(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) {
      count = end &- start
      if count > 16 {
        (first, second) = bytes.twoWords(at: start)
        (third, last) = bytes.twoWords(at: end &- 16)
      } else if count > 8 {
        first = bytes.word(at: start)
        last = bytes.word(at: end &- 8)
      } else {
        first = bytes.word(start, end)
      }
    }

    static func == (a: Key, b: Key) -> Bool {
      (a.first ^ b.first) | (a.second ^ b.second) | (a.third ^ b.third) | (a.last ^ b.last) == 0
        && a.count == b.count
    }

    /// Where to look for the name [start, end): of a longer one all bytes count.
    func slot(_ bytes: Span<UInt8>, _ start: Int, _ end: Int, seed: UInt64) -> Int {
      guard count > Self.longest else { return slot(seed: seed) }
      var key = self
      key.third = textHash(bytes, start + 16, end)
      return key.slot(seed: seed)
    }

    /// Where to look for a name that is not longer.
    @inline(__always)
    func slot(seed: UInt64) -> Int {
      let outer = (first ^ seed).multipliedFullWidth(by: last ^ ~seed)
      // Both at once: neither waits for the other.
      let inner = (second ^ ~seed).multipliedFullWidth(
        by: third ^ seed &+ UInt64(truncatingIfNeeded: count))
      return Int(truncatingIfNeeded: outer.high ^ outer.low ^ inner.high ^ inner.low)
    }
  }

  public let limit: Int
  private var text: [UInt8] = []
  private var starts: [Int] = [0, 0]
  private var keys = [Key](repeating: Key(), count: 2)
  private var hashesOfNames: [UInt64] = [0, 0]
  /// Ids by their keys; 0 is an empty slot.
  private var slots: [UInt32]
  /// Drawn anew for each table, so that no log can be composed to have its names look for one slot.
  private let seed = UInt64.random(in: .min ... .max)

  public init(limit: Int = mostNames) {
    self.limit = limit
    slots = [UInt32](repeating: 0, count: 1024)
    text.append(contentsOf: "(other)".utf8)
    starts = [0, 0, text.count]
  }

  /// Number of ids given out, those of "none" and "(other)" included.
  public var count: Int { keys.count }

  /// The id of the bytes [start, end) of `bytes`; `.none` when the range is empty.
  public mutating func id(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> NameID {
    guard start < end else { return .none }
    let key = Key(bytes, start, end)
    guard key.count <= Key.longest else { return find(bytes, start, end) }
    // Nearly all are known and at once where they are looked for; no name has the key of id 0.
    let id = slots[key.slot(seed: seed) & (slots.count &- 1)]
    return keys[Int(id)] == key ? NameID(index: id) : find(bytes, start, end)
  }

  /// As `id`, slot by slot; apart from it, which then keeps its values in registers.
  @inline(never)
  private mutating func find(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> NameID {
    let key = Key(bytes, start, end)
    var slot = key.slot(bytes, start, end, seed: seed) & (slots.count &- 1)
    while slots[slot] != 0 {
      let id = slots[slot]
      if keys[Int(id)] == key, key.count <= Key.longest || holds(Int(id), bytes, start) {
        return NameID(index: id)
      }
      slot = (slot &+ 1) & (slots.count &- 1)
    }
    return add(key, slot, bytes, start, end)
  }

  /// Adds a name that is not known.
  private mutating func add(
    _ key: Key, _ slot: Int, _ bytes: Span<UInt8>, _ start: Int, _ end: Int
  ) -> NameID {
    guard count < limit else { return Self.overflow }
    let id = UInt32(count)
    text.append(bytes, start, end)
    starts.append(text.count)
    keys.append(key)
    hashesOfNames.append(textHash(bytes, start, end))
    slots[slot] = id
    if count * 2 > slots.count { grow() }
    return NameID(index: id)
  }

  /// As `id`, for names that mostly repeat: `last` is compared first, and is the result afterwards.
  public mutating func id(
    _ bytes: Span<UInt8>, _ start: Int, _ end: Int, last: inout NameID
  ) -> NameID {
    if !last.isNone, isKnown(Int(last.index), bytes, start, end) { return last }
    last = id(bytes, start, end)
    return last
  }

  public mutating func id(_ bytes: Span<UInt8>) -> NameID { id(bytes, 0, bytes.count) }

  public mutating func id(_ name: String) -> NameID {
    let bytes = Array(name.utf8)
    return id(bytes.span, 0, bytes.count)
  }

  /// The name, with invalid UTF-8 repaired; `nil` for `.none`.
  public func name(_ id: NameID) -> String? {
    guard !id.isNone else { return nil }
    let at = Int(id.index)
    return String(decoding: text[starts[at]..<starts[at + 1]], as: UTF8.self)
  }

  /// The name's hash, the same in every process; 0 for `.none`.
  public func hash(_ id: NameID) -> UInt64 { hashesOfNames[Int(id.index)] }

  /// Those of all names.
  public var hashes: [UInt64] { Array(hashesOfNames.dropFirst(2)) }

  /// The bytes of the name; empty for `.none`.
  public func bytes(_ id: NameID) -> ArraySlice<UInt8> {
    let at = Int(id.index)
    return text[starts[at]..<starts[at + 1]]
  }

  private func isKnown(_ id: Int, _ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    start < end && keys[id] == Key(bytes, start, end)
      && (end - start <= Key.longest || holds(id, bytes, start))
  }

  /// Whether the bytes from `start` on are those of the name.
  private func holds(_ id: Int, _ bytes: Span<UInt8>, _ start: Int) -> Bool {
    bytes.holds(text.span.extracting(starts[id]..<starts[id + 1]), at: start)
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: slots.count * 2)
    for id in 2..<count {
      let wanted = keys[id].slot(text.span, starts[id], starts[id + 1], seed: seed)
      var slot = wanted & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(id)
    }
  }
}

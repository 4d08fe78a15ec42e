/// A name's place in a worker's `NameTable`.
package struct NameID: BitwiseCopyable, Hashable, Sendable {
  package var index: UInt32

  package init(index: UInt32) { self.index = index }

  /// The record has no such name.
  package static let none = NameID(index: 0)

  package var isNone: Bool { index == 0 }
}

/// The distinct names that one worker has met, each stored once.
///
/// Open addressing with linear probing; the table grows at half load. Lookup of a known name
/// allocates nothing. When `limit` names are known, further ones all become `NameID.overflow`, so
/// that hostile input cannot fill the memory; the report says so.
package struct NameTable: Sendable {
  /// What names beyond the limit become.
  package static let overflow = NameID(index: 1)

  /// Names that one worker tells apart.
  package static let mostNames = 1 << 20

  package let limit: Int
  private var text: [UInt8] = []
  private var starts: [Int] = [0, 0]
  private var hashes: [UInt64] = [0, 0]
  /// Ids by hash; 0 is an empty slot.
  private var slots: [UInt32]

  package init(limit: Int = mostNames) {
    self.limit = limit
    slots = [UInt32](repeating: 0, count: 1024)
    text.append(contentsOf: "(other)".utf8)
    starts = [0, 0, text.count]
  }

  /// Number of ids given out, those of "none" and "(other)" included.
  package var count: Int { hashes.count }

  /// The id of the bytes [start, end) of `bytes`; `.none` when the range is empty.
  package mutating func id(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> NameID {
    guard start < end else { return .none }
    let hash = fnv(bytes, start, end)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let id = Int(slots[slot])
      if hashes[id] == hash, equals(id, bytes, start, end) { return NameID(index: UInt32(id)) }
      slot = (slot + 1) & (slots.count - 1)
    }
    guard count < limit else { return Self.overflow }
    let id = UInt32(count)
    text.append(bytes, start, end)
    starts.append(text.count)
    hashes.append(hash)
    slots[slot] = id
    if count * 2 > slots.count { grow() }
    return NameID(index: id)
  }

  /// As `id`, for names that mostly repeat: `last` is compared first, and is the result afterwards.
  package mutating func id(
    _ bytes: Span<UInt8>, _ start: Int, _ end: Int, last: inout NameID
  ) -> NameID {
    if !last.isNone, equals(Int(last.index), bytes, start, end) { return last }
    last = id(bytes, start, end)
    return last
  }

  package mutating func id(_ bytes: Span<UInt8>) -> NameID { id(bytes, 0, bytes.count) }

  package mutating func id(_ name: String) -> NameID {
    let bytes = Array(name.utf8)
    return id(bytes.span, 0, bytes.count)
  }

  /// The name, with invalid UTF-8 repaired; `nil` for `.none`.
  package func name(_ id: NameID) -> String? {
    guard !id.isNone else { return nil }
    let at = Int(id.index)
    return String(decoding: text[starts[at]..<starts[at + 1]], as: UTF8.self)
  }

  /// The name's hash, the same in every process; 0 for `.none`.
  package func hash(_ id: NameID) -> UInt64 { hashes[Int(id.index)] }

  /// The bytes of the name; empty for `.none`.
  package func bytes(_ id: NameID) -> ArraySlice<UInt8> {
    let at = Int(id.index)
    return text[starts[at]..<starts[at + 1]]
  }

  private func equals(_ id: Int, _ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    let from = starts[id]
    guard starts[id + 1] - from == end - start else { return false }
    for offset in 0..<(end - start) where text[from + offset] != bytes[start + offset] {
      return false
    }
    return true
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: slots.count * 2)
    for id in 2..<count {
      var slot = Int(truncatingIfNeeded: hashes[id]) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(id)
    }
  }
}

/// FNV-1a over the bytes [start, end), with a final mix so that the low bits depend on all of them.
package func fnv(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> UInt64 {
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  for at in start..<end { hash = (hash ^ UInt64(bytes[at])) &* 0x0000_0100_0000_01b3 }
  hash ^= hash >> 32
  hash = hash &* 0x9e37_79b9_7f4a_7c15
  return hash ^ (hash >> 29)
}

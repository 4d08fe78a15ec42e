/// What a zip says of one of its entries, before the entry or in its directory.
struct ZipHeader {
  enum Method { case stored, deflated, other }

  /// A header before an entry, with the longest name and a common length of further fields.
  static let longest = PeekableInput.capacity

  private(set) var name: [UInt8] = []
  private(set) var method = Method.other
  private(set) var isEncrypted = false
  /// Whether sizes and sum stand here; if not, they follow the entry.
  private(set) var knowsCounts = false
  private(set) var sum: UInt32 = 0
  private(set) var packedCount = 0
  private(set) var count = 0
  /// Where the entry's own header begins in the file.
  private(set) var offset = 0
  private(set) var modifiedMilliseconds: Int64?
  /// Length of this header.
  private(set) var headerCount = 0

  var isDirectory: Bool { name.last == 0x2f }

  /// What stands before an entry; `nil` for anything else.
  init?(local bytes: ArraySlice<UInt8>) {
    guard bytes.starts(with: [0x50, 0x4b, 3, 4]),
      let nameCount = bytes.little(26, 2), let extraCount = bytes.little(28, 2),
      bytes.count >= 30 + nameCount + extraCount
    else { return nil }
    headerCount = 30 + nameCount + extraCount
    read(bytes, at: 6, name: 30, nameCount, extraCount, offset: nil)
    if knowsCounts { return }
    // Bit 3 is set by writers to pipes; some know the sizes all the same.
    knowsCounts = packedCount > 0 && sum != 0
  }

  /// An entry of the directory; `nil` for anything else.
  init?(central bytes: ArraySlice<UInt8>) {
    guard bytes.starts(with: [0x50, 0x4b, 1, 2]),
      let nameCount = bytes.little(28, 2), let extraCount = bytes.little(30, 2),
      let commentCount = bytes.little(32, 2), let offset = bytes.little(42, 4),
      bytes.count >= 46 + nameCount + extraCount + commentCount
    else { return nil }
    headerCount = 46 + nameCount + extraCount + commentCount
    read(bytes, at: 8, name: 46, nameCount, extraCount, offset: offset)
    knowsCounts = true
  }

  /// The fields that both have, from the flags on.
  private mutating func read(
    _ bytes: ArraySlice<UInt8>, at: Int, name start: Int, _ nameCount: Int, _ extraCount: Int,
    offset: Int?
  ) {
    let from = bytes.startIndex + start
    name = Array(bytes[from..<(from + nameCount)])
    let flags = bytes.little(at, 2) ?? 0
    isEncrypted = flags & 1 != 0
    knowsCounts = flags & 8 == 0
    switch bytes.little(at + 2, 2) {
    case 0: method = .stored
    case 8: method = .deflated
    default: method = .other
    }
    modifiedMilliseconds = Self.time(bytes.little(at + 4, 2) ?? 0, bytes.little(at + 6, 2) ?? 0)
    sum = UInt32(truncatingIfNeeded: bytes.little(at + 8, 4) ?? 0)
    packedCount = bytes.little(at + 12, 4) ?? 0
    count = bytes.little(at + 16, 4) ?? 0
    self.offset = offset ?? 0
    extras(
      bytes[(from + nameCount)..<(from + nameCount + extraCount)], isLong: count == 0xffff_ffff)
  }

  /// Sizes of 64 bits (field 1) and the time in UTC (field 0x5455, Info-ZIP).
  private mutating func extras(_ bytes: ArraySlice<UInt8>, isLong: Bool) {
    var rest = bytes
    while let id = rest.little(0, 2), let count = rest.little(2, 2), rest.count >= 4 + count {
      var field = rest.dropFirst(4).prefix(count)
      rest = rest.dropFirst(4 + count)
      if id == 0x5455, let flags = field.first, flags & 1 != 0, let seconds = field.little(1, 4) {
        modifiedMilliseconds = Int64(Int32(truncatingIfNeeded: seconds)) * 1000
      }
      guard id == 1 else { continue }
      if isLong { field = field.dropFirst(8) }
      if packedCount == 0xffff_ffff, let long = field.little(0, 8), long >= 0 {
        packedCount = long
        field = field.dropFirst(8)
      }
      if offset == 0xffff_ffff, let long = field.little(0, 8), long >= 0 { offset = long }
    }
  }

  /// MS-DOS date and time, which have no zone: taken as UTC, which is near enough for a year.
  private static func time(_ time: Int, _ date: Int) -> Int64? {
    let (year, month, day) = (1980 + date >> 9, date >> 5 & 15, date & 31)
    guard date > 0, (1...12).contains(month), day > 0 else { return nil }
    let months = (year * 12 + month - 1) - 1970 * 12
    // Days before a month, to the nearest: 30.436875 each.
    let days = months * 30_436_875 / 1_000_000 + day - 1
    let seconds = (time >> 11) * 3600 + (time >> 5 & 63) * 60 + (time & 31) * 2
    return Int64(days * 86_400 + seconds) * 1000
  }
}

/// The directory at the end of a zip.
enum ZipDirectory {
  private static let longestComment = 65_535
  /// Directories of 100,000 entries have some 10 MB.
  private static let longest = 256 << 20

  /// The entries; `nil` where there is no directory.
  static func read(_ file: FileInput, size: Int) throws(SourceProblem) -> [ZipHeader]? {
    let tailCount = min(size, longestComment + 22 + 20)
    let tail = try bytes(file, (size - tailCount)..<size)
    guard let end = tail.indices.last(where: { tail[$0...].starts(with: [0x50, 0x4b, 5, 6]) }),
      var count = tail[end...].little(12, 4), var start = tail[end...].little(16, 4)
    else { return nil }
    if start == 0xffff_ffff || count == 0xffff_ffff, end >= 20,
      tail[(end - 20)...].starts(with: [0x50, 0x4b, 6, 7]),
      let place = tail[(end - 20)...].little(8, 8), place >= 0, place < size
    {
      let long = try bytes(file, place..<min(size, place + 56))
      guard long.starts(with: [0x50, 0x4b, 6, 6]), let longCount = long.little(40, 8),
        let longStart = long.little(48, 8)
      else { return nil }
      (count, start) = (longCount, longStart)
    }
    guard start >= 0, count >= 0, count <= longest, start <= size - count else { return nil }
    var rest = try bytes(file, start..<(start + count))
    var headers: [ZipHeader] = []
    while let header = ZipHeader(central: rest) {
      guard header.offset < size, header.packedCount <= size else { return nil }
      headers.append(header)
      rest = rest.dropFirst(header.headerCount)
    }
    return headers
  }

  private static func bytes(
    _ file: FileInput, _ range: Range<Int>
  ) throws(SourceProblem) -> ArraySlice<UInt8> {
    var bytes = [UInt8](repeating: 0, count: range.count)
    var filled = 0
    while filled < bytes.count {
      let more = try file.read(into: &bytes, from: filled, at: range.lowerBound + filled)
      if more == 0 { break }
      filled += more
    }
    return bytes[..<filled]
  }
}

extension ArraySlice<UInt8> {
  /// A little-endian number of up to eight bytes, `offset` bytes from the start; negative where its
  /// highest bit is set; `nil` when it does not lie within.
  func little(_ offset: Int, _ count: Int) -> Int? {
    guard offset + count <= self.count else { return nil }
    var value: UInt64 = 0
    for place in (0..<count).reversed() {
      value = value << 8 | UInt64(self[startIndex + offset + place])
    }
    return Int(truncatingIfNeeded: value)
  }
}

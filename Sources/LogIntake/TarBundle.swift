/// A header of a tar archive: 512 bytes before each entry.
///
/// Source: POSIX.1-2024, pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format".
struct TarHeader {
  static let size = 512

  var name: [UInt8]
  var count: Int
  var modifiedSeconds: Int
  /// What the entry is: `0` and NUL are files, `L` a long name, `x` and `g` pax records.
  var type: UInt8
  private var sumFits: Bool

  /// `nil` for fewer bytes than a header has.
  init?(_ bytes: ArraySlice<UInt8>) {
    guard bytes.count >= Self.size else { return nil }
    let at = bytes.startIndex
    func field(_ offset: Int, _ count: Int) -> ArraySlice<UInt8> {
      bytes[(at + offset)..<(at + offset + count)]
    }
    func text(_ offset: Int, _ count: Int) -> ArraySlice<UInt8> {
      field(offset, count).prefix { $0 != 0 }
    }
    name = Array(text(0, 100))
    let prefix = text(345, 155)
    // GNU's own form keeps times where ustar has the prefix.
    if field(257, 6).elementsEqual("ustar\0".utf8), !prefix.isEmpty {
      name = Array(prefix) + [UInt8(ascii: "/")] + name
    }
    count = Self.number(field(124, 12)) ?? -1
    modifiedSeconds = Self.number(field(136, 12)) ?? 0
    type = bytes[at + 156]
    // The sum is taken with its own field as spaces.
    var sum = 8 * 32
    for place in 0..<Self.size where !(148..<156).contains(place) { sum += Int(bytes[at + place]) }
    sumFits = Self.number(field(148, 8)) == sum
  }

  var isPlausible: Bool { sumFits && count >= 0 && (!name.isEmpty || type != UInt8(ascii: "0")) }
  var isFile: Bool { type == UInt8(ascii: "0") || type == 0 || type == UInt8(ascii: "7") }
  var isDirectory: Bool { type == UInt8(ascii: "5") || (isFile && name.last == 0x2f) }

  /// Octal digits, or GNU's base 256 where the first bit is set; `nil` for anything else.
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    guard let first = field.first else { return nil }
    if first == 0x80 {
      guard field.dropFirst().dropLast(7).allSatisfy({ $0 == 0 }) else { return nil }
      return field.suffix(7).reduce(0) { $0 << 8 | Int($1) }
    }
    var value = 0
    for byte in field.drop(while: { $0 == 0x20 }) {
      guard byte != 0, byte != 0x20 else { break }
      guard (0x30...0x37).contains(byte) else { return nil }
      value = value << 3 | Int(byte - 0x30)
    }
    return value
  }
}

/// The files of a tar archive, one after the other; nothing is written anywhere.
final class TarBundle: BundleReader, ByteInput {
  /// Names and pax records longer than this are no names.
  private static let longestRecord = 64 * 1024

  private let path: String
  private let source: PeekableInput
  private var left = 0
  private var padding = 0
  private(set) var specials = 0

  init(path: String, _ source: PeekableInput) {
    self.path = path
    self.source = source
  }

  func next() throws(SourceProblem) -> BundleEntry? {
    var longName: [UInt8]?
    var longCount: Int?
    while true {
      guard try source.skip(left + padding) == left + padding else { throw cut }
      (left, padding) = (0, 0)
      let bytes = try source.peek(TarHeader.size)
      // Two blocks of zeros end an archive; some writers leave them out.
      if bytes.isEmpty || bytes.allSatisfy({ $0 == 0 }) { return nil }
      guard let header = TarHeader(bytes), header.isPlausible else { throw cut }
      source.advance(by: TarHeader.size)
      left = header.count
      padding = (TarHeader.size - left % TarHeader.size) % TarHeader.size
      switch header.type {
      case UInt8(ascii: "L"):
        longName = Array(try record().prefix { $0 != 0 })
      case UInt8(ascii: "x"):
        let told = Self.pax(try record())
        longName = told.name ?? longName
        longCount = told.count ?? longCount
      case UInt8(ascii: "g"), UInt8(ascii: "K"):
        break
      default:
        if let longCount {
          left = longCount
          padding = (TarHeader.size - left % TarHeader.size) % TarHeader.size
        }
        if header.isDirectory { break }
        guard header.isFile else {
          specials += 1
          break
        }
        return BundleEntry(
          name: longName ?? header.name,
          modifiedMilliseconds: Int64(clamping: header.modifiedSeconds) &* 1000, input: self)
      }
      if ![UInt8(ascii: "L"), UInt8(ascii: "x"), UInt8(ascii: "K")].contains(header.type) {
        (longName, longCount) = (nil, nil)
      }
    }
  }

  /// Reads the entry that was found last.
  func read(into buffer: inout [UInt8], from start: Int) throws(SourceProblem) -> Int {
    guard left > 0 else { return 0 }
    let count = try source.read(into: &buffer, from: start, atMost: left)
    guard count > 0 else { throw cut }
    left -= count
    return count
  }

  private var cut: SourceProblem { SourceProblem(path: path, kind: .cutBundle) }

  private func record() throws(SourceProblem) -> [UInt8] {
    guard left <= Self.longestRecord else { throw cut }
    var bytes = [UInt8](repeating: 0, count: left)
    var filled = 0
    while left > 0 { filled += try read(into: &bytes, from: filled) }
    return bytes
  }

  /// The records `LENGTH KEY=VALUE\n` that matter here.
  private static func pax(_ bytes: [UInt8]) -> (name: [UInt8]?, count: Int?) {
    var (name, count): ([UInt8]?, Int?)
    var at = 0
    while at < bytes.count {
      guard let space = bytes[at...].firstIndex(of: 0x20),
        let length = Int(String(decoding: bytes[at..<space], as: UTF8.self)), length > 0,
        length <= bytes.count - at, space + 1 < at + length
      else { break }
      let record = bytes[(space + 1)..<(at + length - 1)]
      at += length
      guard let mark = record.firstIndex(of: UInt8(ascii: "=")) else { continue }
      let value = record[(mark + 1)...]
      switch String(decoding: record[..<mark], as: UTF8.self) {
      case "path": name = Array(value)
      case "size":
        count = Int(String(decoding: value, as: UTF8.self)).flatMap { 0..<1 << 56 ~= $0 ? $0 : nil }
      default: break
      }
    }
    return (name, count)
  }
}

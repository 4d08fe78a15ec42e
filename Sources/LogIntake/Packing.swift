/// How bytes are packed, told by the first of them.
enum Packing: Equatable {
  case plain, gzip, tar, zip
  /// Unpacked by the program of this name, as ripgrep's `-z` does.
  case program(String)

  /// Bytes that are enough to tell: a tar is known by its first header.
  static let headBytes = TarHeader.size

  init(head: ArraySlice<UInt8>) {
    func starts(_ magic: [UInt8]) -> Bool { head.starts(with: magic) }
    if starts([0x1f, 0x8b]) {
      self = .gzip
    } else if starts([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) {
      self = .program("xz")
    } else if starts([0x28, 0xb5, 0x2f, 0xfd]) {
      self = .program("zstd")
    } else if head.count > 9, starts(Array("BZh".utf8)),
      head.dropFirst(4).starts(with: [0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
    {
      self = .program("bzip2")
    } else if starts(Array("PK\u{3}\u{4}".utf8)) || starts(Array("PK\u{5}\u{6}".utf8)) {
      self = .zip
    } else if TarHeader(head)?.isPlausible == true {
      self = .tar
    } else {
      self = .plain
    }
  }
}

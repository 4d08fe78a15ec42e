import Foundation
import Testing

@testable import LogIntake

/// Composes tar archives byte by byte, honest ones and others.
struct TarMaker {
  private(set) var bytes: [UInt8] = []

  mutating func add(_ name: String, _ content: [UInt8], type: Character = "0", magic: Bool = true) {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at: Int) {
      for (i, b) in text.utf8.enumerated() { header[at + i] = b }
    }
    put(String(name.prefix(100)), at: 0)
    put("0000644", at: 100)
    put(octal(content.count, 11), at: 124)
    put(octal(1_795_132_800, 11), at: 136)
    put(String(type), at: 156)
    if magic { put("ustar\u{0}00", at: 257) }
    let sum = header.reduce(8 * 32) { $0 + Int($1) }
    put(octal(sum, 6) + "\u{0} ", at: 148)
    bytes += header + content
    bytes += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }

  mutating func end() { bytes += [UInt8](repeating: 0, count: 1024) }

  private func octal(_ value: Int, _ count: Int) -> String {
    let digits = String(value, radix: 8)
    return String(repeating: "0", count: count - digits.count) + digits
  }
}

/// What a source was found to hold: paths with their contents.
struct Found: Equatable {
  var logs: [String: String] = [:]
  var tally: BundleTally?
  var problems: [SourceProblem.Kind] = []

  init(_ path: String) {
    do throws(SourceProblem) {
      let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int
      let source = Source(path: path, size: size ?? 0, modifiedMilliseconds: nil)
      var found: [String: [UInt8]] = [:]
      var told: [SourceProblem.Kind] = []
      let bundle = try Contents.read(source) { log in
        var bytes: [UInt8] = []
        do throws(SourceProblem) {
          try log.read { block, _ in
            for at in 0..<block.count { bytes.append(block[at]) }
            return block.count
          }
        } catch {
          told.append(error.kind)
        }
        found[String(log.source.path.dropFirst(path.count))] = bytes
        return .known
      }
      logs = found.mapValues { String(decoding: $0, as: UTF8.self) }
      tally = bundle?.tally
      problems = told + [bundle?.problem?.kind].compactMap(\.self)
    } catch {
      problems = [error.kind]
    }
  }

  init(bytes: [UInt8]) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try Data(bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    self.init(file.path)
  }
}

@Suite("Bundles")
struct BundleTests {
  /// A directory with logs, one of them packed, one larger than a block.
  private static let contents = [
    "a.log": "one\ntwo\n", "var/log/b.log": String(repeating: "a longer line\n", count: 40_000),
    "var/empty.log": "",
  ]

  private static func withDirectory(_ body: (URL) throws -> Void) throws {
    let root = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: root) }
    for (name, text) in contents {
      let file = root.appending(path: "in").appending(path: name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    try body(root)
  }

  private static func shell(_ command: String, in directory: URL) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = directory
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  private static func has(_ program: String) -> Bool {
    ["/usr/bin/", "/bin/"].contains {
      FileManager.default.isExecutableFile(atPath: $0 + program)
    }
  }

  @Test(
    "hold what the directory held, whoever packed it",
    arguments: [
      ("tar", "tar cf ../b -C . ."), ("gzip", "tar czf ../b *"), ("xz", "tar cJf ../b *"),
      ("zstd", "tar --zstd -cf ../b *"), ("bzip2", "tar cjf ../b *"),
      ("tar", "tar --format=pax -cf ../b *"), ("tar", "tar --format=v7 -cf ../b *"),
      ("zip", "zip -qr ../b ."), ("zip", "zip -q0r ../b . "), ("zip", "zip -qr - . | cat > ../b"),
      ("python3", "python3 -m zipfile -c ../b *"),
    ])
  func holdTheDirectory(program: String, command: String) throws {
    guard Self.has(program) else { return }
    try Self.withDirectory { root in
      let name = command.contains("zip -q") && !command.contains("cat") ? "../b.zip" : "../b"
      let line = command.replacing("../b", with: name)
      try Self.shell(line, in: root.appending(path: "in"))
      let found = Found(root.appending(path: String(name.dropFirst(3))).path)
      #expect(found.problems.isEmpty)
      let expected = Dictionary(
        uniqueKeysWithValues: Self.contents.map { ("!" + $0.key, $0.value) })
      #expect(found.logs == expected)
    }
  }

  @Test("A zip is read from a pipe as by its directory")
  func zipByStream() throws {
    guard Self.has("zip"), Self.has("gzip") else { return }
    try Self.withDirectory { root in
      try Self.shell("zip -qr - . | gzip > ../b", in: root.appending(path: "in"))
      // What is compressed again cannot be sought in.
      let found = Found(root.appending(path: "b").path)
      #expect(found.problems.isEmpty)
      #expect(found.logs["!a.log"] == "one\ntwo\n")
      #expect(found.logs["!var/log/b.log"]?.utf8.count == 560_000)
    }
  }

  @Test("Names that climb out or are absolute are names, and long ones are whole")
  func names() throws {
    let long = String(repeating: "d/", count: 90) + "x.log"
    var tar = TarMaker()
    tar.add("../../etc/passwd", Array("a\n".utf8))
    tar.add("/abs.log", Array("b\n".utf8))
    tar.add("././@LongLink", Array(long.utf8) + [0], type: "L")
    tar.add("cut", Array("c\n".utf8))
    let record = "path=\(long).1\n"
    tar.add("pax", Array("\(record.utf8.count + 4) \(record)".utf8), type: "x")
    tar.add("cut", Array("d\n".utf8))
    tar.end()
    let found = try Found(bytes: tar.bytes)
    #expect(
      found.logs == [
        "!../../etc/passwd": "a\n", "!/abs.log": "b\n", "!\(long)": "c\n", "!\(long).1": "d\n",
      ])
    #expect(!FileManager.default.fileExists(atPath: "/abs.log"))
  }

  @Test("Links, devices and hidden files are passed over and counted")
  func specials() throws {
    var tar = TarMaker()
    tar.add("link.log", [], type: "2")
    tar.add("hard.log", [], type: "1")
    tar.add("null", [], type: "3")
    tar.add("dir/", [], type: "5")
    tar.add("dir/.hidden.log", Array("x\n".utf8))
    tar.add("dir/x.log", Array("x\n".utf8), magic: false)
    let found = try Found(bytes: tar.bytes)
    #expect(found.logs == ["!dir/x.log": "x\n"])
    #expect(found.tally?.specials == 3)
    #expect(found.tally?.others == 1)
    #expect(found.problems.isEmpty)
  }

  @Test("A cut at any place is told, and what came before is read")
  func cuts() throws {
    var tar = TarMaker()
    for name in ["a.log", "b.log"] { tar.add(name, Array(repeating: 0x61, count: 700)) }
    for count in stride(from: 513, to: tar.bytes.count, by: 101) {
      let found = try Found(bytes: Array(tar.bytes.prefix(count)))
      #expect(found.logs["!a.log"]?.utf8.count == min(700, count - 512))
      // Between two entries there is nothing missing that could be told.
      if count % 512 != 0 { #expect(found.problems.contains(.cutBundle)) }
    }
  }

  @Test("A flipped byte anywhere is read, told or passed over, and never stops the program")
  func flips() throws {
    var tar = TarMaker()
    tar.add("a.log", Array("one\n".utf8))
    tar.add("././@LongLink", Array("b.log".utf8) + [0], type: "L")
    tar.add("b.log", Array("two\n".utf8))
    tar.end()
    var archives = [tar.bytes]
    if Self.has("zip") {
      try Self.withDirectory { root in
        let directory = root.appending(path: "in")
        try Self.shell("zip -q ../z.zip a.log var/empty.log", in: directory)
        archives.append(Array(try Data(contentsOf: root.appending(path: "z.zip"))))
      }
    }
    for bytes in archives {
      for place in stride(from: 0, to: bytes.count, by: 7) {
        for value: UInt8 in [0xff, bytes[place] ^ 0x10] {
          var flipped = bytes
          flipped[place] = value
          _ = try Found(bytes: flipped)
        }
      }
    }
  }

  @Test("A bomb is refused: by ratio, by number of entries, by bundles in bundles")
  func bombs() throws {
    guard Self.has("gzip"), Self.has("tar") else { return }
    try Self.withDirectory { root in
      let directory = root.appending(path: "in")
      try Self.shell(
        "head -c 70000000 /dev/zero > z.log && tar czf ../b z.log && gzip -c z.log > ../z.gz",
        in: directory)
      let bomb = Found(root.appending(path: "b").path)
      let words = "unpacks to more than \(UnpackingBudget.mostRatio) times its size"
      #expect(bomb.problems.contains(.refused(words)))
      #expect(bomb.logs["!z.log"]?.utf8.count ?? 0 < 80_000_000)
      // A log that is merely compressed may be as dull as it likes.
      #expect(Found(root.appending(path: "z.gz").path).problems.isEmpty)
      try Self.shell(
        "rm z.log; tar cf 1.tar a.log; tar cf 2.tar 1.tar; tar cf ../3.tar 2.tar", in: directory)
      let nested = Found(root.appending(path: "3.tar").path)
      #expect(nested.problems == [.refused("more than 2 bundles in each other")])
      #expect(Found(directory.appending(path: "2.tar").path).logs == ["!1.tar!a.log": "one\ntwo\n"])
    }
    let budget = UnpackingBudget(path: "b", size: 1)
    for _ in 0..<UnpackingBudget.mostEntries { try budget.noteEntry() }
    #expect(throws: SourceProblem.self) { try budget.noteEntry() }
  }

  @Test("Entries that overlap are refused, and encrypted ones counted")
  func zipTricks() throws {
    guard Self.has("python3"), Self.has("zip") else { return }
    try Self.withDirectory { root in
      let directory = root.appending(path: "in")
      let overlap = """
        import zipfile
        z = zipfile.ZipFile('../o.zip', 'w')
        z.write('a.log'); z.write('var/log/b.log')
        z.filelist[0].header_offset = z.filelist[1].header_offset
        z.close()
        """
      try Data(overlap.utf8).write(to: root.appending(path: "o.py"))
      try Self.shell("python3 ../o.py", in: directory)
      #expect(
        Found(root.appending(path: "o.zip").path).problems == [.refused("its entries overlap")])
      try Self.shell("zip -q -P secret ../e.zip a.log", in: directory)
      let encrypted = Found(root.appending(path: "e.zip").path)
      #expect(encrypted.logs.isEmpty)
      #expect(encrypted.tally?.specials == 1)
    }
  }
}

@Suite("The hash of a content")
struct ContentHashTests {
  @Test("is the same whatever the blocks, and another for another content")
  func blocks() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    func hash(_ bytes: [UInt8], by size: Int) -> ContentHash.Value {
      var hash = ContentHash()
      for start in stride(from: 0, to: bytes.count, by: size) {
        hash.add(bytes.span.extracting(start..<min(start + size, bytes.count)))
      }
      return hash.value
    }
    let whole = hash(bytes, by: 1000)
    for size in [1, 3, 31, 32, 33, 64, 999] { #expect(hash(bytes, by: size) == whole) }
    var seen: Set = [whole]
    for place in bytes.indices {
      var other = bytes
      other[place] ^= 1
      #expect(seen.insert(hash(other, by: 64)).inserted)
      #expect(seen.insert(hash(Array(bytes.prefix(place)), by: 64)).inserted)
    }
  }
}

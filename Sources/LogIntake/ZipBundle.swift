/// The files of a zip archive: by its directory where the archive can be sought in, else one after
/// the other by what stands before each.
///
/// Source: PKWARE APPNOTE 6.3.10, 4.3 (structure) and 4.5.3 (sizes of 64 bits).
final class ZipBundle: BundleReader {
  private let path: String
  private let budget: UnpackingBudget
  private(set) var specials = 0
  private var way: Way

  private enum Way {
    /// Places of the entries, the next one last.
    case directory(FileInput, [ZipHeader])
    case stream(PeekableInput, last: ZipEntryInput?)
  }

  /// By the directory at the end of `file`.
  init(path: String, _ file: FileInput, size: Int, _ budget: UnpackingBudget) throws(SourceProblem)
  {
    self.path = path
    self.budget = budget
    guard let headers = try ZipDirectory.read(file, size: size) else {
      // Cut before its directory: what stands before each entry is still there.
      way = .stream(PeekableInput(FilePart(file, 0..<size)), last: nil)
      return
    }
    let inOrder = headers.sorted { ($0.offset, $0.name.count) < ($1.offset, $1.name.count) }
    for (one, other) in zip(inOrder, inOrder.dropFirst())
    where other.offset - one.offset < one.packedCount {
      // Source: D. Fifield, "A better zip bomb", WOOT 2019.
      throw budget.refusal("its entries overlap")
    }
    // Rotated logs stand together, the oldest first: an exchange may lie over two of them.
    let keyed = headers.map { header in
      let name = String(decoding: header.name, as: UTF8.self)
      return (LogSet.name(of: name), header.modifiedMilliseconds ?? 0, name, header)
    }
    way = .directory(
      file, keyed.sorted { ($0.0, $0.1, $0.2) > ($1.0, $1.1, $1.2) }.map(\.3))
  }

  /// By what stands before each entry.
  init(path: String, _ source: PeekableInput, _ budget: UnpackingBudget) {
    self.path = path
    self.budget = budget
    way = .stream(source, last: nil)
  }

  func next() throws(SourceProblem) -> BundleEntry? {
    while true {
      guard let (header, source) = try nextHeader() else { return nil }
      let entry = try ZipEntryInput(path: path, header, source, budget)
      if case .stream(let source, _) = way { way = .stream(source, last: entry) }
      guard let entry else {
        specials += 1
        continue
      }
      if header.isDirectory { continue }
      return BundleEntry(
        name: header.name, modifiedMilliseconds: header.modifiedMilliseconds, input: entry)
    }
  }

  private func nextHeader() throws(SourceProblem) -> (ZipHeader, PeekableInput)? {
    switch way {
    case .directory(let file, var headers):
      guard let header = headers.popLast() else { return nil }
      way = .directory(file, headers)
      // The header before the data may be longer than what the directory says of it.
      let source = PeekableInput(FilePart(file, header.offset..<Int.max))
      guard let local = ZipHeader(local: try source.peek(ZipHeader.longest)) else { throw cut }
      source.advance(by: local.headerCount)
      return (header, source)
    case .stream(let source, let last):
      try last?.finish()
      guard let header = ZipHeader(local: try source.peek(ZipHeader.longest)) else {
        // The directory follows the last entry.
        let mark = try source.peek(4)
        guard mark.starts(with: "PK".utf8), mark.last != 4 else { throw cut }
        return nil
      }
      source.advance(by: header.headerCount)
      return (header, source)
    }
  }

  private var cut: SourceProblem { SourceProblem(path: path, kind: .cutBundle) }
}

/// Reads one entry of a zip.
final class ZipEntryInput: ByteInput {
  private let path: String
  private let header: ZipHeader
  private let source: PeekableInput
  private let inflater: InflateInput?
  /// Bytes of a stored entry that are still to come.
  private var left: Int
  private var sum = EntrySum()
  private var count = 0
  private var isDone = false

  /// `nil` for what cannot be read: encrypted, or packed in another way.
  init?(
    path: String, _ header: ZipHeader, _ source: PeekableInput, _ budget: UnpackingBudget
  ) throws(SourceProblem) {
    self.path = path
    self.header = header
    self.source = source
    // Writers to pipes know the length of what they store, though they tell only this of it.
    left = header.knowsCounts ? header.packedCount : header.count
    switch header.method {
    case .stored where !header.isEncrypted: inflater = nil
    case .deflated where !header.isEncrypted:
      inflater = try InflateInput(path: path, source, .bare, budget)
    case .stored, .deflated, .other:
      // The next entry is found only where this one's length is known.
      guard header.knowsCounts else {
        throw SourceProblem(
          path: path, kind: .refused("an entry of unknown length that cannot be unpacked"))
      }
      _ = try source.skip(left)
      return nil
    }
  }

  func read(into buffer: inout [UInt8], from start: Int) throws(SourceProblem) -> Int {
    guard !isDone else { return 0 }
    let more: Int
    if let inflater {
      more = try inflater.read(into: &buffer, from: start)
    } else {
      more = left == 0 ? 0 : try source.read(into: &buffer, from: start, atMost: left)
      if more == 0, left > 0 { throw SourceProblem(path: path, kind: .cutBundle) }
      left -= more
    }
    guard more > 0 else {
      isDone = true
      try check()
      return 0
    }
    sum.add(buffer[start..<(start + more)])
    count += more
    return more
  }

  /// Passes what was not read, so that the source stands behind the entry.
  func finish() throws(SourceProblem) {
    var buffer = [UInt8](repeating: 0, count: isDone ? 0 : 64 * 1024)
    while !isDone { _ = try read(into: &buffer, from: 0) }
  }

  /// The sum stands before the entry, or behind it with the sizes.
  private func check() throws(SourceProblem) {
    var expected = header.sum
    if !header.knowsCounts {
      let bytes = try source.peek(28)
      let hasMark = bytes.starts(with: [0x50, 0x4b, 7, 8])
      let told = hasMark ? bytes.dropFirst(4) : bytes
      guard let value = told.little(0, 4) else {
        throw SourceProblem(path: path, kind: .cutBundle)
      }
      expected = UInt32(truncatingIfNeeded: value)
      // Whether the sizes have eight bytes is told by the next header behind them.
      let isShort = told.dropFirst(12).starts(with: "PK".utf8)
      let isLong = !isShort && told.dropFirst(20).starts(with: "PK".utf8)
      source.advance(by: (hasMark ? 4 : 0) + (isLong ? 20 : 12))
    }
    guard sum.value == expected else { throw SourceProblem(path: path, kind: .damagedGzip) }
  }
}

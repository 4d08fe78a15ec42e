import ArgumentParser
import Correlator
import Foundation
import LogIntake
import Pipeline
import Reports

/// A digest as `logtriage digest` writes it: what each file told, so that the same piece of a log can
/// come twice and is counted once.
///
/// Putting documents together is the union of their parts: the order, the grouping and repetitions
/// change nothing. `sum` makes one part of all, which keeps a document small, but from then on the part
/// is only taken whole. The form is described in `DigestGuide`.
struct DigestParts: Codable {
  /// Why parts cannot be put together.
  enum Overlap: Error {
    /// A file of a sum is in another part, which holds files that are not in the sum.
    case sums(file: String)
    /// A file of a sum is another one's copy.
    case twin(file: String, other: String)
    /// The same piece gave two digests.
    case differs(file: String)

    var sentence: String {
      switch self {
      case .sums(let file):
        "\(file) is in two sums (--sum), and neither holds all of the other; merge the digests that "
          + "they were made of"
      case .twin(let file, let other):
        "\(file), which is in a sum (--sum), is a copy of \(other); merge the digests that were added "
          + "up, or add them up with a --ledger that knows both"
      case .differs(let file):
        "\(file) was digested twice with different settings; leave one of the two digests out"
      }
    }
  }

  enum Format: String, Codable {
    case digest = "logtriage-digest"
    /// Without what the files tell.
    case ledger = "logtriage-ledger"
  }

  private(set) var format = Format.digest
  private(set) var parts: [DigestPart]

  init(_ parts: [DigestPart] = []) { self.parts = parts }

  init(_ results: [FileResult<DigestConsumer>], asked: AskedSpan?, year: Int?) {
    parts = results.map { result in
      let file = CoveredFile(
        summary: FileSummary(result, year: year),
        content: result.contentHash.map(CoveredFile.Content.init), asked: asked)
      return DigestPart(files: [file], digest: result.digest)
    }
  }

  /// The union of documents, each piece once.
  ///
  /// `ledger` knows all files, those of other documents included: what it counts under another name
  /// is left out.
  init(union documents: [DigestParts], ledger: DigestParts? = nil) throws(Overlap) {
    parts = documents.flatMap(\.parts)
    try settleTwins(keepers(of: parts + (ledger?.parts ?? [])))
    try dropRepeated()
  }

  /// Makes one part of all.
  mutating func sum() {
    let files = parts.flatMap(\.files).sorted(by: <)
    parts = [DigestPart(files: files, digest: digest)]
  }

  /// The same without the digests: which files there are, and what their bytes are told apart by.
  var ledger: DigestParts {
    var ledger = DigestParts(parts.map { DigestPart(files: $0.files, digest: nil) })
    ledger.format = .ledger
    return ledger
  }

  var digest: Digest { Digest(merging: parts.lazy.compactMap(\.digest)) }
  var files: [CoveredFile] { parts.flatMap(\.files).sorted(by: <) }

  /// Paths that stand here with several contents or asked times, all of which are counted.
  var ambiguousPaths: [String] {
    let paths = files.filter { $0.content != nil }.map(\.summary.path)
    return zip(paths, paths.dropFirst()).filter { $0 == $1 }.map(\.0)
  }

  /// Of the files of one content the first by name is counted.
  private func keepers(of parts: [DigestPart]) -> [CoveredFile.Piece: String] {
    var keepers: [CoveredFile.Piece: String] = [:]
    for file in parts.lazy.flatMap(\.files) {
      guard let twinship = file.twinship else { continue }
      keepers[twinship] = min(keepers[twinship] ?? file.summary.path, file.summary.path)
    }
    return keepers
  }

  private mutating func settleTwins(_ keepers: [CoveredFile.Piece: String]) throws(Overlap) {
    for (place, part) in parts.enumerated() {
      for (index, file) in part.files.enumerated() {
        guard let keeper = file.twinship.flatMap({ keepers[$0] }), keeper != file.summary.path
        else { continue }
        guard part.files.count == 1 || file.summary.sameAs != nil else {
          throw .twin(file: file.summary.path, other: keeper)
        }
        parts[place].files[index] = file.counted(as: keeper)
        if part.files.count == 1 { parts[place].digest = nil }
      }
    }
  }

  private mutating func dropRepeated() throws(Overlap) {
    // Sums first: what they cover needs no part of its own.
    let inOrder = parts.sorted { a, b in
      a.files.count != b.files.count
        ? a.files.count > b.files.count : zip(a.files, b.files).first { $0 != $1 }.map(<) ?? false
    }
    parts = []
    var places: [CoveredFile.Piece: Int] = [:]
    var unread: Set<CoveredFile> = []
    for part in inOrder {
      let pieces = part.files.compactMap(\.piece)
      let known = pieces.compactMap { places[$0] }
      if let place = known.first {
        guard known.count == pieces.count, Set(known).count == 1 || part.files.count == 1 else {
          throw .sums(
            file: part.files.first { $0.piece.map { places[$0] != nil } ?? false }?.summary.path
              ?? "")
        }
        guard part.files.count < parts[place].files.count || part == parts[place] else {
          throw .differs(file: part.files[0].summary.path)
        }
        continue
      }
      if pieces.isEmpty, !part.files.isEmpty, part.files.allSatisfy({ unread.contains($0) }) {
        continue
      }
      unread.formUnion(part.files.filter { $0.content == nil })
      for piece in pieces { places[piece] = parts.count }
      parts.append(part)
    }
  }
}

extension DigestParts {
  private static let head = Data("{\"format\":\"logtriage-digest\"".utf8)

  /// Whether the file begins as a digest does.
  static func isOne(_ path: String) -> Bool {
    guard let file = FileHandle(forReadingAtPath: path) else { return false }
    return (try? file.read(upToCount: head.count)) == head
  }

  /// Errors are told in words, with the file's name.
  static func read(_ path: String) throws -> DigestParts {
    do {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      return try JSONDecoder().decode(DigestParts.self, from: bytes)
    } catch let error as DecodingError {
      throw ValidationError("\(path) is no digest of this version: \(Self.words(error))")
    } catch {
      throw ValidationError("\(path) cannot be read: \(error.localizedDescription)")
    }
  }

  private static func words(_ error: DecodingError) -> String {
    switch error {
    case .dataCorrupted(let context), .keyNotFound(_, let context),
      .typeMismatch(_, let context), .valueNotFound(_, let context):
      context.debugDescription
    @unknown default: "damaged"
    }
  }

  /// Equal documents have equal bytes.
  func write(to path: String?) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let bytes = try encoder.encode(self)
    guard let path, path != "-" else {
      StandardOutput.write(Array(bytes) + [10])
      return
    }
    try OutputFile.write(bytes, to: path)
  }
}

import Correlator
import Foundation
import LogIntake
import Pipeline
import Reports

/// A digest as `logtriage digest` writes it: what each file told, so that the same piece of a log can
/// come twice and is counted once.
///
///     {"format": "logtriage-digest",
///      "parts": [{"files": [{"summary": {"path": ..., "records": ...},
///                            "content": {"hash": ..., "bytes": ...}, "asked": ...}],
///                 "digest": {"version": ..., ...}}]}
///
/// `summary` is the file's row of the JSON report, `digest` is described in `DigestForm.swift`. Putting
/// documents together is the union of their parts: the order, the grouping and repetitions change
/// nothing. `sum` makes one part of all, which keeps a document small, but from then on the part is
/// only taken whole.
struct DigestParts: Codable {
  /// Why parts cannot be put together.
  enum Overlap: Error {
    /// A file of a sum is in another part, too.
    case sum(file: String, other: String)
    /// The same piece gave two digests.
    case differs(file: String)

    var sentence: String {
      switch self {
      case .sum(let file, let other):
        "\(file) was added up with other files (--sum), and \(other) is the same log; merge the "
          + "digests that were added up, or name them all with --ledger before"
      case .differs(let file):
        "\(file) was digested twice with different settings; leave one of the two digests out"
      }
    }
  }

  private(set) var format = "logtriage-digest"
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

  /// The union of two documents, each piece once.
  mutating func merge(_ other: DigestParts) throws(Overlap) {
    parts += other.parts
    try settleTwins(keepers(of: parts))
    try dropRepeated()
  }

  /// Leaves out what `ledger`, which knows all files, counts under other names.
  mutating func settle(by ledger: DigestParts) throws(Overlap) {
    try settleTwins(keepers(of: parts + ledger.parts))
  }

  /// Makes one part of all.
  mutating func sum() {
    let files = parts.flatMap(\.files).sorted(by: <)
    parts = [DigestPart(files: files, digest: digest)]
  }

  /// The same without the digests: which files there are, and what their bytes are told apart by.
  var ledger: DigestParts { DigestParts(parts.map { DigestPart(files: $0.files, digest: nil) }) }

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
          throw .sum(file: file.summary.path, other: keeper)
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
          throw .sum(file: part.files[0].summary.path, other: part.files[0].summary.path)
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

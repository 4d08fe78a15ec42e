import Correlator
import LogIntake
import Pipeline
import Reports

/// What some files told: one, or several added up.
struct DigestPart: Codable, Equatable {
  /// In the order of their paths.
  var files: [CoveredFile]
  /// `nil` where the files are no logs, or were counted under another name.
  var digest: Digest?
}

/// A file, and which piece of it a digest was made from.
struct CoveredFile: Codable, Hashable {
  /// What the bytes of the log are told apart by, unpacked.
  struct Content: Codable, Hashable {
    /// 32 hexadecimal digits.
    var hash: String
    var bytes: Int
  }

  /// The piece: two digests of one of these are of the same records.
  struct Piece: Hashable {
    var path: String
    var content: Content
    var asked: AskedSpan?
  }

  var summary: FileSummary
  /// `nil` for what was not read to its end, or not as a log.
  var content: Content?
  /// The time that was asked for; `nil` where all was.
  var asked: AskedSpan?

  var piece: Piece? { content.map { Piece(path: summary.path, content: $0, asked: asked) } }

  static func < (a: CoveredFile, b: CoveredFile) -> Bool {
    a.summary.path != b.summary.path
      ? a.summary.path < b.summary.path : (a.content?.hash ?? "") < (b.content?.hash ?? "")
  }

  /// What the file shares with its twins: `nil` where it may only be alike by chance.
  ///
  /// As `Twins` says for the files of one run.
  var twinship: Piece? {
    guard var piece, piece.content.bytes >= Twins.leastBytes, summary.format != nil,
      summary.problem == nil
    else { return nil }
    piece.path = ""
    return piece
  }

  /// The same file, counted under another name.
  func counted(as other: String) -> CoveredFile {
    var twin = self
    twin.summary = FileSummary(path: summary.path, format: summary.format)
    twin.summary.sameAs = other
    return twin
  }
}

extension CoveredFile.Content {
  init(_ value: ContentHash.Value) {
    hash = [value.high, value.low]
      .map {
        String(repeating: "0", count: 16 - String($0, radix: 16).count) + String($0, radix: 16)
      }
      .joined()
    bytes = value.count
  }
}

/// One input: a file, standard input, or a file within a bundle.
package struct Source: Sendable, Hashable {
  /// As the user would type it; `-` for standard input; `bundle.tgz!var/log/x.log` for what a
  /// bundle holds.
  package var path: String
  /// Bytes as stored; 0 for a pipe.
  package var size: Int
  /// Last change, in milliseconds since 1970 UTC; `nil` for a pipe.
  package var modifiedMilliseconds: Int64?

  package init(path: String, size: Int, modifiedMilliseconds: Int64?) {
    self.path = path
    self.size = size
    self.modifiedMilliseconds = modifiedMilliseconds
  }

  package static let standardInput = Source(path: "-", size: 0, modifiedMilliseconds: nil)
}

/// Why an input could not be read, or not to its end.
///
/// The run goes on with the others.
package struct SourceProblem: Error, Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    case notFound, notPermitted, isEmptyDirectory
    /// The system's own words.
    case unreadable(String)
    /// Compressed data ends early or is damaged; what came before was read.
    case damagedGzip
    /// A bundle ends early or is damaged; what came before was read.
    case cutBundle
    /// More than this program unpacks, in these words.
    case refused(String)
    /// The program that unpacks this kind is not installed.
    case missingProgram(String)
    case notText
  }

  package var path: String
  package var kind: Kind

  package init(path: String, kind: Kind) {
    self.path = path
    self.kind = kind
  }

  package var sentence: String {
    switch kind {
    case .notFound: "no such file or directory"
    case .notPermitted: "permission denied"
    case .isEmptyDirectory: "the directory holds no files"
    case .unreadable(let words): words
    case .cutBundle: "the bundle is cut or damaged; read up to there"
    case .refused(let words): "refused: \(words)"
    case .damagedGzip: "compressed data is cut or damaged; read up to there"
    case .missingProgram(let name): "needs the program `\(name)`, which is not installed"
    case .notText: "binary data, not a log"
    }
  }
}

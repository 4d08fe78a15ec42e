import LogFormats
import LogIntake

/// A format that somebody asked for, for all files or for those of a glob.
struct FormatWish: Sendable {
  enum Kind: Sendable {
    case builtIn(any LogFormat.Type)
    case owner(OwnerFormat)
  }

  var kind: Kind
  /// `nil` is every file.
  var glob: PathGlob?
  /// Who asked, for people: `--log-format`, `settings.yaml:4`.
  var origin: String

  /// What is wrong with a wish, in words.
  struct Flaw: Error { var sentence: String }

  /// `--log-format NAME[@GLOB]:PATTERN`.
  init(logFormat text: String) throws(Flaw) {
    guard let colon = text.firstIndex(of: ":") else {
      throw Flaw(sentence: "\(text): write NAME:PATTERN, NAME one of \(Self.dialects)")
    }
    let head = text[..<colon].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    let glob = head.count > 1 ? try Self.glob(String(head[1])) : nil
    let format = try Self.owner(
      String(head.first ?? ""), String(text[text.index(after: colon)...]))
    self.init(kind: .owner(format), glob: glob, origin: "--log-format")
  }

  /// `--input-format NAME[:GLOB]`.
  init(inputFormat text: String) throws(Flaw) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts.first ?? "")
    let glob = parts.count > 1 ? try Self.glob(String(parts[1])) : nil
    self.init(kind: .builtIn(try Self.builtIn(name)), glob: glob, origin: "--input-format")
  }

  /// A value of the settings file: the name of a built-in format, or NAME:PATTERN.
  init(value: String, glob: PathGlob?, origin: String) throws(Flaw) {
    guard let colon = value.firstIndex(of: ":") else {
      self.init(kind: .builtIn(try Self.builtIn(value)), glob: glob, origin: origin)
      return
    }
    let format = try Self.owner(
      String(value[..<colon]), String(value[value.index(after: colon)...]))
    self.init(kind: .owner(format), glob: glob, origin: origin)
  }

  private init(kind: Kind, glob: PathGlob?, origin: String) {
    self.kind = kind
    self.glob = glob
    self.origin = origin
  }

  /// The format's name as `formats` lists it, or the owner's pattern.
  var name: String {
    switch kind {
    case .builtIn(let type): type.card.name
    case .owner(let format): "\(format.dialect.rawValue):\(format.pattern)"
    }
  }

  private static let dialects = OwnerFormat.Dialect.allCases.map(\.rawValue).joined(
    separator: ", ")

  private static func owner(_ name: String, _ pattern: String) throws(Flaw) -> OwnerFormat {
    guard let dialect = OwnerFormat.Dialect(rawValue: name) else {
      throw Flaw(
        sentence: "\(name): formats can be given for \(dialects), as in 'nginx:$remote_addr ...'")
    }
    do {
      // Blanks around it come from typing `nginx: $status` and from YAML's blocks.
      let trimmed = pattern.drop { $0 == " " }
      let end = trimmed.lastIndex { !$0.isNewline }.map { trimmed.index(after: $0) }
      return try OwnerFormat(dialect, String(trimmed[..<(end ?? trimmed.startIndex)]))
    } catch {
      throw Flaw(sentence: error.description)
    }
  }

  private static func builtIn(_ name: String) throws(Flaw) -> any LogFormat.Type {
    guard let type = FormatShelf.named(name) else {
      throw Flaw(sentence: "no such format: \(name); `logtriage formats` lists them")
    }
    return type
  }

  static func glob(_ text: String) throws(Flaw) -> PathGlob {
    do {
      return try PathGlob(text)
    } catch {
      throw Flaw(sentence: "\(text): \(error.sentence)")
    }
  }
}

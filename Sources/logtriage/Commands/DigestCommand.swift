import ArgumentParser
import Correlator
import Foundation
import LogIntake
import Pipeline
import Reports

/// A digest in a file, with what was read for it.
struct DigestDocument: Codable {
  var format = "logtriage-digest"
  var digest: Digest
  var files: [FileSummary]

  func write(to path: String?) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let bytes = try encoder.encode(self)
    guard let path, path != "-" else {
      StandardOutput.write(Array(bytes) + [10])
      return
    }
    try bytes.write(to: URL(fileURLWithPath: path), options: .atomic)
  }

  /// Errors are told in words, with the file's name.
  static func read(_ path: String) throws -> DigestDocument {
    do {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      return try JSONDecoder().decode(DigestDocument.self, from: bytes)
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

  var report: Report {
    Report(
      files: files.sorted { $0.path < $1.path }, classification: Classifier.classify(digest),
      clientAborts: digest.clientAborts)
  }
}

/// `logtriage digest`: the mergeable summary of some logs.
struct DigestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "digest", abstract: "The mergeable summary of logs, as a file.",
    discussion: "Digests of parts, made anywhere, are put together by `logtriage merge`.")

  @Option(name: .shortAndLong, help: "File to write; standard output without.")
  var output: String?

  @OptionGroup var input: InputOptions

  func run() throws {
    let (sources, problems) = try input.sources()
    var status = ExitStatus.ran
    for problem in problems { status.note(problem) }
    let (digest, results) = input.run().digest(sources, roots: input.paths)
    for result in results {
      if let problem = result.problem { status.note(problem) }
    }
    let files = results.map(FileSummary.init)
    if !files.contains(where: { $0.format != nil }) { status.raise(.nothingRecognized) }
    try DigestDocument(digest: digest, files: files).write(to: output)
    throw status.exitCode
  }
}

/// `logtriage merge`: digests to one digest, or to the report that their logs would give.
struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Digests to their report, or to one digest (--digest).")

  @Argument(help: "Files that `logtriage digest` wrote.")
  var digests: [String]

  @Option(help: "Write the merged digest to this file instead of a report.")
  var digest: String?

  @OptionGroup var shape: ReportShape

  func run() throws {
    var merged = DigestDocument(digest: Digest(), files: [])
    for path in digests {
      let part = try DigestDocument.read(path)
      merged.digest.merge(part.digest)
      merged.files += part.files
    }
    merged.files.sort { $0.path < $1.path }
    if let digest {
      try merged.write(to: digest)
    } else {
      try shape.write(merged.report)
    }
  }
}

import ArgumentParser
import Correlator
import Foundation
import LogFormats
import LogIntake
import Pipeline
import Reports

/// A digest in a file, with what was read for it.
struct DigestDocument: Codable {
  var format = "logtriage-digest"
  var digest: Digest
  var files: [FileSummary]
  /// The time that was asked for.
  var asked: AskedSpan?
  /// Not part of the file: names and times stand in it as the logs wrote them.
  var corrections = Corrections()

  private enum CodingKeys: String, CodingKey { case format, digest, files, asked }

  init(digest: Digest, files: [FileSummary], asked: AskedSpan? = nil) {
    self.digest = digest
    self.files = files
    self.asked = asked
  }

  /// Reads what the command line names and tells of what could not be read.
  ///
  /// Files stand in the order of their names: the same inputs give the same document, in whatever
  /// order they were named.
  init(reading input: InputOptions, _ status: inout ExitStatus) throws {
    let (sources, problems) = try input.sources()
    for problem in problems { status.note(problem) }
    let run = try input.run(over: sources)
    let (digest, results) = run.digest(sources, roots: input.paths)
    try input.coverage.write(results)
    for result in results {
      if let problem = result.problem { status.note(problem) }
    }
    let files = results.map { FileSummary($0, year: input.assumeYear) }.sorted { $0.path < $1.path }
    if !files.contains(where: { $0.format != nil || $0.isTooOld }) {
      status.raise(.nothingRecognized)
    }
    input.coverage.check(files, &status)
    self.init(digest: digest, files: files, asked: AskedSpan(run.asked))
    let settings = try input.runSettings()
    settings.tellUnused(results.compactMap(\.format))
    corrections = settings.corrections
  }

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

  /// Whether the file begins as a digest does.
  static func isOne(_ path: String) -> Bool {
    guard let file = FileHandle(forReadingAtPath: path) else { return false }
    let head = try? file.read(upToCount: 10)
    return head == Data("{\"digest\":".utf8)
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

  var classification: Classification { Classifier.classify(digest, corrections) }

  func report(_ redaction: Redaction = Redaction()) -> Report {
    Report(
      files: files, classification: classification, clientAborts: digest.clientAborts, asked: asked,
      redaction: redaction, digest: digest)
  }
}

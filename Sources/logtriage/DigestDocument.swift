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
  /// Not part of the file: names stand in it as the logs wrote them.
  var aliases = BackendAliases()

  private enum CodingKeys: String, CodingKey { case format, digest, files }

  init(digest: Digest, files: [FileSummary]) {
    self.digest = digest
    self.files = files
  }

  /// Reads what the command line names and tells of what could not be read.
  ///
  /// Files stand in the order of their names: the same inputs give the same document, in whatever
  /// order they were named.
  init(reading input: InputOptions, _ status: inout ExitStatus) throws {
    let (sources, problems) = try input.sources()
    for problem in problems { status.note(problem) }
    let (digest, results) = try input.run().digest(sources, roots: input.paths)
    for result in results {
      if let problem = result.problem { status.note(problem) }
    }
    let files = results.map(FileSummary.init).sorted { $0.path < $1.path }
    if !files.contains(where: { $0.format != nil }) { status.raise(.nothingRecognized) }
    self.init(digest: digest, files: files)
    let settings = try input.runSettings()
    settings.tellUnused(results.compactMap(\.format))
    aliases = settings.aliases
  }

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
      files: files, classification: Classifier.classify(digest), clientAborts: digest.clientAborts)
  }
}

extension FileSummary {
  init(_ result: FileResult<DigestConsumer>) {
    self.init(path: result.source.path, format: result.format?.name)
    lines = result.counts.lines
    records = result.counts.records
    events = result.counts.events
    chatter = result.counts.chatter
    faults = result.counts.faultCount
    problem = result.problem?.sentence
  }
}

import ArgumentParser
import Correlator
import Foundation
import LogFormats
import LogIntake
import Pipeline
import Reports

/// A digest with what was read for it: all that a report needs.
struct DigestDocument {
  var digest: Digest
  var files: [FileSummary]
  /// The time that was asked for.
  var asked: AskedSpan?
  /// Names and times stand in the digest as the logs wrote them.
  var corrections = Corrections()
  /// How many cores may be busy with it.
  var workers = ProcessInfo.processInfo.activeProcessorCount

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
    let reading = try Reading(input, &status)
    self.init(
      digest: Digest(merging: reading.results.lazy.compactMap(\.digest)),
      files: reading.results.map { FileSummary($0, year: input.assumeYear) }
        .sorted { $0.path < $1.path },
      asked: reading.asked)
    corrections = reading.settings.corrections
    workers = reading.workers
  }

  init(_ parts: DigestParts) {
    let files = parts.files
    // Parts of different windows have none in common.
    let asked = Set(files.map(\.asked))
    self.init(
      digest: parts.digest, files: files.map(\.summary),
      asked: asked.count == 1 ? asked.first ?? nil : nil)
  }

  var classification: Classification {
    Classifier.classify(digest, corrections, workers: workers)
  }

  func report(_ redaction: Redaction = Redaction()) -> Report {
    Report(
      files: files, classification: classification, clientAborts: digest.clientAborts, asked: asked,
      redaction: redaction, digest: digest)
  }
}

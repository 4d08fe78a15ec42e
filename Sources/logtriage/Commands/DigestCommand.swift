import ArgumentParser
import Correlator
import Reports

/// `logtriage digest`: the mergeable summary of some logs.
struct DigestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "digest", abstract: "The mergeable summary of logs, as a file.",
    discussion: "Digests of parts, made anywhere, are put together by `logtriage merge`.")

  @Option(name: .shortAndLong, help: "File to write; standard output without.")
  var output: String?

  @OptionGroup var input: InputOptions

  func run() throws {
    var status = ExitStatus.ran
    try DigestDocument(reading: input, &status).write(to: output)
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

  @OptionGroup var tie: TieOptions

  @OptionGroup var shape: ReportShape

  func run() throws {
    var merged = DigestDocument(digest: Digest(), files: [])
    for (index, path) in digests.enumerated() {
      let part = try DigestDocument.read(path)
      // Parts of different windows have none in common.
      merged.asked = index == 0 || merged.asked == part.asked ? part.asked : nil
      merged.digest.merge(part.digest)
      merged.files += part.files
    }
    merged.files.sort { $0.path < $1.path }
    merged.corrections = try tie.corrections()
    if let digest {
      try merged.write(to: digest)
    } else {
      try shape.write(merged.report)
    }
  }
}

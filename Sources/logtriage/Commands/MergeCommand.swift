import ArgumentParser
import Reports

/// `logtriage merge`: digests to one digest, or to the report that their logs would give.
struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Digests to their report, or to one digest (--digest).",
    discussion: """
      The report is that of all logs read at once, byte for byte, in whatever order and grouping the \
      digests come. What is in several of them is counted once: the same piece of a log, or the same \
      content under two names.

      A merged digest keeps the parts of all files. --sum adds them up, so that it grows with backends \
      and not with files; it is then only taken whole. For a tree of sums, say first what there is: \
      `merge --only-ledger --digest all.ledger *.digest`, then `merge --sum --ledger all.ledger ...`.
      """)

  @Argument(help: "Files that `logtriage digest` wrote.")
  var digests: [String]

  @Option(help: "Write the merged digest to this file (- for standard output) instead of a report.")
  var digest: String?

  @Flag(help: "Add the parts of all files up.")
  var sum = false

  @Flag(help: "Write only which files there are, without what they tell.")
  var onlyLedger = false

  @Option(help: "A digest with all files, which decides what is counted under which name.")
  var ledger: String?

  @OptionGroup var tie: TieOptions

  @OptionGroup var shape: ReportShape

  func validate() throws {
    guard digest != nil || !sum && !onlyLedger else {
      throw ValidationError("--sum and --only-ledger go with --digest FILE")
    }
    guard !sum || !onlyLedger else { throw ValidationError("--only-ledger goes without --sum") }
  }

  func run() throws {
    var merged = try merged()
    if let digest {
      if sum { merged.sum() }
      try (onlyLedger ? merged.ledger : merged).write(to: digest)
      return
    }
    for path in Set(merged.ambiguousPaths).sorted() {
      Message.say("\(SafeText.terminal(path)): several contents or windows, all of them counted")
    }
    var status = ExitStatus.ran
    var document = DigestDocument(merged)
    if document.files.contains(where: { $0.problem != nil }) { status.raise(.unreadable) }
    if !document.files.contains(where: \.isRecognized) { status.raise(.nothingRecognized) }
    document.corrections = try tie.corrections()
    try shape.write(document.report(shape.redact.redaction), &status)
    throw status.exitCode
  }

  private func merged() throws -> DigestParts {
    let documents = try digests.map { path in
      let document = try DigestParts.read(path)
      guard onlyLedger || document.format == .digest else {
        throw ValidationError("\(path) is a ledger: it goes behind --ledger")
      }
      return onlyLedger ? document.ledger : document
    }
    do {
      return try DigestParts(union: documents, ledger: ledger.map(DigestParts.read))
    } catch let overlap as DigestParts.Overlap {
      throw ValidationError(overlap.sentence)
    }
  }
}

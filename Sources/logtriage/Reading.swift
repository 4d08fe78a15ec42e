import Correlator
import LogEvents
import LogIntake
import Pipeline
import Reports

/// What the inputs of a command line told, each to a digest of its own.
struct Reading {
  let results: [FileResult<DigestConsumer>]
  let asked: AskedSpan?
  let settings: RunSettings
  /// By how many workers.
  let workers: Int

  /// Reads what the command line names and tells of what could not be read.
  ///
  /// - Parameters:
  ///   - input: what was typed.
  ///   - roots: what names of gateways are looked for below; the inputs, where it is empty.
  ///   - hashesContents: whether the results are compared with those of other runs.
  ///   - status: raised by what could not be read.
  ///   - isWanted: of the inputs, those that are read; the window counts from the end of all.
  /// - Throws: `ValidationError`, with what to type instead.
  init(
    _ input: InputOptions, roots: [String] = [], hashesContents: Bool = false,
    _ status: inout ExitStatus, isWanted: (Source) -> Bool = { _ in true }
  ) throws {
    settings = try input.runSettings()
    let (sources, problems) = try input.sources(settings)
    for problem in problems { status.note(problem) }
    var run = try input.run(settings, over: sources)
    run.hashesContents = hashesContents
    asked = AskedSpan(run.asked)
    workers = run.workers
    let wanted = sources.filter(isWanted)
    let progress = input.progress(over: wanted)
    run.meter = progress?.meter
    results = run.digests(wanted, roots: roots.isEmpty ? input.paths : roots)
    progress?.end()
    try input.coverage.write(results)
    for result in results {
      if let problem = result.problem { status.note(problem) }
    }
    let files = results.map { FileSummary($0, year: input.assumeYear) }
    if !files.contains(where: \.isRecognized) { status.raise(.nothingRecognized) }
    input.coverage.check(files, &status)
    settings.tellUnused(results.compactMap(\.format))
  }
}

extension FileSummary {
  /// Whether the file is a log, as far as it was looked at.
  var isRecognized: Bool { format != nil || isTooOld }
}

/// What became of a log that was visited.
package enum Visit {
  case known
  /// No format knows it.
  case unknown
  /// Nothing more needs to be visited.
  case enough
}

/// Opens what a source holds: the log itself, or the logs of a bundle.
package enum Contents {
  /// Calls `visit` with each log, which must be read before it returns; it says what became
  /// of it.
  ///
  /// Returns what a bundle held beside them; `nil` for a source that is no bundle.
  ///
  /// - Throws: `SourceProblem`; the logs before a damaged place have been visited.
  package static func read(
    _ source: Source, _ visit: (OpenLog) -> Visit
  ) throws(SourceProblem) -> (tally: BundleTally, problem: SourceProblem?)? {
    let budget = UnpackingBudget(path: source.path, size: source.size)
    let file = try FileInput(path: source.path)
    let size = file.seekableSize
    let input = PeekableInput(size == nil ? MeteredInput(file, budget) : file)
    let isZip = Packing(head: try input.peek(Packing.headBytes)) == .zip
    return try withoutActuallyEscaping(visit) { visit throws(SourceProblem) in
      var walk = Walk(budget: budget, visit: visit)
      if let size, isZip {
        budget.isBundle = true
        let bundle = try ZipBundle(path: source.path, file, size: size, budget)
        walk.bundle(source, bundle, depth: 1)
      } else {
        try walk.open(source, input, depth: 0)
      }
      return walk.tally.map { ($0, walk.problem) }
    }
  }

  /// The hash of the log that is called so, read again; `nil` where that cannot be done.
  package static func hash(of path: String, in source: Source) -> ContentHash.Value? {
    guard source.path != Source.standardInput.path else { return nil }
    var hash: ContentHash.Value?
    _ = try? read(source) { log in
      guard log.source.path == path else { return .known }
      hash = try? log.readHash()
      return .enough
    }
    return hash
  }

  private struct Walk {
    let budget: UnpackingBudget
    let visit: (OpenLog) -> Visit
    var isDone = false
    var tally: BundleTally?
    /// The first place at which a bundle could not be read.
    var problem: SourceProblem?

    /// Unpacks layer by layer; `depth` is the number of bundles around.
    mutating func open(
      _ source: Source, _ input: PeekableInput, depth: Int
    ) throws(SourceProblem) {
      var input = input
      for layer in 0...UnpackingBudget.mostLayers {
        switch Packing(head: try input.peek(Packing.headBytes)) {
        case .plain:
          let log = OpenLog(
            source, input, isEntry: depth > 0, isPlain: depth == 0 && layer == 0)
          switch visit(log) {
          case .known: break
          case .unknown: tally?.others += depth > 0 ? 1 : 0
          case .enough: isDone = true
          }
          return
        case .gzip:
          input = PeekableInput(try InflateInput(path: source.path, input, .gzip, budget))
        case .program(let name):
          input = PeekableInput(
            try UnpackerInput(path: source.path, input, program: name, budget))
        case .tar:
          try enter(source, depth)
          bundle(source, TarBundle(path: source.path, input), depth: depth + 1)
          return
        case .zip:
          try enter(source, depth)
          bundle(source, ZipBundle(path: source.path, input, budget), depth: depth + 1)
          return
        }
      }
      throw SourceProblem(
        path: source.path,
        kind: .refused("compressed more than \(UnpackingBudget.mostLayers) times"))
    }

    private func enter(_ source: Source, _ depth: Int) throws(SourceProblem) {
      budget.isBundle = true
      if depth == UnpackingBudget.deepestBundle {
        throw SourceProblem(
          path: source.path,
          kind: .refused("more than \(UnpackingBudget.deepestBundle) bundles in each other"))
      }
    }

    mutating func bundle(_ source: Source, _ bundle: some BundleReader, depth: Int) {
      if tally == nil { tally = BundleTally() }
      do throws(SourceProblem) {
        while !isDone, let entry = try bundle.next() {
          if let refused = budget.refused { throw refused }
          try budget.noteEntry()
          if entry.isHidden {
            tally?.others += 1
            continue
          }
          let file = Source(
            path: "\(source.path)!\(entry.path)", size: 0,
            modifiedMilliseconds: entry.modifiedMilliseconds)
          do throws(SourceProblem) {
            try open(file, PeekableInput(entry.input), depth: depth)
          } catch {
            note(error)
          }
        }
      } catch {
        note(error)
      }
      tally?.specials += bundle.specials
    }

    private mutating func note(_ error: SourceProblem) {
      if problem == nil { problem = error }
    }
  }
}

/// Counts what comes out of a pipe, whose size nobody knows.
private final class MeteredInput: ByteInput {
  private let source: any ByteInput
  private let budget: UnpackingBudget

  init(_ source: any ByteInput, _ budget: UnpackingBudget) {
    self.source = source
    self.budget = budget
  }

  func read(into buffer: inout [UInt8], from start: Int) throws(SourceProblem) -> Int {
    let count = try source.read(into: &buffer, from: start)
    budget.note(packed: count)
    return count
  }
}

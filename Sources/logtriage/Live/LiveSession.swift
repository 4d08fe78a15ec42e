import Correlator
import Foundation
import Glibc
import LogFormats
import LogIntake
import LogListener
import Pipeline
import Playbooks
import Reports

/// Runs a tail: waits for bytes, signals and keys, reads, classifies, tells.
struct LiveSession: ~Copyable {
  enum End { case finished, interrupted, terminated }

  /// Where a state directory keeps what was announced.
  static let findingsFile = "findings.json"
  /// New failures are looked at within this time, everything else within `calm`.
  private static let hurry: Int64 = 100
  private static let calm: Int64 = 1000
  /// Without inotify, or on network file systems, the files are looked at this often.
  private static let pollInterval: Int64 = 250
  /// With inotify the files are looked at this often all the same: some file systems tell little.
  private static let safetyInterval: Int64 = 5000
  /// Senders that are told apart.
  private static let senderLimit = 256
  /// Looks are this far apart even while everything changes.
  private static let lookInterval: Int64 = 25

  var run: LiveRun
  private var state: SavedState?
  private var files: FollowedFiles
  private var watch = DirectoryWatch()
  private var pipes: [LivePipe]
  private var output: any LiveOutput
  private let options: Options
  private var view: LiveView
  private var announced: [FindingLedger.Announced] = []
  private var isWatched = false
  /// More is there to be read; findings wait for it, because the logs are not equally far.
  private var isBehind = false
  /// Names and clocks as they are set right.
  private(set) var corrections: Corrections
  /// Paths that were named and are not there (yet).
  private(set) var missing: [SourceProblem] = []
  private var lastLook: Int64 = 0
  private var lastTick: Int64 = 0
  private var tickCost: Int64 = 0
  private var seenProgress = (failures: -1, lines: -1)
  private var buffer = [UInt8](repeating: 0, count: 64 * 1024)

  struct Options {
    /// End when everything that is there has been read.
    var isOnce = false
    /// Findings that a former process announced.
    var announced: [FindingLedger.Announced] = []
    /// Look at intervals only.
    var isPolling = false
    var followsFiles = true
    /// Names and clocks as they are set right.
    var corrections = Corrections()
    /// Writes a report of what was seen so far (SIGUSR1).
    var writeReport: (LiveRun, Corrections) throws -> Void = { _, _ in }
    /// Writes it as Markdown, on a key.
    var writeMarkdown: (LiveRun, Corrections) throws -> Void = { _, _ in }
    /// Reads the settings anew (SIGHUP).
    var reload: (() throws -> Settings)?
    /// What listeners receive; `wake` becomes readable when something is there.
    var queue: MessageQueue?
    var wake: Int32?
    /// Datagrams that the kernel dropped.
    var wantsFailures = false
    var kernelDrops: () -> Int = { 0 }
    /// Is told of every tick, beside the output.
    var onTick: (LiveView) -> Void = { _ in }
    /// Descriptor of keys, when there is a screen.
    var keys: Int32?
  }

  /// What settings change while a session runs: formats, zones and years of logs that are met from
  /// here on, and at once which files are left out and what backends are called.
  struct Settings {
    var run: Run
    var excludes: @Sendable (String) -> Bool
    var corrections: Corrections
  }

  init(
    run: LiveRun, files: consuming FollowedFiles, pipes: [LivePipe], output: any LiveOutput,
    state: consuming SavedState?, options: Options
  ) {
    self.state = state
    self.run = run
    self.files = files
    self.pipes = pipes
    self.output = output
    self.options = options
    view = LiveView(ledger: FindingLedger(resuming: options.announced))
    announced = options.announced
    corrections = options.corrections
  }

  mutating func follow(_ signals: borrowing Signals) -> End {
    var end: End?
    while end == nil { end = turn(signals) }
    for pipe in pipes { pipe.finish() }
    save(isLast: true)
    output.finish()
    return end ?? .finished
  }

  /// One round: look, read, tick, wait.
  private mutating func turn(_ signals: borrowing Signals) -> End? {
    let now = WallClock.now
    if options.followsFiles,
      isBehind || options.isOnce || now - lastLook >= Self.lookInterval
    {
      isBehind = look(at: now)
    }
    tick(at: WallClock.now)
    if !isBehind, isDone { return .finished }
    save(isLast: false)
    wait(signals, milliseconds: isBehind ? 0 : timeout(WallClock.now))
    while let signal = signals.next() {
      switch signal {
      case SIGINT: return .interrupted
      case SIGTERM: return .terminated
      case SIGHUP: rereadSettings()
      case SIGUSR1: write(options.writeReport)
      default: break
      }
    }
    return keysWantEnd() ? .interrupted : nil
  }

  private var isDone: Bool {
    guard pipes.isEmpty, options.queue == nil else { return false }
    return options.isOnce || !options.followsFiles
  }

  private mutating func rereadSettings() {
    guard let reload = options.reload else { return }
    do {
      let fresh = try reload()
      run.reload(fresh.run)
      files.exclude(fresh.excludes)
      corrections = fresh.corrections
      // The same failures may be other findings now.
      seenProgress = (-1, -1)
      output.say("the settings were read anew")
    } catch {
      output.say("the settings stay as they were: \(error)")
    }
  }

  private mutating func write(_ report: (LiveRun, Corrections) throws -> Void) {
    do {
      try report(run, corrections)
    } catch {
      output.say("the report cannot be written: \(error)")
    }
  }

  // MARK: Reading

  private mutating func look(at now: Int64) -> Bool {
    lastLook = now
    var run = run.taken()
    defer { self.run = run }
    let isBusy = files.turn(at: now) { told, bytes in run.take(told, bytes, at: now) }
    for file in files.follower.files.values where run.logs[file.log] == nil {
      run.expect(file.log, modified: now, at: now)
    }
    if files.look.problems != missing {
      for problem in files.look.problems where !missing.contains(problem) && !options.isOnce {
        output.say("waiting for \(SafeText.terminal(problem.path)): \(problem.sentence)")
      }
      missing = files.look.problems
    }
    if !options.isPolling { isWatched = watch.watch(files.look.directories) }
    return isBusy
  }

  private mutating func readPipe(_ index: Int) {
    guard let count = pipes[index].read(into: &buffer) else { return }
    let now = WallClock.now
    if count == 0 {
      pipes[index].finish()
      pipes.remove(at: index)
      return
    }
    var run = run.taken()
    run.take(
      .bytes(log: pipes[index].path, part: 0, modified: now), buffer.span.extracting(0..<count),
      at: now)
    self.run = run
  }

  /// Lines that listeners received; each sender is a log of its own.
  private mutating func readQueue() {
    guard let queue = options.queue, let wake = options.wake else { return }
    var byte = [UInt8](repeating: 0, count: 64)
    _ = unsafe byte.withUnsafeMutableBytes { unsafe read(wake, $0.baseAddress, $0.count) }
    let now = WallClock.now
    var run = run.taken()
    for parcel in queue.drain() {
      var path = "syslog://" + parcel.peer
      if run.logs[path] == nil, run.logs.count >= Self.senderLimit { path = "syslog://other" }
      run.take(.bytes(log: path, part: 0, modified: now), parcel.lines.span, at: now)
    }
    self.run = run
  }

  // MARK: Waiting

  private func timeout(_ now: Int64) -> Int64 {
    var next = lastTick + (run.progress.failures != seenProgress.failures ? Self.hurry : Self.calm)
    next = max(next, lastTick + 10 * tickCost)
    if options.followsFiles {
      let isSoon = !isWatched || files.follower.isWaiting
      next = min(next, lastLook + (isSoon ? Self.pollInterval : Self.safetyInterval))
    }
    return max(0, min(next - now, 5000))
  }

  private mutating func wait(_ signals: borrowing Signals, milliseconds: Int64) {
    var wanted = [pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)]
    wanted.append(
      pollfd(fd: options.followsFiles ? watch.descriptor : -1, events: Int16(POLLIN), revents: 0))
    wanted.append(pollfd(fd: options.keys ?? -1, events: Int16(POLLIN), revents: 0))
    wanted.append(pollfd(fd: options.wake ?? -1, events: Int16(POLLIN), revents: 0))
    for pipe in pipes {
      wanted.append(pollfd(fd: pipe.descriptor, events: Int16(POLLIN), revents: 0))
    }
    let count = wanted.count
    guard unsafe poll(&wanted, nfds_t(count), Int32(milliseconds)) > 0 else { return }
    if wanted[1].revents != 0, watch.drain() {
      // Let a burst of changes become one look.
      let rest = lastLook + Self.lookInterval - WallClock.now
      if rest > 0 { usleep(UInt32(rest) * 1000) }
      lastLook = min(lastLook, WallClock.now - Self.lookInterval)
    } else if options.followsFiles, wanted.dropFirst(2).allSatisfy({ $0.revents == 0 }) {
      lastLook = min(lastLook, WallClock.now - Self.lookInterval)
    }
    for index in pipes.indices.reversed() where wanted[index + 4].revents != 0 { readPipe(index) }
    if wanted[3].revents != 0 { readQueue() }
  }

  private mutating func keysWantEnd() -> Bool {
    guard let keys = options.keys else { return false }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(keys, $0.baseAddress, $0.count) }
    for byte in bytes.prefix(max(0, count)) {
      switch output.key(byte, view) {
      case .none: break
      case .end: return true
      case .write: write(options.writeMarkdown)
      }
    }
    return false
  }

  // MARK: Ticks

  private mutating func tick(at now: Int64) {
    let progress = run.progress
    let isNew = progress.failures != seenProgress.failures
    let due = max(isNew && !isBehind ? Self.hurry : Self.calm, 10 * tickCost)
    guard now - lastTick >= due || isDone && !isBehind else { return }
    lastTick = now
    view.changes = []
    view.now = now
    view.latest = run.latest ?? now
    let isDue =
      progress != seenProgress || view.ledger.shown.contains { $0.state == .settling }
    if isDue, !isBehind {
      let digest = run.window(at: now)
      let findings = Diagnosis.findings(of: Classifier.classify(digest, corrections).cases)
      view.changes = view.ledger.update(findings, latest: view.latest, now: now)
      seenProgress = progress
    }
    if output.wantsFailures || options.wantsFailures { view.failures = run.failures }
    view.logs = run.logs.count
    view.lines = progress.lines
    view.rotations = files.follower.rotations
    view.backlog = files.backlog
    view.silent = run.logs.values.map { ($0.source.path, now - $0.lastArrival) }
      .filter { $0.1 >= 60_000 }.sorted { $0.0 < $1.0 }
    if let counts = options.queue?.counts {
      view.received = counts.received
      view.drops = counts.dropped + options.kernelDrops()
    }
    view.unread = run.logs.values.reduce(0) { $0 + $1.counts.faultCount }
    output.tick(view)
    options.onTick(view)
    tickCost = WallClock.now - now
  }

  private mutating func save(isLast: Bool) {
    do throws(SavedState.Problem) {
      let known = Array(files.follower.files.values)
      try state?.save(&run, known, at: WallClock.now, isLast: isLast)
      let now = view.ledger.announced
      if now != announced, let bytes = try? JSONEncoder().encode(now) {
        try state?.keep(bytes, as: Self.findingsFile)
        announced = now
      }
    } catch {
      output.say("the state cannot be saved: \(error.sentence)")
    }
  }
}

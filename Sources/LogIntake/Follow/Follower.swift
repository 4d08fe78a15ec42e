/// Decides what to read next of logs that grow, are rotated, truncated, copied and compressed.
///
/// Pure: it is told what a look at the file system saw and how far reading went, and answers with
/// what to do. Files are known by their identity and first bytes, not by their names, so
///
/// - a renamed file is read to its end, and what then stands at its path is the log's next part;
/// - a file that holds what was read already (copytruncate's copy, the compressed rotated file) is
///   passed over, but lends what was cut off before it was read;
/// - a file that shrank, or starts with other bytes, begins anew (a reused inode number, too);
/// - a deleted file is read on through its descriptor.
///
/// Order of calls: `looked` with each look, then `advanced` for what was read of its actions.
package struct Follower: Sendable {
  package enum Action: Sendable, Equatable {
    /// Open the file and keep it open: its path may be another's soon.
    case hold(file: Int)
    /// Hand out the bytes from `offset` on, as far as `size`.
    case read(file: Int, to: Int64)
    /// The name is gone: hand out all that is left, through the descriptor.
    case drain(file: Int)
    /// Unpack `path`, hand out what follows the first `from` bytes as the last bytes of `file`.
    case readWhole(file: Int, path: String, identity: FileIdentity, from: Int64)
    /// Nothing more will come: the last line is whole, even without its line end.
    case end(file: Int)
    /// Close the descriptor; the file can be opened again by its name.
    case release(file: Int)
    /// Look again at once.
    case lookAgain
  }

  /// A rotated file is held for this long after its last growth: programs write to the old file
  /// until they reopen (httpd's graceful restart).
  static let graceMilliseconds: Int64 = 10_000
  /// Descriptors of files that stay quiet are given back.
  static let quietMilliseconds: Int64 = 60_000
  /// A packed file that is no copy is read when it did not change for this long.
  static let settleMilliseconds: Int64 = 1_000
  /// Heads of files that are gone, kept to know their copies.
  static let retiredLimit = 256

  package private(set) var files: [Int: FollowedFile] = [:]
  private var byIdentity: [FileIdentity: Int] = [:]
  /// Heads of former contents, with the set that they were of.
  private var retired: [(set: String, head: [UInt8])] = []
  private var nextID = 0
  private var nextGeneration = 0
  private var isFirstLook = true
  /// Whether a file waits for something to be told of it: look again soon.
  package private(set) var isWaiting = false
  /// Rotations and truncations seen.
  package private(set) var rotations = 0

  package init() {}

  /// Goes on where a former run stopped.
  package init(resuming known: [FollowedFile]) {
    guard !known.isEmpty else { return }
    for var file in known {
      file.isUnheld = true
      file.size = file.offset + 1
      files[file.id] = file
      byIdentity[file.identity] = file.id
      nextID = max(nextID, file.id + 1)
      nextGeneration = max(nextGeneration, file.generation + 1)
    }
    isFirstLook = false
  }

  /// `head` is what the file starts with, where that was not known before.
  package mutating func advanced(_ id: Int, to offset: Int64, head: [UInt8] = []) {
    guard var file = files[id] else { return }
    file.offset = max(offset, file.offset)
    if head.count > file.head.count { file.head = head }
    file.size = max(file.size, file.offset)
    files[id] = file
  }

  /// The file could not be held: it is gone, or may not be opened.
  package mutating func lost(_ id: Int) { files[id]?.isUnheld = true }
  package mutating func held(_ id: Int) { files[id]?.isUnheld = false }

  /// The last bytes of the file were handed out.
  package mutating func finished(_ id: Int) {
    guard let file = files[id] else { return }
    files[id]?.size = file.offset
    files[id]?.isEnded = true
  }

  package mutating func looked(_ sightings: [FileSighting], at now: Int64) -> [Action] {
    forgetEnded()
    isWaiting = false
    var fresh: [FileSighting] = []
    var replaced: [(Int, FileSighting)] = []
    var sighted: Set<Int> = []
    for sighting in sightings {
      guard let id = byIdentity[sighting.identity], let file = files[id] else {
        fresh.append(sighting)
        continue
      }
      if file.startsLike(sighting.head), sighting.size >= file.offset || file.role != .followed {
        sighted.insert(id)
        see(sighting, as: id, at: now)
      } else if file.role == .followed, file.path == sighting.path {
        sighted.insert(id)
        replaced.append((id, sighting))
      } else {
        // The inode number is another file's now.
        byIdentity[sighting.identity] = nil
        fresh.append(sighting)
      }
    }
    for id in files.keys where !sighted.contains(id) && files[id]?.goneSince == nil {
      files[id]?.goneSince = now
    }
    var actions: [Action] = []
    if !isFirstLook { fresh.sort { ($0.modified, $0.path) < ($1.modified, $1.path) } }
    for sighting in fresh { adopt(sighting, at: now, &actions) }
    isFirstLook = false
    for (id, sighting) in replaced { restart(id, as: sighting, at: now, &actions) }
    actions += reads(at: now)
    return actions
  }

  // MARK: What was seen

  private mutating func see(_ sighting: FileSighting, as id: Int, at now: Int64) {
    guard var file = files[id] else { return }
    if file.path != sighting.path, file.role == .followed { rotations += 1 }
    if sighting.size > file.size { file.lastGrowth = now }
    if sighting.size > file.offset, file.role == .followed { file.isEnded = false }
    file.path = sighting.path
    if file.role != .packed { file.size = sighting.size }
    if sighting.head.count > file.head.count { file.head = sighting.head }
    file.goneSince = nil
    file.awaitsCopy = false
    files[id] = file
  }

  private mutating func adopt(
    _ sighting: FileSighting, at now: Int64, _ actions: inout [Action]
  ) {
    let set = LogSet.name(of: sighting.path)
    // Older parts that were there from the start are logs of their own; the one that grows has the
    // plainest name.
    let growing = files.values.filter { $0.role != .copy && LogSet.name(of: $0.log) == set }
      .map(\.log).min { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    // What stands at the log's own path is never a copy.
    let isAtLogPath = growing == nil || growing == sighting.path
    // A file that vanished just now is read to its end first: this one may be its copy.
    let isTooEarly = files.values.contains {
      $0.goneSince == now && !$0.isUnheld && LogSet.name(of: $0.log) == set
    }
    guard isFirstLook || !isTooEarly else {
      actions.append(.lookAgain)
      return
    }
    if sighting.isPacked || (!isFirstLook && !isAtLogPath) {
      // Whose copy it is can be told when it has something in it.
      guard !sighting.head.isEmpty || isFirstLook else { return }
      if isCopy(sighting, of: set) {
        add(sighting, log: growing ?? sighting.path, role: .copy, at: now)
        return
      }
      // It may still be written.
      let isSettled = isFirstLook || now - sighting.modified >= Self.settleMilliseconds
      guard !sighting.isPacked || isSettled else {
        isWaiting = true
        return
      }
    }
    let log = isFirstLook ? sighting.path : growing ?? sighting.path
    let role: FollowedFile.Role = sighting.isPacked ? .packed : .followed
    let id = add(sighting, log: log, role: role, at: now)
    if role == .followed { actions.append(.hold(file: id)) }
  }

  @discardableResult
  private mutating func add(
    _ sighting: FileSighting, log: String, role: FollowedFile.Role, at now: Int64
  ) -> Int {
    let id = nextID
    nextID += 1
    nextGeneration += 1
    var file = FollowedFile(
      id: id, identity: sighting.identity, path: sighting.path, log: log, role: role, offset: 0,
      head: sighting.head, generation: nextGeneration)
    file.size = sighting.size
    file.lastGrowth = now
    files[id] = file
    byIdentity[sighting.identity] = id
    return id
  }

  /// Whether the file starts with what a file of the set starts or started with.
  private func isCopy(_ sighting: FileSighting, of set: String) -> Bool {
    func isAlike(_ head: [UInt8]) -> Bool {
      let common = min(head.count, sighting.head.count)
      return common > 0 && head[..<common] == sighting.head[..<common]
        && (common >= 64 || head[..<common].contains(10))
    }
    return files.values.contains { LogSet.name(of: $0.log) == set && isAlike($0.head) }
      || retired.contains { $0.set == set && isAlike($0.head) }
  }

  /// The file begins anew; what was cut off unread stands in its copy, if there is one.
  private mutating func restart(
    _ id: Int, as sighting: FileSighting, at now: Int64, _ actions: inout [Action]
  ) {
    guard let file = files[id] else { return }
    guard copy(of: file) != nil || file.awaitsCopy else {
      files[id]?.awaitsCopy = true
      actions.append(.lookAgain)
      return
    }
    rotations += 1
    // What was cut off is as good as a deleted file: it is read from its copy.
    files[id]?.goneSince = now
    files[id]?.isUnheld = true
    files[id]?.awaitsCopy = false
    files[id]?.isEnded = false
    files[id]?.size = max(file.size, file.offset + 1)
    actions.append(.release(file: id))
    // The same file, and from here on another part of the log.
    let new = add(sighting, log: file.log, role: .followed, at: now)
    actions.append(.hold(file: new))
  }

  private mutating func forgetEnded() {
    for (id, file) in files where file.isEnded && file.goneSince != nil {
      files[id] = nil
      if byIdentity[file.identity] == id { byIdentity[file.identity] = nil }
      guard !file.head.isEmpty else { continue }
      retired.append((LogSet.name(of: file.log), file.head))
      if retired.count > Self.retiredLimit { retired.removeFirst() }
    }
  }

  // MARK: What to read

  /// Of each log the oldest part that is not yet handed out, and the newer ones after it.
  private mutating func reads(at now: Int64) -> [Action] {
    var actions: [Action] = []
    let parts = files.values.filter { $0.role != .copy }.sorted { $0.generation < $1.generation }
    var newest: [String: Int] = [:]
    for file in parts { newest[file.log] = file.id }
    // What stands at the log's own path is its newest part, whenever the others were met.
    for file in parts where file.path == file.log && file.goneSince == nil {
      newest[file.log] = file.id
    }
    for file in parts where !file.isEnded && !file.awaitsCopy {
      if file.role == .packed {
        actions.append(
          .readWhole(file: file.id, path: file.path, identity: file.identity, from: file.offset))
        continue
      }
      if file.goneSince != nil {
        readGone(file, isNewest: newest[file.log] == file.id, at: now, &actions)
      } else if file.size > file.offset {
        if file.isUnheld { actions.append(.hold(file: file.id)) }
        actions.append(.read(file: file.id, to: file.size))
      } else if !file.isUnheld {
        let quiet = now - file.lastGrowth
        if newest[file.log] != file.id, quiet > Self.graceMilliseconds {
          files[file.id]?.isEnded = true
          files[file.id]?.isUnheld = true
          actions.append(.end(file: file.id))
        } else if quiet > Self.quietMilliseconds {
          files[file.id]?.isUnheld = true
          actions.append(.release(file: file.id))
        }
      }
    }
    return actions
  }

  private mutating func readGone(
    _ file: FollowedFile, isNewest: Bool, at now: Int64, _ actions: inout [Action]
  ) {
    guard file.isUnheld else {
      actions.append(.drain(file: file.id))
      let quiet = now - max(file.lastGrowth, file.goneSince ?? now)
      if quiet > Self.graceMilliseconds {
        files[file.id]?.isEnded = true
        actions.append(.end(file: file.id))
      }
      return
    }
    // Not held: only its compressed copy can tell what was not handed out, if anything.
    let isMissing = file.size > file.offset
    if isMissing, let copy = copy(of: file) {
      actions.append(
        .readWhole(file: file.id, path: copy.path, identity: copy.identity, from: file.offset))
    } else if !isMissing || now - (file.goneSince ?? now) > Self.graceMilliseconds {
      files[file.id]?.isEnded = true
      actions.append(.end(file: file.id))
    }
  }

  private func copy(of file: FollowedFile) -> FollowedFile? {
    let set = LogSet.name(of: file.log)
    return files.values.filter {
      $0.role == .copy && LogSet.name(of: $0.log) == set && $0.goneSince == nil && !$0.head.isEmpty
        && $0.startsLike(file.head)
    }.max { $0.generation < $1.generation }
  }
}

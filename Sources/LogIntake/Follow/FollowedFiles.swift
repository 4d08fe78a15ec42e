import Glibc

/// Follows files: looks, asks the `Follower` what to do, does it.
package struct FollowedFiles: ~Copyable {
  /// What is handed on; bytes of one log come in order.
  package enum Told {
    /// Bytes of a part of a log; `modified` is of the file, in milliseconds since 1970.
    case bytes(log: String, part: Int, modified: Int64)
    /// The part is complete; its last line is whole.
    case ended(log: String, part: Int)
    case problem(log: String, SourceProblem)
  }

  package typealias Deliver = (Told, Span<UInt8>) -> Void

  /// Bytes of one file that are read in one turn, so that the others get theirs.
  private static let turnBytes: Int64 = 4 << 20

  package private(set) var follower: Follower
  package private(set) var look: DirectoryLook
  private var descriptors: [Int: Int32] = [:]
  private var modified: [FileIdentity: Int64] = [:]
  private var buffer = [UInt8](repeating: 0, count: ChunkReader.blockBytes)
  private var hasNext = false

  package init(
    roots: [String], resuming known: [FollowedFile] = [],
    excludes: @escaping @Sendable (String) -> Bool = { _ in false }
  ) {
    follower = Follower(resuming: known)
    look = DirectoryLook(roots: roots, excludes: excludes)
  }

  deinit { for descriptor in descriptors.values { close(descriptor) } }

  /// Looks and reads once; true when there is more to do at once.
  package mutating func turn(at now: Int64, _ deliver: Deliver) -> Bool {
    let sightings = look.look()
    for sighting in sightings { modified[sighting.identity] = sighting.modified }
    if modified.count > sightings.count * 2 + 64 {
      modified = Dictionary(
        sightings.map { ($0.identity, $0.modified) }, uniquingKeysWith: { first, _ in first })
    }
    hasNext = false
    var behind: Set<String> = []
    for action in follower.looked(sightings, at: now) { perform(action, &behind, deliver) }
    return hasNext
  }

  /// Other files are left out, from the next look on.
  package mutating func exclude(_ excludes: @escaping @Sendable (String) -> Bool) {
    look.excludes = excludes
  }

  /// Bytes that are known to stand in files and were not handed out.
  package var backlog: Int64 {
    follower.files.values.reduce(0) {
      $0 + ($1.role == .followed ? max(0, $1.size - $1.offset) : 0)
    }
  }

  private mutating func perform(
    _ action: Follower.Action, _ behind: inout Set<String>, _ deliver: Deliver
  ) {
    switch action {
    case .lookAgain: hasNext = true
    case .hold(let id): hold(id)
    case .release(let id): release(id)
    case .end(let id):
      if let file = follower.files[id] {
        deliver(.ended(log: file.log, part: id), Span())
      }
      release(id)
    case .read(let id, let end): read(id, to: end, &behind, deliver)
    case .drain(let id): read(id, to: .max, &behind, deliver)
    case .readWhole(let id, let path, let identity, let from):
      readWhole(id, path, identity, from: from, &behind, deliver)
    }
  }

  private mutating func hold(_ id: Int) {
    guard let file = follower.files[id], descriptors[id] == nil else { return }
    let descriptor = unsafe open(file.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      follower.lost(id)
      return
    }
    var status = stat()
    // What stands at the path may be another file by now; the next look tells.
    guard unsafe fstat(descriptor, &status) == 0, FileIdentity(status) == file.identity else {
      close(descriptor)
      follower.lost(id)
      hasNext = true
      return
    }
    descriptors[id] = descriptor
    follower.held(id)
  }

  private static func identity(_ path: String) -> FileIdentity? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? FileIdentity(status) : nil
  }

  private mutating func release(_ id: Int) {
    if let descriptor = descriptors.removeValue(forKey: id) { close(descriptor) }
  }

  private mutating func read(
    _ id: Int, to end: Int64, _ behind: inout Set<String>, _ deliver: Deliver
  ) {
    guard let file = follower.files[id], !behind.contains(file.log) else { return }
    guard let descriptor = descriptors[id] else {
      follower.lost(id)
      return
    }
    let told = Told.bytes(log: file.log, part: id, modified: modified[file.identity] ?? 0)
    var offset = file.offset
    let stop = min(end, offset + Self.turnBytes)
    while offset < stop {
      let wanted = Int(min(Int64(buffer.count), stop - offset))
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe pread(descriptor, $0.baseAddress, wanted, off_t(offset))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      // Truncated and written anew meanwhile: what was read is of the new content.
      let head = FileHead.read(descriptor)
      guard file.startsLike(head) else {
        hasNext = true
        return
      }
      deliver(told, buffer.span.extracting(0..<count))
      offset += Int64(count)
      follower.advanced(id, to: offset, head: head)
    }
    if offset == stop, offset < end {
      hasNext = true
      behind.insert(file.log)
    }
  }

  private mutating func readWhole(
    _ id: Int, _ path: String, _ identity: FileIdentity, from: Int64, _ behind: inout Set<String>,
    _ deliver: Deliver
  ) {
    guard let file = follower.files[id], !behind.contains(file.log) else { return }
    // A rotation since the look put another file there; the next look tells where this one is.
    guard Self.identity(path) == identity else {
      behind.insert(file.log)
      hasNext = true
      return
    }
    let source = Source(
      path: path, size: Int(clamping: file.size), modifiedMilliseconds: modified[file.identity])
    let told = Told.bytes(log: file.log, part: id, modified: modified[file.identity] ?? 0)
    var passed: Int64 = 0
    do throws(SourceProblem) {
      try ChunkReader.read(source) { block, _ in
        let skipped = Int(min(Int64(block.count), max(0, from - passed)))
        passed += Int64(block.count)
        if skipped < block.count { deliver(told, block.extracting(skipped..<block.count)) }
        return block.count
      }
    } catch {
      deliver(.problem(log: file.log, error), Span())
    }
    follower.advanced(id, to: max(from, passed))
    follower.finished(id)
    deliver(.ended(log: file.log, part: id), Span())
    release(id)
  }
}

extension FileIdentity {
  init(_ status: stat) {
    self.init(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
  }
}

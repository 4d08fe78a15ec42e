import Foundation
import Glibc

/// Looks at files and directories, again and again, and tells what is there now.
///
/// Order and names are those of `DirectoryWalk`: arguments as given, entries by name, hidden ones
/// left out. What two paths lead to is seen once.
package struct DirectoryLook {
  private let roots: [String]
  /// Whether a path is left out.
  var excludes: @Sendable (String) -> Bool
  /// Heads by identity, as of the size and time they were read at.
  private var known: [FileIdentity: (size: Int64, modified: Int64, head: [UInt8], isPacked: Bool)] =
    [:]
  /// Directories in which a change may concern us, to be watched.
  package private(set) var directories: [String] = []
  /// Named paths that are not there (yet), or may not be read.
  package private(set) var problems: [SourceProblem] = []

  package init(roots: [String], excludes: @escaping @Sendable (String) -> Bool = { _ in false }) {
    self.roots = roots
    self.excludes = excludes
  }

  package mutating func look() -> [FileSighting] {
    var sightings: [FileSighting] = []
    var seen: Set<FileIdentity> = []
    directories = []
    problems = []
    for root in roots {
      let before = sightings.count
      visit(root, isNamed: true, &sightings, &seen)
      if sightings.count == before { watchAncestor(of: root) }
    }
    let alive = Set(sightings.map(\.identity))
    known = known.filter { alive.contains($0.key) }
    return sightings
  }

  private mutating func visit(
    _ path: String, isNamed: Bool, _ sightings: inout [FileSighting],
    _ seen: inout Set<FileIdentity>
  ) {
    guard !excludes(path) else { return }
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      // An entry may vanish between the listing and this; only what was named is missed.
      if isNamed || errno == EACCES {
        problems.append(SourceProblem(path: path, kind: FileInput.kind(errno)))
      }
      return
    }
    let identity = FileIdentity(status)
    guard seen.insert(identity).inserted else { return }
    switch status.st_mode & S_IFMT {
    case S_IFDIR:
      directories.append(path)
      guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
        problems.append(SourceProblem(path: path, kind: .notPermitted))
        return
      }
      for name in names.sorted() where !name.hasPrefix(".") {
        visit(
          path.hasSuffix("/") ? path + name : "\(path)/\(name)", isNamed: false, &sightings, &seen)
      }
    case S_IFREG:
      if isNamed { watchParent(of: path) }
      watchTarget(of: path)
      let modified = Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
      sightings.append(sighting(path, identity, Int64(status.st_size), modified))
    default: break
    }
  }

  private mutating func sighting(
    _ path: String, _ identity: FileIdentity, _ size: Int64, _ modified: Int64
  ) -> FileSighting {
    if let old = known[identity], old.size == size, old.modified == modified {
      return FileSighting(
        path: path, identity: identity, size: size, modified: modified, head: old.head,
        isPacked: old.isPacked)
    }
    var head = FileHead.read(path)
    let isPacked = Packing(head: head[...]) != .plain
    if isPacked {
      let source = Source(path: path, size: Int(size), modifiedMilliseconds: modified)
      head = []
      // What cannot be unpacked is told when it is read.
      _ = try? Contents.read(source) { log in
        head = log.peek(FileSighting.headBytes)
        return .enough
      }
    }
    known[identity] = (size, modified, head, isPacked)
    return FileSighting(
      path: path, identity: identity, size: size, modified: modified, head: head,
      isPacked: isPacked)
  }

  // MARK: What to watch

  private mutating func watchParent(of path: String) {
    let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
    if !directories.contains(parent) { directories.append(parent) }
  }

  /// A symbolic link's file is rotated in its own directory (Kubernetes: /var/log/containers).
  private mutating func watchTarget(of path: String) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return }
    watchParent(of: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
  }

  /// Nothing is there yet: what may come appears in the nearest directory that is.
  private mutating func watchAncestor(of path: String) {
    var url = URL(fileURLWithPath: path)
    repeat {
      url.deleteLastPathComponent()
    } while url.path != "/" && !FileManager.default.fileExists(atPath: url.path)
    if !directories.contains(url.path) { directories.append(url.path) }
  }
}

/// The first bytes of a file, as stored.
enum FileHead {
  static func read(_ path: String) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    return read(descriptor)
  }

  static func read(_ descriptor: Int32) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: FileSighting.headBytes)
    let count = unsafe bytes.withUnsafeMutableBytes {
      unsafe pread(descriptor, $0.baseAddress, $0.count, 0)
    }
    return Array(bytes.prefix(max(0, count)))
  }
}

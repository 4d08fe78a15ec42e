import LogIntake

/// A directory in memory: one log and what rotation makes of it.
struct FakeFiles {
  struct File {
    var inode: UInt64
    var bytes: [UInt8] = []
    var isPacked = false
    var modified: Int64 = 0
  }

  private(set) var files: [String: File] = [:]
  /// What a held descriptor still sees, whatever the names are.
  private(set) var contents: [UInt64: [UInt8]] = [:]
  private var freeInodes: [UInt64] = []
  private var nextInode: UInt64 = 1
  /// Inodes with an open descriptor, which are no others' before it is closed.
  var held: Set<UInt64> = []
  private var clock: Int64 = 0
  private var lines = 0
  /// All lines ever written, in order.
  private(set) var written = ""
  /// Programs that have not reopened write here.
  private var writer = "log"
  let reusesInodes: Bool

  init(reusesInodes: Bool = false) { self.reusesInodes = reusesInodes }

  private mutating func inode() -> UInt64 {
    if reusesInodes, let place = freeInodes.lastIndex(where: { !held.contains($0) }) {
      return freeInodes.remove(at: place)
    }
    nextInode += 1
    return nextInode
  }

  mutating func write() {
    lines += 1
    clock += 1
    let line = "line \(lines)\n"
    written += line
    if files[writer] == nil { files[writer] = File(inode: inode()) }
    files[writer]?.bytes += Array(line.utf8)
    files[writer]?.modified = clock
    keep(writer)
  }

  /// logrotate's `create`: the program goes on with the old file until it reopens.
  mutating func rename() {
    guard files["log"] != nil else { return }
    shift()
    files["log.1"] = files.removeValue(forKey: "log")
    writer = "log.1"
  }

  mutating func reopen() {
    guard files["log"] == nil else { return }
    clock += 1
    files["log"] = File(inode: inode(), modified: clock)
    writer = "log"
    keep("log")
  }

  mutating func copyAndTruncate() {
    guard writer == "log", let file = files["log"] else { return }
    shift()
    clock += 1
    files["log.1"] = File(inode: inode(), bytes: file.bytes, modified: clock)
    files["log"]?.bytes = []
    keep("log")
    keep("log.1")
  }

  mutating func compress() {
    guard writer == "log", let file = files["log.1"], !file.isPacked else { return }
    files["log.1.gz"] = File(
      inode: inode(), bytes: file.bytes, isPacked: true, modified: file.modified)
    delete("log.1")
  }

  mutating func delete(_ name: String) {
    guard let file = files.removeValue(forKey: name) else { return }
    freeInodes.append(file.inode)
  }

  private mutating func shift() {
    delete("log.3.gz")
    for number in [2, 1] {
      for suffix in ["", ".gz"] {
        guard let file = files.removeValue(forKey: "log.\(number)\(suffix)") else { continue }
        delete("log.\(number + 1)\(suffix)")
        files["log.\(number + 1)\(suffix)"] = file
      }
    }
  }

  private mutating func keep(_ name: String) {
    if let file = files[name] { contents[file.inode] = file.bytes }
  }

  func sightings() -> [FileSighting] {
    files.sorted { $0.key < $1.key }.map { name, file in
      FileSighting(
        path: name, identity: FileIdentity(device: 1, inode: file.inode),
        size: Int64(file.bytes.count), modified: file.modified,
        head: Array(file.bytes.prefix(FileSighting.headBytes)), isPacked: file.isPacked)
    }
  }
}

/// Does what a follower says, on files in memory.
struct FakeReader {
  var follower = Follower()
  private(set) var text = ""
  private(set) var held: [Int: UInt64] = [:]

  mutating func look(_ files: FakeFiles, at start: Int64) {
    var now = start
    var isAgain = true
    while isAgain {
      isAgain = false
      now += 1
      for action in follower.looked(files.sightings(), at: now) {
        switch action {
        case .lookAgain: isAgain = true
        case .hold(let id):
          if let file = follower.files[id] {
            held[id] = file.identity.inode
            follower.held(id)
          }
        case .end(let id), .release(let id): held[id] = nil
        case .read(let id, let end): read(id, to: Int(end), files)
        case .drain(let id): read(id, to: .max, files)
        case .readWhole(let id, let path, _, let from):
          let bytes = files.files[path]?.bytes ?? []
          take(id, bytes, from: Int(from), to: .max)
          follower.finished(id)
        }
      }
    }
  }

  private mutating func read(_ id: Int, to end: Int, _ files: FakeFiles) {
    guard let inode = held[id], let file = follower.files[id] else { return }
    take(id, files.contents[inode] ?? [], from: Int(file.offset), to: end)
  }

  private mutating func take(_ id: Int, _ bytes: [UInt8], from: Int, to end: Int) {
    let stop = min(end, bytes.count)
    guard from < stop else { return }
    text += String(decoding: bytes[from..<stop], as: UTF8.self)
    follower.advanced(
      id, to: Int64(stop), head: Array(bytes.prefix(FileSighting.headBytes)))
  }
}

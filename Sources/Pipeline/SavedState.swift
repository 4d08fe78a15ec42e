import Correlator
import Foundation
import Glibc
import LogEvents
import LogIntake

/// The directory in which a tail keeps what it has counted and how far it has read.
///
/// One file for each log holds both, so that they can never disagree; it is replaced atomically
/// (written beside, synced, renamed, the directory synced). A process that is killed at any moment
/// leaves for each log either the old file or the new one, and the next process reads on from there:
/// nothing is lost and nothing is counted twice, as far as the log's files still exist.
package struct SavedState: ~Copyable {
  package enum Problem: Error {
    case inUse
    case unusable(String)

    package var sentence: String {
      switch self {
      case .inUse: "another tail uses it"
      case .unusable(let words): words
      }
    }
  }

  private static let version = 3
  private static let suffix = ".log.json"

  private struct Form: Codable {
    var version: Int
    var log: SavedLog
  }

  /// What files of all versions say first.
  private struct Stamp: Decodable {
    var version: Int
  }

  private let directory: URL
  private let lock: Int32
  private let keepMilliseconds: Int64?
  /// What saving took last, so that it never takes more than a small share of the time.
  private var cost: Int64 = 0
  private var lastSave: Int64 = 0

  /// Makes the directory if need be, and locks it.
  package init(_ path: String, keepMilliseconds: Int64?) throws(Problem) {
    lock = try Self.locked(path)
    directory = URL(fileURLWithPath: path)
    self.keepMilliseconds = keepMilliseconds
  }

  private static func locked(_ path: String) throws(Problem) -> Int32 {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .unusable(error.localizedDescription)
    }
    let lock = unsafe open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard lock >= 0 else { throw .unusable(unsafe String(cString: strerror(errno))) }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      close(lock)
      throw .inUse
    }
    return lock
  }

  deinit { close(lock) }

  /// Everything that a former process saved there.
  package static func logs(in path: String) throws(Problem) -> [SavedLog] {
    let directory = URL(fileURLWithPath: path)
    var logs: [SavedLog] = []
    do {
      let names = try FileManager.default.contentsOfDirectory(atPath: path)
      for name in names.sorted() where name.hasSuffix(suffix) {
        let bytes = try Data(contentsOf: directory.appending(path: name))
        guard try JSONDecoder().decode(Stamp.self, from: bytes).version == version else {
          throw Problem.unusable("\(name) is of another version")
        }
        logs.append(try JSONDecoder().decode(Form.self, from: bytes).log)
      }
    } catch let problem as Problem {
      throw problem
    } catch {
      throw .unusable(error.localizedDescription)
    }
    return logs
  }

  /// Saves the logs that changed; at most a tenth of the time is spent so, unless told to.
  package mutating func save(
    _ run: inout LiveRun, _ files: [FollowedFile], at now: Int64, isLast: Bool
  ) throws(Problem) {
    guard isLast || now - lastSave >= max(1000, 10 * cost) else { return }
    let start = DispatchTime.now().uptimeNanoseconds
    for path in run.logs.keys.sorted() where run.logs[path]?.isDirty == true {
      if let keepMilliseconds { run.forget(path, before: now - keepMilliseconds) }
      guard var saved = run.saved(path) else { continue }
      saved.files = files.filter { $0.log == path }
      try write(saved)
      run.wasSaved(path)
    }
    lastSave = now
    cost = Int64((DispatchTime.now().uptimeNanoseconds - start) / 1_000_000)
  }

  /// Keeps a small file beside the logs', replaced as a whole.
  package func keep(_ bytes: Data, as name: String) throws(Problem) {
    try Self.replace(directory.appending(path: name).path, with: bytes)
  }

  /// What `keep` kept under the name, if anything.
  package func kept(_ name: String) -> Data? {
    try? Data(contentsOf: directory.appending(path: name))
  }

  private func write(_ log: SavedLog) throws(Problem) {
    let name =
      String(textHash(Array(log.path.utf8).span, 0, log.path.utf8.count), radix: 16) + Self.suffix
    let target = directory.appending(path: name).path
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = .withoutEscapingSlashes
      try Self.replace(target, with: try encoder.encode(Form(version: Self.version, log: log)))
    } catch let problem as Problem {
      throw problem
    } catch {
      throw .unusable(error.localizedDescription)
    }
  }

  /// The file has the old bytes or the new ones, whenever the machine stops.
  package static func replace(_ path: String, with bytes: Data) throws(Problem) {
    func failed() -> Problem { .unusable(unsafe String(cString: strerror(errno))) }
    let beside = path + ".new"
    let file = unsafe open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failed() }
    defer { close(file) }
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        guard let base = $0.baseAddress else { return 0 }
        return unsafe Glibc.write(file, base + written, $0.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failed() }
      written += count
    }
    guard fsync(file) == 0, unsafe rename(beside, path) == 0 else { throw failed() }
    let directory = unsafe open(
      URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
    guard directory >= 0 else { throw failed() }
    defer { close(directory) }
    guard fsync(directory) == 0 else { throw failed() }
  }
}

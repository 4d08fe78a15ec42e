import Foundation
import Glibc

/// What a program for xz, zstd or bzip2 unpacks of an input: streamed through it, never to disk.
final class UnpackerInput: ByteInput {
  private let path: String
  private let source: PeekableInput
  private let budget: UnpackingBudget
  private let process = Process()
  private let output = Pipe()
  /// The program's standard input; a socket, because a write to a pipe that its reader has left
  /// raises SIGPIPE.
  private var feed: Int32 = -1
  private var sourceProblem: SourceProblem?

  init(
    path: String, _ source: PeekableInput, program: String, _ budget: UnpackingBudget
  ) throws(SourceProblem) {
    self.path = path
    self.source = source
    self.budget = budget
    guard let executable = Self.find(program) else {
      throw SourceProblem(path: path, kind: .missingProgram(program))
    }
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw SourceProblem(path: path, kind: .unreadable("\(program) cannot be started"))
    }
    feed = ends[0]
    let input = FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
    process.executableURL = executable
    process.arguments = ["-dc"]
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    do {
      try process.run()
      try input.close()
    } catch {
      throw SourceProblem(path: path, kind: .unreadable("\(program) cannot be started"))
    }
  }

  deinit {
    closeFeed()
    if process.isRunning { process.terminate() }
  }

  func read(into buffer: inout [UInt8], from start: Int) throws(SourceProblem) -> Int {
    let descriptor = output.fileHandleForReading.fileDescriptor
    while true {
      if feed >= 0 { fillFeed() }
      var wanted = [
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: feed, events: Int16(POLLOUT), revents: 0),
      ]
      if unsafe poll(&wanted, nfds_t(feed >= 0 ? 2 : 1), -1) < 0, errno != EINTR { break }
      guard wanted[0].revents != 0 else {
        if wanted[1].revents != 0 { write() }
        continue
      }
      let count = unsafe buffer.withUnsafeMutableBytes { bytes -> Int in
        guard let base = bytes.baseAddress, start < bytes.count else { return 0 }
        return unsafe Glibc.read(descriptor, base + start, bytes.count - start)
      }
      if count > 0 {
        try budget.note(unpacked: count)
        return count
      }
      if count < 0, errno == EINTR { continue }
      closeFeed()
      process.waitUntilExit()
      if let sourceProblem { throw sourceProblem }
      guard count == 0, process.terminationStatus == 0 else { break }
      return 0
    }
    throw SourceProblem(path: path, kind: .damagedGzip)
  }

  /// Has bytes ready for the program, or tells it that there are no more.
  private func fillFeed() {
    do throws(SourceProblem) {
      if try source.peek(1).isEmpty { closeFeed() }
    } catch {
      sourceProblem = error
      closeFeed()
    }
  }

  private func write() {
    let count = unsafe source.withUnread { bytes in
      unsafe send(
        feed, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }
    if count > 0 {
      source.advance(by: count)
    } else if errno != EAGAIN, errno != EINTR {
      // The program has seen enough: what it makes of the rest is told by its status.
      closeFeed()
    }
  }

  private func closeFeed() {
    if feed >= 0 { close(feed) }
    feed = -1
  }

  private static func find(_ program: String) -> URL? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    for directory in path.split(separator: ":") {
      let candidate = URL(fileURLWithPath: String(directory)).appendingPathComponent(program)
      if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
    }
    return nil
  }
}

import Foundation
import Glibc

/// How a file's bytes are packed, told by its first bytes.
enum Packing: Equatable {
  case plain, gzip
  /// Unpacked by the program of this name, as ripgrep's `-z` does.
  case program(String)

  init(head: ArraySlice<UInt8>) {
    func starts(_ magic: [UInt8]) -> Bool { head.starts(with: magic) }
    if starts([0x1f, 0x8b]) {
      self = .gzip
    } else if starts([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]) {
      self = .program("xz")
    } else if starts([0x28, 0xb5, 0x2f, 0xfd]) {
      self = .program("zstd")
    } else if head.count > 9, starts(Array("BZh".utf8)),
      head.dropFirst(4).starts(with: [0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
    {
      self = .program("bzip2")
    } else {
      self = .plain
    }
  }
}

/// What a program for xz, zstd or bzip2 unpacks, read from its pipe: streamed, never to disk.
struct UnpackerInput: ~Copyable, ByteInput {
  private let path: String
  private let process = Process()
  private let pipe = Pipe()

  init(path: String, program: String) throws(SourceProblem) {
    self.path = path
    guard path != "-" else {
      throw SourceProblem(
        path: path,
        kind: .unreadable("packed data on standard input; unpack it with \(program) -dc"))
    }
    guard let executable = Self.find(program) else {
      throw SourceProblem(path: path, kind: .missingProgram(program))
    }
    process.executableURL = executable
    process.arguments = ["-dc", "--", path]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      throw SourceProblem(path: path, kind: .unreadable("\(program) cannot be started"))
    }
  }

  deinit { if process.isRunning { process.terminate() } }

  mutating func read(
    into buffer: inout [UInt8], from start: Int
  ) throws(SourceProblem) -> Int {
    let descriptor = pipe.fileHandleForReading.fileDescriptor
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { bytes -> Int in
        guard let base = bytes.baseAddress, start < bytes.count else { return 0 }
        return unsafe Glibc.read(descriptor, base + start, bytes.count - start)
      }
      if count > 0 { return count }
      if count < 0, errno == EINTR { continue }
      process.waitUntilExit()
      guard count == 0, process.terminationStatus == 0 else {
        throw SourceProblem(path: path, kind: .damagedGzip)
      }
      return 0
    }
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

import ArgumentParser
import Foundation

/// A file that a command was told to write.
enum OutputFile {
  /// Replaces a regular file as a whole; devices, pipes and the targets of links are written into.
  ///
  /// - Throws: `ValidationError`, with the file's name.
  static func write(_ bytes: Data, to path: String) throws {
    do {
      let kind =
        try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
      if let kind, kind != .typeRegular {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        defer { try? handle.close() }
        try handle.write(contentsOf: bytes)
      } else {
        try bytes.write(to: URL(fileURLWithPath: path), options: .atomic)
      }
    } catch {
      throw ValidationError("\(path) cannot be written: \(error.localizedDescription)")
    }
  }
}

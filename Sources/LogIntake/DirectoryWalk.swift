import Foundation

/// Finds the inputs below what the user named: files as they are, directories recursively.
package enum DirectoryWalk {
  /// Inputs in a fixed order (arguments as given, directory entries by name), and what could not be
  /// looked at.
  ///
  /// Hidden files and directories below a named directory are left out.
  package static func sources(_ paths: [String]) -> ([Source], [SourceProblem]) {
    var sources: [Source] = []
    var problems: [SourceProblem] = []
    var seen: Set<String> = []
    for path in paths {
      if path == "-" {
        sources.append(.standardInput)
        continue
      }
      let before = sources.count + problems.count
      collect(path, into: &sources, &problems, &seen, isNamed: true)
      if sources.count + problems.count == before, isDirectory(path) {
        problems.append(SourceProblem(path: path, kind: .isEmptyDirectory))
      }
    }
    return (sources, problems)
  }

  private static func isDirectory(_ path: String) -> Bool {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
      == .typeDirectory
  }

  private static func collect(
    _ path: String, into sources: inout [Source], _ problems: inout [SourceProblem],
    _ seen: inout Set<String>, isNamed: Bool
  ) {
    let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    guard seen.insert(resolved).inserted else { return }
    let manager = FileManager.default
    let attributes: [FileAttributeKey: Any]
    do {
      attributes = try manager.attributesOfItem(atPath: resolved)
    } catch {
      problems.append(SourceProblem(path: path, kind: kind(of: error)))
      return
    }
    if attributes[.type] as? FileAttributeType == .typeDirectory {
      do {
        for name in try manager.contentsOfDirectory(atPath: path).sorted()
        where !name.hasPrefix(".") {
          collect(
            path.hasSuffix("/") ? path + name : "\(path)/\(name)", into: &sources, &problems, &seen,
            isNamed: false)
        }
      } catch {
        problems.append(SourceProblem(path: path, kind: kind(of: error)))
      }
      return
    }
    // Pipes and devices are read when they are named, not when they are come across.
    let type = attributes[.type] as? FileAttributeType
    guard isNamed || type == .typeRegular else { return }
    let modified = (attributes[.modificationDate] as? Date).map {
      Int64(($0.timeIntervalSince1970 * 1000).rounded())
    }
    let size = (attributes[.size] as? NSNumber)?.intValue ?? 0
    sources.append(Source(path: path, size: size, modifiedMilliseconds: modified))
  }

  private static func kind(of error: any Error) -> SourceProblem.Kind {
    switch (error as? CocoaError)?.code {
    case .fileReadNoSuchFile, .fileNoSuchFile: .notFound
    case .fileReadNoPermission: .notPermitted
    default: .unreadable(String(describing: error))
    }
  }
}

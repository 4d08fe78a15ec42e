/// A file within a bundle.
struct BundleEntry {
  /// As the bundle spells it; nobody writes a file of this name.
  var name: [UInt8]
  var modifiedMilliseconds: Int64?
  /// Its bytes, good until the next entry is asked for.
  var input: any ByteInput

  /// The name with what does not matter left out: `./` at the beginning.
  var path: Substring {
    var path = Substring(String(decoding: name, as: UTF8.self))
    while path.hasPrefix("./") { path = path.dropFirst(2).drop { $0 == "/" } }
    return path
  }

  /// As files in directories: what is hidden is left out.
  var isHidden: Bool {
    path.split(separator: "/").contains {
      $0 == "__MACOSX" || $0.hasPrefix(".") && $0 != "." && $0 != ".."
    }
  }
}

/// Goes through the files of an archive.
protocol BundleReader: AnyObject {
  /// The next file; `nil` at the end. What was not read of the one before is passed over.
  func next() throws(SourceProblem) -> BundleEntry?
  /// Links, devices and the like, which were passed over.
  var specials: Int { get }
}

/// What a bundle held beside the logs that were read.
package struct BundleTally: Sendable, Hashable {
  /// Files that no format knows.
  package var others = 0
  /// Links, devices, encrypted files: nothing that could be read.
  package var specials = 0
}

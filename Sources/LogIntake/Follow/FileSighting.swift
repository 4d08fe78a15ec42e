/// Which file it is, whatever its name.
package struct FileIdentity: Sendable, Hashable, Codable {
  package var device: UInt64
  package var inode: UInt64

  package init(device: UInt64, inode: UInt64) {
    self.device = device
    self.inode = inode
  }
}

/// What one look at the file system tells of one file.
package struct FileSighting: Sendable, Equatable {
  /// Bytes of the start that are kept to know a file again.
  package static let headBytes = 1024

  package var path: String
  package var identity: FileIdentity
  package var size: Int64
  /// Milliseconds since 1970.
  package var modified: Int64
  /// The first bytes, unpacked.
  package var head: [UInt8]
  package var isPacked: Bool

  package init(
    path: String, identity: FileIdentity, size: Int64, modified: Int64, head: [UInt8],
    isPacked: Bool = false
  ) {
    self.path = path
    self.identity = identity
    self.size = size
    self.modified = modified
    self.head = head
    self.isPacked = isPacked
  }
}

/// A file that is followed, as far as it was handed out: what a restart needs to go on.
package struct FollowedFile: Sendable, Equatable, Codable {
  package enum Role: String, Sendable, Codable {
    /// Read as it grows.
    case followed
    /// Compressed: read once, whole.
    case packed
    /// Holds what was read already: made by copytruncate, or by compressing a rotated file.
    case copy
  }

  package var id: Int
  package var identity: FileIdentity
  /// Where it was seen last.
  package var path: String
  /// The log whose part it is: the path under which the log was first seen.
  package var log: String
  package var role: Role
  /// Bytes handed out.
  package var offset: Int64
  package var head: [UInt8]
  /// Of files of one log, the older one has the smaller number.
  package var generation: Int

  var size: Int64 = 0
  var lastGrowth: Int64 = 0
  var goneSince: Int64?
  /// Whether no descriptor is held, so that what is deleted cannot be read any more.
  var isUnheld = false
  var isEnded = false
  /// Truncated a moment ago; the copy of what was cut off may not have been seen yet.
  var awaitsCopy = false

  private enum CodingKeys: String, CodingKey {
    case id, identity, path, log, role, offset, head, generation
  }

  /// Whether a file that starts so may be this one.
  func startsLike(_ other: [UInt8]) -> Bool {
    let common = min(head.count, other.count)
    return head[..<common] == other[..<common]
  }
}

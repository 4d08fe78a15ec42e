import Glibc

/// Wakes up when something changes in watched directories (inotify); what changed is left to the
/// next look, so that a lost or merged message loses nothing.
package struct DirectoryWatch: ~Copyable {
  /// To be polled for input; -1 where the system gives none: then looking at intervals has to do.
  package let descriptor: Int32
  private var watched: [String: Int32] = [:]

  package init() {
    descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Whether all of the directories are watched, now that they are `directories`.
  package mutating func watch(_ directories: [String]) -> Bool {
    guard descriptor >= 0 else { return false }
    let wanted = Set(directories)
    for (path, watch) in watched where !wanted.contains(path) {
      inotify_rm_watch(descriptor, watch)
      watched[path] = nil
    }
    let mask = UInt32(
      IN_CREATE | IN_MODIFY | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF
        | IN_MOVE_SELF
        | IN_ATTRIB)
    for path in wanted {
      // Adding again is cheap and finds out when the path leads elsewhere now.
      let watch = unsafe inotify_add_watch(descriptor, path, mask)
      if watch < 0 { return false }
      watched[path] = watch
    }
    return true
  }

  /// Takes what was told, and whether there was anything.
  package mutating func drain() -> Bool {
    guard descriptor >= 0 else { return false }
    var buffer = [UInt8](repeating: 0, count: 16 * 1024)
    var isTold = false
    while unsafe buffer.withUnsafeMutableBytes({ unsafe read(descriptor, $0.baseAddress, $0.count) }
    )
      > 0
    {
      isTold = true
    }
    return isTold
  }
}

import CMalloc

/// How the C library keeps free memory.
enum Heap {
  /// One heap for all workers, so that one takes what another left, and large blocks that go back to the
  /// system at once.
  ///
  /// With a heap a thread, as is usual, the same run took a fifth more memory; reading allocates too
  /// seldom for workers to wait for each other. What cannot be set stays as it is.
  static func share() {
    _ = mallopt(M_ARENA_MAX, 1)
    _ = mallopt(M_MMAP_THRESHOLD, 64 * 1024)
    _ = mallopt(M_TRIM_THRESHOLD, 128 * 1024)
  }
}

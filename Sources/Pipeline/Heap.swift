import CMalloc

/// How the C library keeps free memory.
package enum Heap {
  /// One heap for all workers, so that one takes what another left.
  ///
  /// With a heap a thread, as is usual, a gigabyte on two cores took 68 MB instead of 63; reading allocates
  /// too seldom for workers to wait for each other. Where it cannot be set, it stays as it is.
  package static func share() {
    _ = mallopt(M_ARENA_MAX, 1)
    // What is larger goes back when it is free. As is usual the bound rises with what was freed, and large
    // holes stay: ten gigabytes on two cores took 66 MB instead of 62.
    _ = mallopt(M_MMAP_THRESHOLD, 128 << 10)
  }

  /// Gives free memory back, also what lies between what is used.
  ///
  /// For what will not be needed again soon: taking it anew costs more than this.
  static func trim() { _ = malloc_trim(0) }
}

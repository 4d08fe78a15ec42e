import Glibc

/// The first position of `byte` in [start, end) of `bytes`, or `end` when there is none.
///
/// This file, `AppendBytes` and the reader of files hold the only unchecked memory access of the
/// package: libc's `memchr` finds line ends at 5 GB/s, a checked byte loop at 1.7.
func position(of byte: UInt8, in bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
  let stop = min(end, bytes.count)
  guard start >= 0, start < stop else { return end }
  let found = unsafe bytes.withUnsafeBufferPointer { buffer -> Int? in
    guard let base = buffer.baseAddress,
      let hit = unsafe memchr(base + start, Int32(byte), stop - start)
    else { return nil }
    return unsafe UnsafeRawPointer(hit) - UnsafeRawPointer(base)
  }
  return found ?? end
}

import Foundation
import Glibc

/// Signals as bytes to poll for, so that nothing happens amid anything else.
///
/// The signals are blocked everywhere; one thread waits for them and writes each into a pipe.
struct Signals: ~Copyable {
  let descriptor: Int32

  /// To be made before any other thread, so that all of them inherit the blocking.
  init(_ signals: [Int32]) {
    let set = Self.set(signals)
    unsafe withUnsafePointer(to: set) { unsafe _ = pthread_sigmask(SIG_BLOCK, $0, nil) }
    let (reading, writing) = Pipes.make()
    descriptor = reading
    _ = fcntl(reading, F_SETFL, O_NONBLOCK)
    Thread.detachNewThread {
      let set = Self.set(signals)
      while true {
        var signal: Int32 = 0
        let code = unsafe withUnsafePointer(to: set) { unsafe sigwait($0, &signal) }
        guard code == 0 else { continue }
        var byte = UInt8(truncatingIfNeeded: signal)
        unsafe _ = write(writing, &byte, 1)
      }
    }
  }

  deinit { close(descriptor) }

  private static func set(_ signals: [Int32]) -> sigset_t {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for signal in signals { unsafe sigaddset(&set, signal) }
    return set
  }

  /// The signal that came, or `nil`.
  func next() -> Int32? {
    var byte: UInt8 = 0
    return unsafe read(descriptor, &byte, 1) == 1 ? Int32(byte) : nil
  }
}

enum Pipes {
  /// Both ends of a new pipe, -1 where the system has none left; children do not inherit them.
  static func make() -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { return (-1, -1) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }
}

/// The wall clock in milliseconds since 1970.
enum WallClock {
  static var now: Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}

import Testing

@testable import logtriage

@Suite("How far reading has come")
struct ReadingProgressTests {
  @Test("is told in bytes, pace, share and time left")
  func half() {
    let line = ReadingProgress.line(
      read: 1_310_000_000, of: (read: 500_000_000, all: 2_000_000_000), seconds: 2)
    #expect(line == "1 310 MB read, 655 MB/s, 25 %, 6 s left")
  }

  @Test("is told without a share where nobody knows how much there is")
  func pipe() {
    let line = ReadingProgress.line(read: 40_000_000, of: (read: 40_000_000, all: 0), seconds: 4)
    #expect(line == "40 MB read, 10 MB/s")
  }

  @Test("never is more than all: a log grows while it is read")
  func grown() {
    let line = ReadingProgress.line(
      read: 90_000_000, of: (read: 90_000_000, all: 60_000_000), seconds: 0.5)
    #expect(line == "90 MB read, 180 MB/s, 100 %, 0 s left")
  }
}

import Testing

@testable import LogIntake

@Suite("The files of one log")
struct LogSetTests {
  @Test(
    "have one name whatever rotation and compression appended",
    arguments: [
      ("gw/access.log", "gw/access.log"), ("gw/access.log.1", "gw/access.log"),
      ("gw/access.log.2.gz", "gw/access.log"), ("gw/error.log-20261120.xz", "gw/error.log"),
      ("gw/error.log-20261120T0700", "gw/error.log"),
      ("access_log.2026-11-20-07.txt", "access_log.txt"),
      ("/l/ssg_0_1.log", "/l/ssg.log"), ("default-log.3", "default-log"),
      ("a.1/access.log", "a.1/access.log"), ("2026.log", "2026.log"), ("-", "-"), ("", ""),
      ("haproxy.log", "haproxy.log"), ("error-pay.log", "error-pay.log"),
    ])
  func shareAName(path: String, name: String) {
    #expect(LogSet.name(of: path) == name)
  }
}

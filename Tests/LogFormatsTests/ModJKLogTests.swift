import LogEvents
import TestSupport
import Testing

@testable import LogFormats

struct ModJKLogTests {
  private func read(_ lines: [String]) -> [Told] {
    let text = lines.joined(separator: "\n")
    return TestSupport.read(Array(text.utf8), format: ModJKLog.self, FormatSettings()).told
  }

  private func line(_ text: String, thread: Int = 1, level: String = "error") -> String {
    "[Sat Nov 21 00:07:51.956 2026] [17:\(thread)] [\(level)] f::jk_ajp_common.c (9): \(text)"
  }

  private let refused =
    "(n1) connecting to backend failed. Tomcat is probably not started (errno=111)"

  @Test("the steps of one attempt are one event")
  func joins() {
    let told = read([
      line("connect to 192.0.2.41:8009 failed (errno=111)", level: "info"),
      line("(n2) wrong message format 0x4854 from 192.0.2.42:8009", thread: 2),
      line("(n1) Failed opening socket to (192.0.2.41:8009) (errno=111)", level: "info"),
      line(refused),
      line("(n1) sending request to tomcat failed (recoverable) (attempt=1)", level: "info"),
    ])
    #expect(told.map(\.line).sorted() == [1, 2])
    let first = told.first { $0.line == 1 }
    #expect(first?.fields["class"] == .string("connect-refused"))
    #expect(first?.fields["service"] == .string("n1"))
    #expect(first?.fields["backend"] == .string("192.0.2.41:8009"))
  }

  @Test("the same step again is another attempt, and so is another worker")
  func attempts() {
    #expect(read([line(refused), line(refused)]).count == 2)
    let other = "(n2) connecting to tomcat failed (rc=-3, errors=1, client_errors=0)."
    #expect(read([line(refused), line(other)]).count == 2)
  }

  @Test("request lines are exchanges")
  func requests() {
    let told = read(["[Sat Nov 21 00:07:51.956 2026] lb www.example.com 0.25 503 /a b"])
    #expect(told.map { $0.fields["class"] } == [.string("http-5xx")])
    #expect(told.first?.fields["service"] == .string("lb"))
  }

  @Test(
    "near misses are not mod_jk's",
    arguments: [
      "[Sat Nov 21 00:07:51.956 2026] [proxy:error] [pid 1:tid 2] AH00957: x",
      "[Sat Nov 21 00:07:51.956 2026] [17:1] [loud] f::a.c (9): x",
      "[Sat Nov 21 00:07:51.956 2026] [17:1] [error] no source",
      "[Sat Nov 21 00:07:51.956 2026] lb www.example.com 25 503 /a",
      "[Sat Nov 21 00:07:51.956 2026] [17:1", "[",
    ])
  func nearMisses(_ text: String) {
    let counts = TestSupport.read(
      Array(text.utf8), format: ModJKLog.self, FormatSettings()
    ).counts
    #expect(counts.faults[.notThisDialect] == 1)
  }
}

import Testing

@testable import LogListener

@Suite("Framing of syslog over a stream")
struct SyslogFramingTests {
  private func lines(_ text: String, step: Int = .max) -> [String] {
    var framing = SyslogFraming()
    var lines: [UInt8] = []
    let bytes = Array(text.utf8)
    var at = 0
    while at < bytes.count {
      let end = min(bytes.count, at + min(step, bytes.count))
      _ = framing.take(bytes[at..<end], into: &lines)
      at = end
    }
    _ = framing.finish(into: &lines)
    return String(decoding: lines, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test(
    "Counted frames, lines and both in turn come out as messages, however they are cut",
    arguments: [
      ("<14>one\n<14>two\n", ["<14>one", "<14>two"]),
      ("7 <14>one7 <14>two", ["<14>one", "<14>two"]),
      ("7 <14>one\n<14>two\n7 <14>abc", ["<14>one", "<14>two", "<14>abc"]),
      ("11 <14>one\ntwo<14>three\n", ["<14>one two", "<14>three"]),
      ("<14>no end", ["<14>no end"]),
      ("2026-11-20 bare line\n12 more words\n", ["2026-11-20 bare line", "12 more words"]),
      ("\n\r\n<14>one\r\n\0<14>two\n", ["<14>one", "<14>two"]),
      ("123456789 <14>no count\n", ["123456789 <14>no count"]),
    ])
  func cuts(_ text: String, _ expected: [String]) {
    for step in [1, 2, 3, 7, .max] { #expect(lines(text, step: step) == expected) }
  }

  @Test("An endless line is cut and counted, and the next message is read")
  func boundsMessages() {
    var framing = SyslogFraming()
    var lines: [UInt8] = []
    for _ in 0..<100 {
      _ = framing.take(repeatElement(UInt8(ascii: "x"), count: 10_000), into: &lines)
    }
    #expect(lines.isEmpty)
    #expect(framing.take(Array("\n<14>next\n".utf8), into: &lines) == 2)
    #expect(framing.cutMessages == 1)
    #expect(lines.count == SyslogFraming.longestMessage + 1 + 9)
  }
}

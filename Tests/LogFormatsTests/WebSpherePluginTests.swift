import LogEvents
import TestSupport
import Testing

@testable import LogFormats

struct WebSpherePluginTests {
  private func read(_ texts: [(thread: Int, text: String)]) -> [Told] {
    let lines = texts.map {
      "[11/Sep/2017:18:44:34.06766] 006a00f8 0000000\($0.thread) - ERROR: \($0.text)"
    }
    let bytes = Array(lines.joined(separator: "\n").utf8)
    return TestSupport.read(bytes, format: WebSpherePlugin.self, FormatSettings()).told
  }

  @Test("the steps of one attempt are one event, by thread")
  func joins() {
    let told = read([
      (1, "ws_common: websphereGetStream: Connect timeout fired"),
      (2, "ServerIOTimeout fired. Time out 60."),
      (1, "ws_common: websphereExecute: Failed to create the stream"),
      (1, "x: Failed to execute the transaction to 'S1'on host 'APP1.example.com'; will try"),
      (1, "ws_common: websphereGetStream: Connect timeout fired"),
    ])
    #expect(told.map(\.line).sorted() == [1, 2, 5])
    let first = told.first { $0.line == 1 }
    #expect(first?.fields["class"] == .string("connect-timeout"))
    #expect(first?.fields["backend"] == .string("app1.example.com"))
    #expect(first?.fields["service"] == .string("S1"))
  }

  @Test(
    "the operating system's number tells the cause",
    arguments: [
      ("'h', OS err=79", "connect-refused"), ("'h' (10061): ", "connect-refused"),
      ("'h', OS err=78", "connect-timeout"), ("'h', OS err=113", "connect-unreachable"),
    ])
  func numbers(_ tail: String, _ outcome: String) {
    let told = read([(1, "websphereGetStream: Failed to connect to app server on host \(tail)")])
    #expect(told.map { $0.fields["class"] } == [.string(outcome)])
    #expect(told.first?.fields["backend"] == .string("h"))
  }

  @Test("damaged lines are not the plug-in's")
  func damaged() {
    for text in [
      "[11/Sep/2017:18:44:34.06766] 006a00f8 0000", "[11/Sep/2017:18:44:34] x y - ERROR",
    ] {
      let counts = TestSupport.read(
        Array(text.utf8), format: WebSpherePlugin.self, FormatSettings()
      ).counts
      #expect(counts.faults[.notThisDialect] == 1)
    }
  }
}

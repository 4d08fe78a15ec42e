import Testing

@testable import Reports

@Suite("The live screen")
struct LiveScreenTests {
  @Test("fits 80x24 and says all its keys there")
  func fits() throws {
    let lines = LiveScreen().lines(width: 80, height: 24, isUnicode: true)
    #expect(lines.count == 24)
    #expect(lines.allSatisfy { $0.text.count <= 80 })
    #expect(try #require(lines.last).text.hasSuffix("q quit"))
  }

  @Test("does not call healthy what it has not read yet")
  func isBehind() {
    var screen = LiveScreen()
    func shows(_ text: String) -> Bool {
      screen.lines(width: 80, height: 24, isUnicode: false).contains { $0.text.contains(text) }
    }
    #expect(shows("no failing backend so far"))
    screen.isBehind = true
    #expect(!shows("no failing backend so far"))
    #expect(shows("reads what is there first"))
  }

  @Test("is drawn in a window of any size", arguments: 1...90)
  func resizes(width: Int) {
    var screen = LiveScreen()
    screen.sources = " logtriage tail   6 logs"
    screen.rates = [LiveScreen.Rate(name: "connect-refused", counts: Array(0..<60))]
    screen.exchanges = (0..<40).map {
      LiveScreen.Exchange(
        time: $0 * 1000, gateway: "lb1", backend: "orders.example.com:8443",
        outcome: "connect-refused", text: "GET /", repeats: 2)
    }
    for height in 1...30 {
      for isHelp in [false, true] {
        screen.isHelp = isHelp
        let lines = screen.lines(width: width, height: height, isUnicode: true)
        #expect(lines.count == height)
        #expect(lines.allSatisfy { $0.text.count <= max(20, width) })
      }
    }
  }
}

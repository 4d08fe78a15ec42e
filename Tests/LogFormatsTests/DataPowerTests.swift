import LogEvents
import TestSupport
import Testing

@testable import LogFormats

struct DataPowerTests {
  private func text(_ lines: String...) -> [Told] {
    let log = lines.joined(separator: "\n")
    return read(Array(log.utf8), format: DataPowerText.self, FormatSettings()).told
  }

  private func failed(_ url: String, stamp: String = "20261120T080000.100Z") -> String {
    "\(stamp) [0x80e00126][mpgw][error] mpgw(OrdersGW): tid(5)[192.0.2.1]: "
      + "Valid backside connection could not be established: late, url: \(url)"
  }

  @Test(
    "a backend is the host and port of the URL",
    arguments: [
      ("http://a.example.com/x", "a.example.com:80"),
      ("HTTPS://A.example.com", "a.example.com:443"),
      ("https://user:word@[2001:db8::9]/a", "[2001:db8::9]:443"),
      ("http://a.example.com:8080\nlast message repeated 3 times", "a.example.com:8080"),
      ("http://a.example.com?mail=x@y", "a.example.com:80"),
    ])
  func endpoints(_ url: String, _ backend: String) {
    #expect(text(failed(url)).map { $0.fields["backend"] } == [.string(backend)])
  }

  @Test(
    "every time stamp setting is read",
    arguments: [
      ("20261120T080000.100Z", "2026-11-20T08:00:00.100Z"),
      ("20261120T080000Z", "2026-11-20T08:00:00Z"),
      ("Fri Nov 20 2026 08:00:00", "2026-11-20T08:00:00Z"),
      ("20261120080000", "2026-11-20T08:00:00Z"),
      ("1795161600000", "2026-11-20T08:00:00.000Z"),
    ])
  func stamps(_ stamp: String, _ time: String) {
    let told = text(failed("http://a.example.com/", stamp: stamp))
    #expect(told.map { $0.fields["time"] } == [.string(time)])
  }

  @Test("a terminal line takes the backend and the class of its transaction")
  func join() {
    let told = text(
      failed("http://a.example.com/"),
      "20261120T080000.200Z [0x01130006][mpgw][error] mpgw(OrdersGW): tid(5)[error][192.0.2.1]: "
        + "Failed to establish a backside connection")
    #expect(told.map { $0.fields["backend"] } == [.string("a.example.com:80")])
    #expect(told.map { $0.fields["class"] } == [.string("connect-timeout")])
  }

  @Test("the same number in another domain is another transaction")
  func domains() {
    let one = "20261120T080000.100Z [A][0x01130006][mpgw][error] mpgw(G): tid(5)[error]: x"
    let two = "20261120T080000.100Z [B][0x01130006][mpgw][error] mpgw(G): tid(5)[error]: x"
    #expect(text(one, two).count == 2)
  }

  @Test("what a user's message imitates is not a backend failure")
  func imitation() {
    let told = text(
      "20261120T080000.100Z [0x80000001][audit][error] mpgw(G): tid(5)[192.0.2.1]: "
        + "Valid backside connection could not be established: x, url: http://a.example.com/")
    #expect(told.map { $0.fields["class"] } == [.string("other")])
    #expect(told.map { $0.fields["backend"] } == [.null])
  }

  @Test("a quoted URL that was cut names no backend")
  func cut() {
    let told = text(
      "20261120T080000.100Z [0x80e0ff01][mpgw][error] mpgw(G): tid(5)[192.0.2.1]: "
        + "Connection error(2) at 'http://a.exam")
    #expect(told.map { $0.fields["backend"] } == [.null])
  }
}

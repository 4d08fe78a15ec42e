import Correlator
import LogEvents

/// Host and port of a backend, as far as its name tells them.
struct Endpoint {
  /// What people should read: the name as logged.
  var name: String
  /// Host and port that may stand in a command; `nil` where the name is not `host:port` or holds
  /// bytes that a shell could take for something else.
  var target: (host: String, port: String)?

  /// - Parameters:
  ///   - name: as logged.
  ///   - address: `host:port`, where the name is a product's own and a log has both.
  init(_ name: String, address: String? = nil) {
    self.name = name.isEmpty ? "the backend" : name
    let name = address ?? name
    guard let colon = name.lastIndex(of: ":") else { return }
    var host = String(name[..<colon])
    let port = String(name[name.index(after: colon)...])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    guard !host.isEmpty, let number = UInt16(port), number > 0,
      host.utf8.allSatisfy(Self.isSafe), !host.hasPrefix("-")
    else { return }
    target = (host, port)
  }

  private static func isSafe(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
      UInt8(ascii: "_"), UInt8(ascii: ":"):
      true
    default: false
    }
  }

  /// The host that may stand in a command: of `target`, or the name itself.
  var host: String? {
    if let target { return target.host }
    guard !name.isEmpty, !name.hasPrefix("-"), name.utf8.allSatisfy(Self.isSafe),
      !name.contains(":"), name.contains(".")
    else { return nil }
    return name
  }

  var port: String? { target?.port }

  /// To be asked by hand; the usual ports of TLS are asked so.
  var url: String? {
    target.map {
      let scheme = $0.port.hasSuffix("443") ? "https" : "http"
      return "\(scheme)://\(Self.bracketed($0.host)):\($0.port)/"
    }
  }

  /// IPv6 in brackets, as URLs and `host:port` want it.
  static func bracketed(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }

  /// `host port 8443`, for sentences.
  var spoken: String { target.map { "\($0.host) port \($0.port)" } ?? name }

  /// Connects once and tells refused from timed out.
  var connect: String? { target.map { "nc -vz -w 5 \($0.host) \($0.port)" } }

  /// A ring of small captures of this backend alone.
  var capture: String? {
    target.map {
      "tcpdump -i any -nn -s 160 -C 50 -W 12 -w backend.pcap 'host \($0.host) and port \($0.port)'"
    }
  }

  var listeners: String? { target.map { "ss -ltn 'sport = :\($0.port)'" } }
}

extension Case {
  /// Of a group the first member's, so that a command is one that can be typed.
  var endpoint: Endpoint { Endpoint(backends.first ?? backend, address: address) }

  /// Share of the failures that have one of the classes.
  func share(_ outcomes: Outcome...) -> Double {
    let all = classes.values.reduce(0, +)
    guard all > 0 else { return 0 }
    return Double(outcomes.reduce(0) { $0 + (classes[$1] ?? 0) }) / Double(all)
  }

  func measure(_ name: String) -> Double? { evidence.first { $0.name == name }?.value }

  /// `From gw1` where one gateway is known, `From each gateway` where several are.
  var vantagePoint: String {
    switch gateways.count {
    case 0: "From the gateway"
    case 1: "From \(gateways[0])"
    default: "From \(gateways.prefix(3).joined(separator: ", "))"
    }
  }

  /// Most frequent class first; ties in the order of the classes.
  package var classesByCount: [(outcome: Outcome, count: Int)] {
    classes.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
      .map { ($0.key, $0.value) }
  }
}

/// Where to listen: `udp://127.0.0.1:5514`, `tcp://[::1]:6514`, `tls://0.0.0.0:6514`.
package struct ListenAddress: Sendable, Equatable {
  package enum Transport: String, Sendable { case udp, tcp, tls }

  package var transport: Transport
  package var host: String
  package var port: Int

  /// Without a host it is this machine only.
  package init?(_ text: String) {
    guard let mark = text.firstRange(of: "://"),
      let transport = Transport(rawValue: String(text[..<mark.lowerBound]))
    else { return nil }
    let rest = text[mark.upperBound...]
    guard let colon = rest.lastIndex(of: ":"), let port = Int(rest[rest.index(after: colon)...]),
      (0...65_535).contains(port)
    else { return nil }
    var host = rest[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.contains("/") else { return nil }
    self.transport = transport
    self.host = host.isEmpty ? "127.0.0.1" : String(host)
    self.port = port
  }
}

/// The backend that a text of the gateway, of JNDI or of a driver names, as `host:port` in lower case.
///
/// Source: formats/ca-api-gateway.md §2, §4.13.
enum CABackend {
  static func find(_ record: Span<UInt8>, _ text: ByteRange) -> [UInt8] {
    for mark in ["Problem routing to ", "Unable to obtain HTTP response from "] {
      guard let hit = record.find(mark, in: text) else { continue }
      let start = hit + mark.utf8.count
      let end = record.find(". Error msg: ", start, text.end) ?? text.end
      return url(record, ByteRange(start, end))
    }
    if let hit = record.find("Blacklisting url", in: text),
      let start = record.find("ldap", hit, text.end)
    {
      return url(record, ByteRange(start, text.end))
    }
    for mark in ["{s}->", "{}->", "LDAP URL ", "url : "] {
      guard let hit = record.find(mark, in: text) else { continue }
      let found = url(record, ByteRange(hit + mark.utf8.count, text.end))
      if !found.isEmpty { return found }
    }
    for mark in [
      "CommunicationException: ", "simple bind failed: ", "ServiceUnavailableException: ",
    ] {
      guard let hit = record.find(mark, in: text) else { continue }
      let found = endpoint(record, hit + mark.utf8.count, text.end)
      if !found.isEmpty { return found }
    }
    if let found = pair(record, text, "host name '", "(", ")'") ?? pair(
      record, text, "host '", "(", ")'")
      ?? pair(record, text, "(HOST=", ")(PORT=", ")") ?? pair(
        record, text, "(host=", ")(port=", ")")
      ?? pair(record, text, "SMTP host: ", ", port: ", "\n;\\ ")
    {
      return found
    }
    if let hit = record.find("jdbc:", in: text), let slashes = record.find("//", hit, text.end) {
      let found = endpoint(record, slashes + 2, text.end)
      if !found.isEmpty { return found }
    }
    if let hit = record.find("host/database ", in: text) {
      let start = hit + "host/database ".utf8.count
      let end = record.find(.slash, start, text.end) ?? text.end
      return lower(record, ByteRange(start, end)) + Array(":3306".utf8)
    }
    return []
  }

  private static let defaultPorts: [(scheme: String, port: String)] = [
    ("https", ":443"), ("http", ":80"), ("ldaps", ":636"), ("ldap", ":389"),
  ]

  /// `scheme://[user@]host[:port][/...]`, with the scheme's default port.
  static func url(_ record: Span<UInt8>, _ range: ByteRange) -> [UInt8] {
    guard let scheme = defaultPorts.first(where: { record.has($0.scheme + "://", at: range.start) })
    else { return [] }
    let start = range.start + scheme.scheme.utf8.count + 3
    var end = start
    while end < range.end {
      let byte = record.byte(end)
      if byte == .slash || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#") || isBlank(byte) {
        break
      }
      end += 1
    }
    var host = ByteRange(start, end)
    if let at = record.findLast(UInt8(ascii: "@"), in: host) { host.start = at + 1 }
    // `https://host:443: Connection reset`, `ldaps://host:636. host:636. Caused by ...`
    while host.count > 0, [.colon, UInt8(ascii: "."), .comma].contains(record.byte(host.end - 1)) {
      host.end -= 1
    }
    guard !host.isEmpty else { return [] }
    let name = lower(record, host)
    let hasPort =
      record.findLast(.colon, in: host).map {
        record.byte($0 + 1).isDigit
          && (record.byte(host.start) != .openBracket || record.byte($0 - 1) == .closeBracket)
      } ?? false
    return hasPort ? name : name + Array(scheme.port.utf8)
  }

  /// `host:port` at `start`; empty when no port follows.
  private static func endpoint(_ record: Span<UInt8>, _ start: Int, _ limit: Int) -> [UInt8] {
    guard let colon = record.find(.colon, start, min(limit, start + 255)) else { return [] }
    for at in start..<colon where isBlank(record.byte(at)) { return [] }
    var end = colon + 1
    while record.byte(end).isDigit, end < limit { end += 1 }
    return end > colon + 1 ? lower(record, ByteRange(start, end)) : []
  }

  /// Host and port between marks.
  private static func pair(
    _ record: Span<UInt8>, _ text: ByteRange, _ before: String, _ between: String, _ after: String
  ) -> [UInt8]? {
    guard let hit = record.find(before, in: text) else { return nil }
    let start = hit + before.utf8.count
    guard let middle = record.find(between, start, min(text.end, start + 255)) else { return nil }
    var end = middle + between.utf8.count
    let port = end
    while record.byte(end).isDigit { end += 1 }
    guard end > port else { return nil }
    return lower(record, ByteRange(start, middle)) + [.colon] + lower(record, ByteRange(port, end))
  }

  private static func lower(_ record: Span<UInt8>, _ range: ByteRange) -> [UInt8] {
    var bytes: [UInt8] = []
    for at in range.start..<max(range.start, range.end) {
      bytes.append(lowercased(record.byte(at)))
    }
    return bytes
  }
}

import LogEvents

/// The backend that an error message names, as `host:port` in lower case.
///
/// The configured name in parentheses goes before the address; a name without port takes the address's
/// (formats/apache-mod-proxy.md §5).
struct ApacheBackend {
  var name: [UInt8] = []
  /// Without port.
  var host: [UInt8] = []

  init(
    _ place: ApacheMessage.Place, _ record: Span<UInt8>, _ message: ByteRange, client: ByteRange
  ) {
    switch place {
    case .nowhere: break
    case .address: readAddress(record, message)
    case .unixSocket:
      guard let start = after("domain socket ", record, message) else { return }
      let end = record.find(.space, start, message.end) ?? message.end
      name = Array("unix:".utf8)
      name.append(record, start, end)
    case .parentheses:
      guard let open = record.find(" (", in: message),
        let close = record.find(.closeParenthesis, open, message.end)
      else { return }
      set(record, ByteRange(open + 2, close))
    case .backend:
      guard let start = after("backend: ", record, message) else { return }
      set(record, ByteRange(start, message.end))
    case .remoteServer:
      guard let start = after("remote server ", record, message) else { return }
      let end = record.find(.space, start, message.end) ?? message.end
      set(record, ByteRange(start, end))
    case .lookup:
      guard let start = after("failure for: ", record, message) else { return }
      set(record, ByteRange(start, record.find(.space, start, message.end) ?? message.end))
    case .url: readURL(record, message)
    case .field: if record.find(.colon, client.start, client.end) != nil { set(record, client) }
    }
  }

  private func after(_ text: String, _ record: Span<UInt8>, _ message: ByteRange) -> Int? {
    record.find(text, in: message).map { $0 + text.utf8.count }
  }

  private mutating func set(_ record: Span<UInt8>, _ range: ByteRange) {
    guard !range.isEmpty, !record.equals(range, "*"), !record.has("httpd-UDS", at: range.start)
    else {
      return
    }
    for at in range.start..<range.end { name.append(lowercased(record.byte(at))) }
    host = name
    if let colon = record.findLast(.colon, in: range), record.byte(colon + 1).isDigit,
      record.byte(colon - 1) == .closeBracket || record.find(.colon, range.start, colon) == nil
    {
      host.removeLast(range.end - colon)
    }
  }

  /// `to 192.0.2.1:8080 (name:port)`.
  private mutating func readAddress(_ record: Span<UInt8>, _ message: ByteRange) {
    guard
      let start = after("http CONNECT through ", record, message)
        ?? after("attempt to connect to ", record, message)
        ?? after(" failed to ", record, message) ?? after(" failed from ", record, message)
        ?? after(" data to ", record, message) ?? after(" headers from ", record, message)
        ?? after(" to ", record, message)
    else { return }
    let end = record.find(.space, start, message.end) ?? message.end
    let address = ByteRange(start, end)
    guard record.has(" (", at: end),
      let close = record.find(.closeParenthesis, end, message.end)
    else {
      // A line cut within the address names nobody.
      if record.find(.colon, start, end) != nil || record.has(" from ", at: end) {
        set(record, address)
      }
      return
    }
    let given = ByteRange(end + 2, close)
    set(record, given)
    if name.isEmpty {
      set(record, address)
    } else if host == name, let colon = record.findLast(.colon, in: address) {
      if record.byte(given.start) != .openBracket, host.contains(.colon) {
        name = [.openBracket] + name + [.closeBracket]
      }
      name.append(record, colon, end)
    }
  }

  /// `http://host:port/path`, with the scheme's default port where the URL has none.
  private mutating func readURL(_ record: Span<UInt8>, _ message: ByteRange) {
    var from = message.start
    while let hit = record.find("://", from, message.end) {
      from = hit + 3
      var start = hit
      while start > message.start, lowercased(record.byte(start - 1)) &- 97 < 26 { start -= 1 }
      let scheme = ByteRange(start, hit)
      guard !record.equals(scheme, "balancer") else { continue }
      var end = from
      while end < message.end {
        let byte = record.byte(end)
        if byte == .slash || byte == .closeParenthesis || byte == .space
          || byte == UInt8(ascii: "'")
        {
          break
        }
        end += 1
      }
      set(record, ByteRange(from, end))
      if host == name,
        let port = Self.defaultPorts.first(where: { record.equals(scheme, $0.scheme) })
      {
        name += Array(":\(port.port)".utf8)
      }
      return
    }
  }

  private static let defaultPorts: [(scheme: String, port: Int)] = [
    ("http", 80), ("https", 443), ("ajp", 8009), ("fcgi", 8000), ("ws", 80), ("wss", 443),
    ("h2", 443), ("h2c", 80), ("scgi", 4000),
  ]
}

/// The parts behind the text of an nginx error record, in nginx's order.
///
///     , client: 203.0.113.58, server: shop.example.com, request: "GET / HTTP/1.1", subrequest: "/auth",
///     upstream: "http://192.0.2.15:8080/", host: "shop.example.com", referrer: "..."
///
/// Nothing is escaped, so the parts are taken from the left; what a request or a referrer imitates
/// comes too early or too late. Source: nginx src/http/ngx_http_request.c,
/// `ngx_http_log_error_handler`.
struct NginxErrorFields {
  var client = ByteRange.empty
  var server = ByteRange.empty
  var uri = ByteRange.empty
  var upstream = ByteRange.empty

  /// Begins where `, client: ` stands.
  init(_ record: Span<UInt8>, from start: Int) {
    let end = record.count
    let from = start + ", client: ".utf8.count
    var at = record.find(", ", from, end) ?? end
    client = ByteRange(from, at)
    if record.has("unix:", at: from) { client = .empty }
    if record.has(", server: ", at: at) {
      let from = at + ", server: ".utf8.count
      // A name may be a regular expression, commas and all.
      at = record.find(", request: \"", from, end) ?? record.find(", ", from, end) ?? end
      server = ByteRange(from, at)
    }
    if record.has(", request: \"", at: at) {
      let from = at + ", request: \"".utf8.count
      let stop = Self.requestEnd(record, from)
      if let space = record.find(.space, from, stop) {
        uri = ByteRange(space + 1, record.find(.space, space + 1, stop) ?? stop)
      }
      at = min(stop + 1, end)
    }
    if record.has(", subrequest: \"", at: at) {
      let from = at + ", subrequest: \"".utf8.count
      at = min((record.find("\", ", from, end) ?? record.find(.quote, from, end) ?? end) + 1, end)
    }
    if record.has(", upstream: \"", at: at) {
      let from = at + ", upstream: \"".utf8.count
      upstream = ByteRange(from, record.find(.quote, from, end) ?? end)
    }
  }

  /// The quote behind `HTTP/1.1`; without a version, the first quote with a comma or nothing behind.
  private static func requestEnd(_ record: Span<UInt8>, _ start: Int) -> Int {
    let end = record.count
    var at = start
    while let hit = record.find("HTTP/", at, end) {
      var stop = hit + "HTTP/".utf8.count
      while record.byte(stop).isDigit || record.byte(stop) == UInt8(ascii: ".") { stop += 1 }
      if record.byte(stop) == .quote { return stop }
      at = stop
    }
    at = start
    while let quote = record.find(.quote, at, end) {
      if quote + 1 == end || record.has(", ", at: quote + 1) { return quote }
      at = quote + 1
    }
    return end
  }

  /// The member or the group that `upstream` names.
  enum Peer {
    case none
    case member(ByteRange)
    case group(ByteRange)
  }

  /// `http://192.0.2.5:8080/path`, `192.0.2.5:8080`, `http://unix:/run/app.sock:/path`, or a group.
  func peer(_ record: Span<UInt8>) -> Peer {
    guard !upstream.isEmpty else { return .none }
    var start = upstream.start
    if let scheme = record.find("://", start, min(upstream.end, start + 16)) { start = scheme + 3 }
    if record.has("unix:", at: start) { return .member(socket(record, start)) }
    let end = record.find(.slash, start, upstream.end) ?? upstream.end
    if let colon = record.findLast(.colon, in: ByteRange(start, end)),
      record.byte(colon + 1).isDigit
    {
      return .member(ByteRange(start, end))
    }
    return .group(ByteRange(start, end))
  }

  /// After a timeout the path of the request follows the socket's without a colon.
  private func socket(_ record: Span<UInt8>, _ start: Int) -> ByteRange {
    let path = start + "unix:".utf8.count
    for mark in [".sock:", ".socket:", ".sock/", ".socket/"] {
      if let hit = record.find(mark, path, upstream.end) {
        return ByteRange(start, hit + mark.utf8.count - 1)
      }
    }
    if let colon = record.find(.colon, path, upstream.end) { return ByteRange(start, colon) }
    let rest = upstream.end - uri.count
    if !uri.isEmpty, rest > path, record.equals(uri, ByteRange(rest, upstream.end)) {
      return ByteRange(start, rest)
    }
    return ByteRange(start, upstream.end)
  }
}

/// A path with what differs from request to request replaced, so that one operation is one value:
/// `/orders/4711/lines/3` is `/orders/{n}/lines/{n}`.
///
/// `{n}` is a number, `{uuid}` and `{hex}` are what they say, `{id}` is a long segment with digits.
/// At most `depth` segments are told apart.
package enum URLTemplate {
  static let depth = 8
  private static let longSegment = 20
  private static let longNumber = 4

  package static func of(_ uri: String) -> String {
    var path = uri[...]
    if let end = path.firstIndex(where: { "?#;".contains($0) }) { path = path[..<end] }
    if !path.hasPrefix("/"), let scheme = path.firstRange(of: "://") {
      path = path[scheme.upperBound...]
      path = path.firstIndex(of: "/").map { path[$0...] } ?? ""
    }
    var segments = path.utf8.split(separator: UInt8(ascii: "/")).map { template(of: Array($0)) }
    if segments.count > depth { segments[depth...] = ["*"] }
    return "/" + segments.joined(separator: "/")
  }

  private static func template(of segment: [UInt8]) -> String {
    let digits = segment.count(where: isDigit)
    if digits == segment.count { return "{n}" }
    if isUUID(segment) { return "{uuid}" }
    if digits > 0, segment.count >= 8, segment.allSatisfy(isHex) { return "{hex}" }
    if digits > 1, segment.count >= longSegment { return "{id}" }
    return withoutNumbers(segment)
  }

  /// `order-12345` is `order-{n}`; `v2` and `x86` stay.
  private static func withoutNumbers(_ segment: [UInt8]) -> String {
    var text: [UInt8] = []
    var at = 0
    while at < segment.count {
      var end = at
      while end < segment.count, isDigit(segment[end]) { end += 1 }
      let isWhole = at == 0 && end < segment.count && segment[end] == UInt8(ascii: ".")
      if end - at >= longNumber || end > at && isWhole {
        text.append(contentsOf: "{n}".utf8)
      } else {
        text.append(contentsOf: segment[at..<end])
      }
      if end < segment.count { text.append(segment[end]) }
      at = end + 1
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func isUUID(_ segment: [UInt8]) -> Bool {
    guard segment.count == 36 else { return false }
    return segment.enumerated().allSatisfy { at, byte in
      [8, 13, 18, 23].contains(at) ? byte == UInt8(ascii: "-") : isHex(byte)
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isHex(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
  }
}

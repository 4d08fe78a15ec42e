import LogEvents

/// Addresses with ports, as load balancers write them.
extension Span<UInt8> {
  /// The host of `host:port`, brackets peeled; the port stands behind the last colon.
  func host(ofPorted range: ByteRange) -> ByteRange {
    if byte(range.start) == .openBracket, let close = find(.closeBracket, range.start, range.end) {
      return ByteRange(range.start + 1, close)
    }
    return ByteRange(range.start, findLast(.colon, in: range) ?? range.end)
  }

  /// The host of an address that may have a port: a bare IPv6 address has none.
  func host(of range: ByteRange) -> ByteRange {
    let first = find(.colon, range.start, range.end)
    guard byte(range.start) == .openBracket || first == findLast(.colon, in: range) else {
      return range
    }
    return host(ofPorted: range)
  }

  /// The authority of `scheme://host:port/path`; the whole where there is no scheme.
  func authority(ofURL range: ByteRange) -> ByteRange {
    guard let mark = find("://", in: range) else { return range }
    let start = mark + 3
    return ByteRange(start, find(.slash, start, range.end) ?? range.end)
  }

  /// Whether the range has no value: empty or a dash.
  func isAbsent(_ range: ByteRange) -> Bool { range.isEmpty || equals(range, "-") }
}

extension EventBatch {
  /// The name of a member written as `host:port`: a bare IPv6 host gets brackets.
  mutating func member(_ bytes: Span<UInt8>, _ range: ByteRange) -> NameID {
    guard !bytes.isAbsent(range) else { return .none }
    guard let last = bytes.findLast(.colon, in: range), bytes.byte(range.start) != .openBracket,
      bytes.find(.colon, range.start, range.end) != last, !bytes.has("unix:", at: range.start)
    else { return names.id(bytes, range) }
    var text: [UInt8] = [.openBracket]
    text.append(bytes, range.start, last)
    text.append(.closeBracket)
    text.append(bytes, last, range.end)
    return names.id(text.span)
  }

  /// The record itself as evidence, as far as a reader wants to see it.
  mutating func keepEvidence(_ record: Span<UInt8>) -> TextRange {
    keep(record, ByteRange(0, Swift.min(record.count, 512)))
  }
}
